from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from pullcord.app.live import growth
from pullcord.app.live.growth import MOST_REASONS, Change, changes
from pullcord.model.finding import Severity
from pullcord.model.incident import Incident
from tests.scenes import START


def made(name: str, *findings: str, severity: Severity = Severity.MEDIUM, first: int = 0) -> Incident:
    """An incident of some findings; each finding's asset and session go by its name."""
    return Incident(
        id=name,
        title=f"title of {name}",
        type=f"type-{name}",
        severity=severity,
        malicious=0.5,
        finding_ids=findings,
        first_time=START + first,
        last_time=START + first + 10,
        reasons=(f"reason of {name}",),
        assets=tuple(f"asset-{one}" for one in findings),
        trace_ids=tuple(f"trace-{one}" for one in findings),
    )


def grown(joined: Sequence[Incident], *known: Incident) -> list[Change]:
    times = {key: START + place for place, key in enumerate("abcdefgh")}
    return list(changes(joined, {one.id: one for one in known}, times))


def test_findings_that_share_nothing_begin_an_incident() -> None:
    one = made("one", "a", "b")
    assert grown([one]) == [Change(incident=one, new=True)]


def test_the_same_findings_again_change_nothing() -> None:
    known = made("known", "a", "b")
    assert grown([made("other", "a", "b", severity=Severity.CRITICAL)], known) == []
    assert grown([made("part", "a")], known) == []


def test_an_incident_that_grows_keeps_its_id_and_takes_the_new_judgement() -> None:
    known = made("known", "b", first=5)
    (change,) = grown([made("joined", "a", "b", "c", severity=Severity.HIGH)], known)
    incident = change.incident
    assert not change.new
    assert (incident.id, incident.type, incident.title) == ("known", "type-joined", "title of joined")
    assert incident.finding_ids == ("a", "b", "c")
    assert incident.severity is Severity.HIGH
    assert incident.assets == ("asset-a", "asset-b", "asset-c")
    assert incident.trace_ids == ("trace-a", "trace-b", "trace-c")
    assert (incident.first_time, incident.last_time) == (START, START + 15)
    assert incident.reasons == ("reason of joined",)


def test_severity_never_falls_and_its_reasons_stay() -> None:
    known = made("known", "a", severity=Severity.CRITICAL)
    (change,) = grown([made("joined", "a", "b", severity=Severity.LOW)], known)
    assert change.incident.severity is Severity.CRITICAL
    assert change.incident.reasons == ("reason of joined", "reason of known")


def test_a_look_that_saw_only_a_part_adds_and_does_not_judge_anew() -> None:
    known = made("known", "a", "b")
    (change,) = grown([made("joined", "b", "c", severity=Severity.HIGH)], known)
    assert change.incident.type == "type-known"
    assert change.incident.finding_ids == ("a", "b", "c")
    assert change.incident.severity is Severity.HIGH
    assert change.incident.reasons == ("reason of known", "reason of joined")


def test_parts_that_fell_apart_stay_one_incident_and_it_is_told_once() -> None:
    known = made("known", "a", "b")
    (change,) = grown([made("left", "a", "c"), made("right", "b", "d")], known)
    assert change.incident.finding_ids == ("a", "b", "c", "d")


def test_two_incidents_that_belong_together_stay_two_and_the_larger_share_grows() -> None:
    small, large = made("small", "a", first=0), made("large", "b", "c", first=5)
    (change,) = grown([made("joined", "a", "b", "c", "d")], small, large)
    assert change.incident.id == "large"
    assert change.incident.finding_ids == ("b", "c", "d")
    assert change.incident.reasons[-1] == "It seems to belong together with small."
    # Once it has grown, the same findings change nothing any more.
    assert grown([made("joined", "a", "b", "c", "d")], small, change.incident) == []


def test_of_equal_shares_the_older_one_grows() -> None:
    young, old = made("a-young", "a", first=5), made("z-old", "b", first=0)
    (change,) = grown([made("joined", "a", "b", "c")], young, old)
    assert change.incident.id == "z-old"


def test_a_full_incident_grows_only_when_it_gets_worse_or_wider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MOST_FINDINGS", 2)
    known = msgspec.structs.replace(made("known", "a", "b"), assets=("x",), trace_ids=())
    same = msgspec.structs.replace(made("joined", "a", "b", "c"), assets=("x",), trace_ids=())
    assert grown([same], known) == []
    worse = msgspec.structs.replace(same, severity=Severity.CRITICAL)
    wider = msgspec.structs.replace(same, assets=("x", "y"))
    (first,), (second,) = grown([worse], known), grown([wider], known)
    assert first.incident.finding_ids == second.incident.finding_ids == ("a", "b")
    assert first.incident.severity is Severity.CRITICAL
    assert second.incident.assets == ("x", "y")


def test_reasons_are_bounded() -> None:
    many = tuple(f"reason {number}" for number in range(100))
    joined = msgspec.structs.replace(made("joined", "b", "c"), reasons=many)
    (change,) = grown([joined], made("known", "a", "b"))
    assert len(change.incident.reasons) == MOST_REASONS
