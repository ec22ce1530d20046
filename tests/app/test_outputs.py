from __future__ import annotations

import json
from pathlib import Path

import pytest

from pullcord.app.outputs import Outputs
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.store.folder import Store
from pullcord.triage.correlate import Folded
from tests.app.build import documents
from tests.response.build import incident, opened

FOLDED = Folded(
    reason="everyday noise",
    rule_id="r",
    title="t",
    asset=None,
    product="pullcord",
    count=2,
    first_time=0,
    last_time=1,
    finding_ids=("a", "b"),
)


def outputs(out: Path, store: Store) -> Outputs:
    return Outputs(out, store, lambda _incident, _tx: ())


def test_the_index_names_every_incident_and_where_it_is(simulated: Path) -> None:
    index = json.loads((simulated / "index.json").read_bytes())
    assert index["schema"] == "pullcord.index/1"
    assert {one["id"] for one in index["incidents"]} == set(documents(simulated))
    for one in index["incidents"]:
        assert (simulated / one["path"]).is_file()
        assert (simulated / one["report"]).is_file()
        assert one["first_time"].endswith("Z")
    assert sum(index["by_severity"].values()) == sum(index["by_type"].values()) == len(index["incidents"])


def test_an_empty_run_has_an_index_as_well(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        outputs(tmp_path, store).index([])
        outputs(tmp_path, store).folded([])
    assert json.loads((tmp_path / "index.json").read_bytes())["incidents"] == []
    assert (tmp_path / "folded.ndjson").read_bytes() == b""


def test_folded_findings_are_counted_and_named(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        outputs(tmp_path, store).folded([FOLDED, FOLDED])
    lines = (tmp_path / "folded.ndjson").read_bytes().splitlines()
    assert len(lines) == 2
    found = json.loads(lines[0])
    assert (found["count"], found["finding_uids"]) == (2, ["a", "b"])
    assert found["first_time"] == "1970-01-01T00:00:00Z"


def test_a_document_is_written_only_if_missing(tmp_path: Path) -> None:
    folder = tmp_path / "incidents" / "inc-1"
    with opened(tmp_path) as store:
        made = outputs(tmp_path, store)
        made.incident_if_missing(incident())
        first = (folder / "incident.json").read_bytes()
        with store.state.transaction() as tx:
            tx.put_phase("inc-1", Phase(name=PhaseName.LEARN, start=1, end=2, outcome=PhaseOutcome.DONE))
        made.incident_if_missing(incident())
        assert (folder / "incident.json").read_bytes() == first
        (folder / "incident.json").unlink()
        made.incident_if_missing(incident())
        assert len(json.loads((folder / "incident.json").read_bytes())["phases"]) == 1
        assert sorted(one.name for one in folder.iterdir()) == ["incident.json", "report.html"]


def test_without_its_report_there_is_no_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_document: object) -> str:
        raise MemoryError

    monkeypatch.setattr("pullcord.app.outputs.render", broken)
    with opened(tmp_path) as store, pytest.raises(MemoryError):
        outputs(tmp_path, store).incident(incident())
    assert not (tmp_path / "incidents").exists()
