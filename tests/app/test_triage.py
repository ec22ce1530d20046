from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from pullcord.app.detect import Detection
from pullcord.app.inputs import Inputs
from pullcord.app.judging import Judging
from pullcord.app.output import to_line as finding_line
from pullcord.app.output import to_ocsf
from pullcord.app.triage import folded_line, join, to_line
from pullcord.model.errors import NothingReadableError
from pullcord.triage.correlate import Triaged
from tests.app.build import native, recording
from tests.response.build import Ticking


def joined(path: Path) -> Triaged:
    return join(Inputs([path], Ticking(), lambda _line: None), Judging())


@pytest.mark.parametrize("shape", [finding_line, to_ocsf])
def test_the_findings_of_the_recording_become_one_incident(tmp_path: Path, shape: object) -> None:
    assert callable(shape)
    inputs = Inputs([recording(tmp_path)], Ticking(), lambda _line: None)
    found = [one for findings in Detection(None).run(inputs) for one in findings]
    path = tmp_path / "findings.ndjson"
    path.write_bytes(b"".join(msgspec.json.encode(shape(one)) + b"\n" for one in found * 2))
    triaged = joined(path)
    (incident,) = triaged.incidents
    line = json.loads(msgspec.json.encode(to_line(incident)))
    assert set(line["finding_uids"]) <= {one.id for one in found}
    assert len(set(line["finding_uids"])) == len(line["finding_uids"])
    assert line["severity"] in {"low", "medium", "high", "critical"}
    assert line["production_at_risk"] in {"yes", "no", "unknown"}
    assert line["first_time"] <= line["last_time"]
    assert line["first_time"].endswith("Z")
    assert {"incident_id", "title", "type", "reasons", "assets", "malicious"} <= set(line)
    folded = {uid for one in triaged.folded for uid in folded_line(one)["finding_uids"]}
    assert folded | set(line["finding_uids"]) == {one.id for one in found}, "nothing is dropped"


def test_events_are_no_input_for_triage(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_text(f"{native('a')}\n", encoding="utf-8")
    with pytest.raises(NothingReadableError):
        joined(path)
