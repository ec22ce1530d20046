from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord.app import cases as module
from pullcord.app.cases import cases
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident
from pullcord.response.case import Case
from tests.app.build import event
from tests.response.build import finding, incident, opened


def gathered(folder: Path, incidents: list[Incident], *findings: Finding) -> list[Case]:
    with opened(folder, *findings) as store:
        session = [
            event(f"t{trace}:s{number}", number, f"t{trace}") for trace in range(4) for number in range(3)
        ]
        store.lake.append("one", [*session, event("loose", trace=None), event("other", trace=None)])
        return list(cases(incidents, store))


def test_a_case_holds_its_findings_its_sessions_and_what_to_keep(tmp_path: Path) -> None:
    loose = msgspec.structs.replace(finding("f2", None, ()), event_ids=("loose", "unknown"))
    within = msgspec.structs.replace(finding(), event_ids=("t1:s1",))
    (found,) = gathered(tmp_path, [incident("inc-1", "f1", "f2")], within, loose)
    assert {one.id for one in found.findings} == {"f1", "f2"}
    assert set(found.sessions) == {"t1"}
    assert set(found.evidence) == {"events of session t1", "events outside sessions", "findings"}
    assert found.evidence["events of session t1"].count(b"\n") == 3
    assert found.evidence["events outside sessions"].count(b"\n") == 1
    assert b'"id":"loose"' in found.evidence["events outside sessions"]
    assert found.evidence["findings"].count(b"\n") == 2


def test_evidence_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    (first,) = gathered(tmp_path / "a", [incident()], finding())
    (second,) = gathered(tmp_path / "b", [incident()], finding())
    assert first.evidence == second.evidence


def test_each_incident_gets_its_own_sessions_in_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_INCIDENTS_AT_ONCE", 2)
    given = [
        msgspec.structs.replace(incident(f"inc-{number}"), trace_ids=(f"t{number}", "not recorded"))
        for number in range(4)
    ]
    found = gathered(tmp_path, given, finding())
    assert [one.incident.id for one in found] == [one.id for one in given]
    assert [set(one.sessions) for one in found] == [{"t0"}, {"t1"}, {"t2"}, {"t3"}]


def test_sessions_of_one_incident_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TRACES", 2)
    monkeypatch.setattr(module, "MOST_FINDINGS", 1)
    whole = msgspec.structs.replace(incident("inc-1", "f1", "f2"), trace_ids=("t0", "t1", "t2"))
    (found,) = gathered(tmp_path, [whole], finding(), finding("f2"))
    assert len(found.sessions) == 2
    assert len(found.findings) == 1
