from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.document import build, outward, to_json
from pullcord.app.incidents import listed, shown
from pullcord.model.explanation import Candidate, Explanation, Verdict
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.model.times import EARLIEST, LATEST, from_rfc3339
from pullcord.response.journal import action_key
from tests.app.build import TIMES, documents
from tests.response.build import action, incident, opened, plan

PHASES = ["detect", "triage", "contain", "investigate", "recover", "learn"]


def times(value: Any) -> list[Any]:  # noqa: ANN401  (any JSON value)
    """Every value of a time field, however deep."""
    if isinstance(value, dict):
        mine = [item for key, item in value.items() if key in TIMES]
        return mine + [found for item in value.values() for found in times(item)]
    if isinstance(value, list):
        return [found for item in value for found in times(item)]
    return []


@given(st.integers(EARLIEST, LATEST))
def test_times_leave_as_text_and_nothing_else_changes(time: int) -> None:
    inside = {"time": time, "n": time, "list": [{"start": time, "end": None}], "first_time": "as it is"}
    found = outward(inside)
    assert from_rfc3339(found["time"]) == from_rfc3339(found["list"][0]["start"]) == time
    assert found["n"] == time
    assert found["list"][0]["end"] is None
    assert found["first_time"] == "as it is"
    assert inside["time"] == time, "the input is left alone"


def test_the_document_of_a_run_holds_what_is_promised(simulated: Path) -> None:
    for name, found in documents(simulated).items():
        assert found["id"] == name
        assert found["schema"] == "pullcord.incident/1"
        assert [phase["name"] for phase in found["phases"]] == PHASES
        assert all(phase["outcome"] in {"done", "not_needed"} and phase["end"] for phase in found["phases"])
        assert found["closed"] is True
        assert found["simulated"] is True
        assert {one["id"] for one in found["findings"]} == set(found["finding_ids"])
        plans = {one["id"] for one in found["plans"]}
        assert {one["plan"] for one in found["actions"]} <= plans
        assert {one["incident_id"] for one in found["evidence"]} == {name}
        stamps = times(found)
        assert stamps
        assert all(isinstance(one, str) and one.endswith("Z") for one in stamps if one is not None)


def test_planning_only_is_not_marked_as_simulated(planned: Path) -> None:
    for found in documents(planned).values():
        assert found["simulated"] is False
        assert found["approvals"] == []
        assert {one["receipt"]["status"] for one in found["actions"]} <= {"would_act", "done"}
        done = [one for one in found["actions"] if one["receipt"]["status"] == "done"]
        assert {one["kind"] for one in done} <= {"snapshot"}
        assert done, "evidence is kept when planning only, too"


def test_the_file_is_the_document_as_the_state_tells_it(simulated: Path) -> None:
    (first, *_) = listed(simulated / "state")
    written = (simulated / "incidents" / first.id / "incident.json").read_bytes()
    assert to_json(shown(simulated / "state", first.id)) == written
    assert json.loads(written) == outward(msgspec.to_builtins(shown(simulated / "state", first.id)))


def test_receipts_and_verifications_find_their_action(tmp_path: Path) -> None:
    cut, told = action(ActionKind.DISABLE_AGENT), action(ActionKind.NOTIFY_OWNER)
    kept = plan(cut, told)
    key = action_key(kept, cut)
    receipt = Receipt(key=key, action_id=cut.id, status=ReceiptStatus.DONE, responder="r", time=1)
    seen = Verification(level=VerificationLevel.POLICY, result=VerificationResult.REFUTED, oracle="o", time=1)
    with opened(tmp_path) as store, store.state.transaction() as tx:
        for name, record in ((kept.id, kept), (key, receipt), (key, seen)):
            tx.put_record("inc-1", name, record)
        document = build(tx, store.vault, incident(), lambda _incident, _tx: ())
    first, second = document.actions
    assert (first.plan, first.receipt, first.verification) == (kept.id, receipt, seen)
    assert (second.receipt, second.verification) == (None, None)
    assert not document.closed
    assert not document.simulated


def test_a_plan_that_another_took_the_place_of_counts_by_what_was_done_under_it(tmp_path: Path) -> None:
    cut, told = action(ActionKind.DISABLE_AGENT), action(ActionKind.NOTIFY_OWNER)
    older, newer = plan(cut, told), plan(told)
    key = action_key(older, cut)
    receipt = Receipt(key=key, action_id=cut.id, status=ReceiptStatus.DONE, responder="r", time=1)
    with opened(tmp_path) as store, store.state.transaction() as tx:
        # The older one came back once and was replaced again: it is one plan, in its last place.
        for name, record in ((older.id, older), ("again", older), (newer.id, newer), (key, receipt)):
            tx.put_record("inc-1", name, record)
        document = build(tx, store.vault, incident(), lambda _incident, _tx: ())
    assert document.plans == (older, newer)
    assert [(one.plan, one.id) for one in document.actions] == [(older.id, cut.id), (newer.id, told.id)]


def test_origins_are_those_of_attacks_the_surest_first(tmp_path: Path) -> None:
    def told(trace: str, verdict: Verdict, sure: float) -> Explanation:
        return Explanation(
            trace_id=trace, verdict=verdict, score=0.5, origin=(Candidate(span_id="s", confidence=sure),)
        )

    given = [
        told("a", Verdict.ATTACK_ATTEMPTED, 0.2),
        told("b", Verdict.NO_ATTACK, 0.9),
        told("c", Verdict.ATTACK_SUCCEEDED, 0.7),
        told("d", Verdict.CANNOT_TELL, 0.8),
    ]
    with opened(tmp_path) as store, store.state.transaction() as tx:
        for one in given:
            tx.put_record("inc-1", one.trace_id, one)
        document = build(tx, store.vault, incident(), lambda _incident, _tx: ())
    assert [(one.trace_id, one.confidence) for one in document.origin] == [("c", 0.7), ("a", 0.2)]
