from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pullcord.app import respond as module
from pullcord.demo.recording import lines
from pullcord.model.errors import NothingReadableError, UsageError
from pullcord.model.incident import Incident, PhaseName
from pullcord.store.folder import open_folder
from tests.app.build import documents, native, recording, refused_write, respond, results


class StoppedError(Exception):
    """What the tests stop a run with."""


def file(path: Path, *content: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in content), encoding="utf-8")
    return path


def lake_count(out: Path) -> int:
    with open_folder(out / "state", read_only=True) as store:
        return store.lake.count()


def test_simulated_every_action_of_a_known_kind_is_carried_out(simulated: Path) -> None:
    (document,) = documents(simulated).values()
    done = [one for one in document["actions"] if one["receipt"]["status"] == "done"]
    assert len(done) > 1
    assert all(one["receipt"]["simulated"] for one in done if one["kind"] != "snapshot")
    assert all(one["simulated"] for one in document["approvals"])
    assert {one["verification"]["result"] for one in done} <= {"confirmed", "unknown"}
    assert all(one["verification"]["level"] != "effect" for one in done), "nothing real was looked at"


def test_simulation_changes_neither_incident_nor_containment_plan(simulated: Path, planned: Path) -> None:
    assert results(simulated)["index"] == results(planned)["index"]
    (one,), (other,) = documents(simulated).values(), documents(planned).values()
    contain = [[plan for plan in each["plans"] if plan["purpose"] == "contain"] for each in (one, other)]
    assert contain[0] == contain[1]


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    respond(tmp_path, simulate=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("incident.json")}
    respond(tmp_path, simulate=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("incident.json")} == before


def test_other_inputs_are_refused(tmp_path: Path) -> None:
    respond(tmp_path, file(tmp_path / "a.ndjson", refused_write("a")))
    with pytest.raises(UsageError, match="other inputs"):
        respond(tmp_path, file(tmp_path / "b.ndjson", refused_write("b")))
    with pytest.raises(UsageError, match="other inputs"):
        respond(tmp_path, tmp_path / "a.ndjson", simulate=True)
    with pytest.raises(UsageError, match="other inputs"):
        respond(tmp_path, tmp_path / "a.ndjson", file(tmp_path / "b.ndjson", refused_write("b")))
    moved = (tmp_path / "a.ndjson").rename(tmp_path / "moved.ndjson")
    assert len(respond(tmp_path, moved)) == 1, "the content counts, not the name"


def test_inputs_without_a_record_are_refused_again_and_again(tmp_path: Path) -> None:
    empty = file(tmp_path / "empty.ndjson")
    for _ in range(2):
        with pytest.raises(NothingReadableError, match=r"empty\.ndjson"):
            respond(tmp_path / "out", recording(tmp_path), empty)
    with pytest.raises(UsageError, match="missing"):
        respond(tmp_path / "other", tmp_path / "missing")
    assert not (tmp_path / "other" / "index.json").exists()


def test_records_given_twice_change_nothing(tmp_path: Path) -> None:
    once = recording(tmp_path)
    respond(tmp_path / "once", once)
    again = file(tmp_path / "again.ndjson", *reversed(list(lines())))
    packed = tmp_path / "packed.ndjson.gz"
    packed.write_bytes(gzip.compress(once.read_bytes()))
    copy = tmp_path / "copy.ndjson"
    copy.write_bytes(once.read_bytes())
    respond(tmp_path / "twice", once, again, packed, copy, once)
    assert results(tmp_path / "twice") == results(tmp_path / "once")
    assert lake_count(tmp_path / "twice") == lake_count(tmp_path / "once")


def test_a_copy_of_a_file_does_not_empty_its_segments(tmp_path: Path) -> None:
    copies = [file(tmp_path / f"{name}.ndjson", refused_write("a"), native("b")) for name in "xy"]
    respond(tmp_path / "out", *copies)
    assert lake_count(tmp_path / "out") == 2


@pytest.mark.parametrize(
    "phase", [PhaseName.CONTAIN, PhaseName.INVESTIGATE, PhaseName.RECOVER, PhaseName.LEARN]
)
def test_a_run_stopped_after_a_phase_goes_on_with_the_next(
    tmp_path: Path, simulated: Path, phase: PhaseName
) -> None:
    told: list[PhaseName] = []

    def stop(_incident: Incident, name: PhaseName) -> None:
        told.append(name)
        if name is phase:
            raise StoppedError

    with pytest.raises(StoppedError):
        respond(tmp_path, simulate=True, on_phase=stop)
    assert not (tmp_path / "index.json").exists()
    respond(tmp_path, simulate=True, on_phase=lambda _incident, name: told.append(name))
    assert told == [PhaseName.CONTAIN, PhaseName.INVESTIGATE, PhaseName.RECOVER, PhaseName.LEARN]
    assert results(tmp_path) == results(simulated)


@pytest.mark.parametrize("stage", ["examine", "correlate", "cases", "render"])
def test_a_run_that_breaks_anywhere_is_made_up_for(
    tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def broken(*_given: object) -> object:
        raise StoppedError

    place = "pullcord.app.outputs.render" if stage == "render" else f"{module.__name__}.{stage}"
    with monkeypatch.context() as patch:
        patch.setattr(place, broken)
        with pytest.raises(StoppedError):
            respond(tmp_path, simulate=True)
    respond(tmp_path, simulate=True)
    assert results(tmp_path) == results(simulated)


def test_result_files_that_were_lost_are_written_again(tmp_path: Path, simulated: Path) -> None:
    respond(tmp_path, simulate=True)
    (path,) = tmp_path.glob("incidents/*/incident.json")
    path.unlink()
    (tmp_path / "index.json").unlink()
    respond(tmp_path, simulate=True)
    assert results(tmp_path) == results(simulated)


def test_findings_among_the_events_count(tmp_path: Path) -> None:
    foreign = {
        "finding_id": "other-1",
        "rule_id": "other",
        "title": "A tool was misused",
        "severity": "high",
        "time": "2026-03-17T05:00:00Z",
        "event_id": "a",
        "asset": "maintenance-copilot",
        "techniques": [],
    }
    path = file(tmp_path / "mixed.ndjson", native("a"), json.dumps(foreign))
    (incident,) = respond(tmp_path / "out", path)
    assert incident.finding_ids == ("other-1",)
