from __future__ import annotations

import pytest

from pullcord.model.approval import Approval, Decision
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind, ApproverRole, Plan
from pullcord.response.approvals import NobodyDecides, SimulatedDesk
from pullcord.response.carry_out import Carried, action_key, carry_out
from tests.response.build import Canary, Ticking, action, approval, done, need, plan

SNAPSHOT, CUT = action(ActionKind.SNAPSHOT), action(ActionKind.DISABLE_AGENT)
PLAN = plan(SNAPSHOT, CUT, needs=[need(ApproverRole.OT)])


class Desk:
    """A desk with ready answers."""

    def __init__(self, *answers: Approval, acts: bool = True) -> None:
        self.acts = acts
        self._answers = answers

    def decide(self, plan: Plan) -> tuple[Approval, ...]:
        del plan
        return self._answers


def carried(canary: Canary, desk: Desk | NobodyDecides | SimulatedDesk, of: Plan = PLAN) -> Carried:
    return done(carry_out(of, [canary], desk, Ticking()))


def statuses(of: Carried) -> list[ReceiptStatus]:
    return [receipt.status for receipt in of.receipts]


def test_planning_only_takes_evidence_and_touches_nothing_else() -> None:
    canary = Canary()
    result = carried(canary, NobodyDecides())
    assert canary.calls == ["plan snapshot", "execute snapshot as it was", "verify snapshot"]
    assert statuses(result) == [ReceiptStatus.DONE, ReceiptStatus.WOULD_ACT]
    assert "1 × approver-ot" in result.receipts[1].detail
    assert result.receipts[1].responder == "none"
    assert list(result.verifications) == [action_key(PLAN, SNAPSHOT)]


def test_approvals_do_not_let_a_desk_act_that_may_not() -> None:
    canary = Canary()
    result = carried(canary, Desk(approval(PLAN, "ann", ApproverRole.OT), acts=False))
    assert not [one for one in canary.calls if "disable_agent" in one]
    assert result.receipts[1].status is ReceiptStatus.REFUSED


def test_a_plan_that_needs_nobody_does_not_act_when_planning_only() -> None:
    canary = Canary()
    assert statuses(carried(canary, NobodyDecides(), plan(CUT))) == [ReceiptStatus.WOULD_ACT]
    assert canary.calls == []


@pytest.mark.parametrize(
    "answers",
    [
        (approval(PLAN, "ann", ApproverRole.OT, Decision.REFUSE),),
        (approval(PLAN, "ann", ApproverRole.SECURITY),),
        (approval(PLAN, "ann", ApproverRole.OT, plan_hash="0" * 64),),
    ],
)
def test_what_was_not_granted_is_refused(answers: tuple[Approval, ...]) -> None:
    canary = Canary()
    result = carried(canary, Desk(*answers))
    assert statuses(result) == [ReceiptStatus.DONE, ReceiptStatus.REFUSED]
    assert not [one for one in canary.calls if "disable_agent" in one]
    assert result.approvals == answers


def test_what_is_granted_is_carried_out_in_order_and_verified_when_all_is_done() -> None:
    canary = Canary()
    result = carried(canary, Desk(approval(PLAN, "ann", ApproverRole.OT)))
    assert canary.calls == [
        *("plan snapshot", "execute snapshot as it was"),
        *("plan disable_agent", "execute disable_agent as it was"),
        *("verify snapshot", "verify disable_agent"),
    ]
    assert statuses(result) == [ReceiptStatus.DONE] * 2
    assert set(result.verifications) == {receipt.key for receipt in result.receipts}


def test_a_kind_without_responder_is_left_to_people() -> None:
    canary = Canary(kinds=frozenset({ActionKind.SNAPSHOT}))
    result = carried(canary, SimulatedDesk(Ticking()))
    assert statuses(result) == [ReceiptStatus.DONE, ReceiptStatus.WOULD_ACT]
    assert "people" in result.receipts[1].detail


@pytest.mark.parametrize("error", [OSError("no route"), TimeoutError("late"), ConnectionResetError("gone")])
def test_no_answer_is_unknown_and_does_not_stop_the_rest(error: Exception) -> None:
    canary = Canary(fails=error)
    result = carried(canary, SimulatedDesk(Ticking()))
    assert statuses(result) == [ReceiptStatus.DONE] * 2
    assert [one.result for one in result.verifications.values()] == [VerificationResult.UNKNOWN] * 2
    assert str(error) in next(iter(result.verifications.values())).detail


def test_an_aborted_action_is_not_verified_and_does_not_stop_the_rest() -> None:
    canary = Canary(status=ReceiptStatus.ABORTED)
    result = carried(canary, SimulatedDesk(Ticking()))
    assert statuses(result) == [ReceiptStatus.ABORTED] * 2
    assert result.verifications == {}
    assert not [one for one in canary.calls if one.startswith("verify")]


def test_the_key_follows_incident_action_target_and_plan() -> None:
    same = action_key(PLAN, CUT)
    assert same == action_key(PLAN, CUT)
    others = {
        action_key(PLAN, SNAPSHOT),
        action_key(PLAN, action(ActionKind.DISABLE_AGENT, "other")),
        action_key(plan(SNAPSHOT, CUT), CUT),
        action_key(plan(SNAPSHOT, CUT, needs=[need(ApproverRole.OT)], incident_id="inc-2"), CUT),
    }
    assert len(others | {same}) == 5
