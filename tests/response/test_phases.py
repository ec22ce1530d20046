from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pullcord.model.explanation import Explanation
from pullcord.model.incident import PhaseOutcome
from pullcord.model.outcome import Receipt, ReceiptStatus
from pullcord.model.plan import ActionKind, ApproverRole, Plan, PlanPurpose
from pullcord.response import phases
from pullcord.response.approvals import NobodyDecides, SimulatedDesk
from pullcord.response.case import Case, Judges
from pullcord.response.phases import Means, carried_out
from tests.response.build import (
    Canary,
    Ticking,
    action,
    case,
    done,
    explained,
    judges,
    need,
    opened,
    plan,
    session,
)

SNAPSHOT, CUT = action(ActionKind.SNAPSHOT), action(ActionKind.DISABLE_AGENT)


def means(made: Judges, canary: Canary | None = None, *, simulate: bool = False) -> Means:
    desk = SimulatedDesk(Ticking()) if simulate else NobodyDecides()
    return Means(judges=made, responders=lambda *_: [canary or Canary()], desk=desk, clock=Ticking())


def test_containment_without_action_is_not_needed_and_leaves_its_plan(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        outcome, reason, records = done(phases.contain(case(), tx, means(judges())))
    assert outcome is PhaseOutcome.NOT_NEEDED
    assert reason == "nothing to contain"
    assert [key.split("-")[0] for key, _ in records] == ["plan"]


def test_containment_leaves_plan_approvals_receipts_and_verifications(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        given = means(judges(contain=[SNAPSHOT, CUT]), Canary(), simulate=True)
        outcome, reason, records = done(phases.contain(case(), tx, given))
    assert outcome is PhaseOutcome.DONE
    assert reason.startswith("2 of 2 actions carried out (class R1)")
    assert "simulated as if approved, the systems are in observe" in reason
    kinds = [type(record).__name__ for _, record in records]
    assert kinds == ["Plan", "Approval", *["Receipt"] * 2, *["Verification"] * 2]
    assert len({(type(record), key) for key, record in records}) == len(records)


def test_each_session_is_explained_up_to_the_bound(tmp_path: Path) -> None:
    many = {f"t{number:03d}": session(f"t{number:03d}") for number in range(phases.MOST_SESSIONS + 3)}
    with opened(tmp_path) as store, store.state.transaction() as tx:
        outcome, reason, records = done(phases.investigate(case(sessions=many), tx, means(judges())))
    assert outcome is PhaseOutcome.DONE
    assert [key for key, _ in records] == sorted(many)[: phases.MOST_SESSIONS]
    assert reason == "50 × attack succeeded; 3 more sessions not reconstructed"


def test_without_a_session_it_cannot_be_told(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        outcome, reason, records = done(phases.investigate(case(sessions={}), tx, means(judges())))
    assert (outcome, records) == (PhaseOutcome.DONE, ())
    assert reason.startswith("cannot tell")


def test_recovery_is_planned_from_the_containment_plan_that_was_kept(tmp_path: Path) -> None:
    contained = plan(CUT, needs=[need(ApproverRole.SECURITY)])
    seen: list[object] = []

    def recover(_case: Case, told: Sequence[Explanation], kept: Plan) -> Plan:
        seen.extend([told, kept])
        return plan(action(ActionKind.ROTATE_CREDENTIAL), purpose=PlanPurpose.RECOVER)

    given = means(replace(judges(), recover=recover))
    with opened(tmp_path) as store, store.state.transaction() as tx:
        tx.put_record("inc-1", contained.id, contained)
        tx.put_record("inc-1", "t1", explained())
        outcome, reason, _ = done(phases.recover(case(), tx, given))
    assert outcome is PhaseOutcome.DONE
    assert reason == "0 of 1 actions carried out (class R1)"
    assert seen == [(explained(),), contained]


def test_learning_counts_what_is_on_record(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        outcome, reason, records = done(phases.learn(case(), tx, means(judges())))
    assert (outcome, records) == (PhaseOutcome.DONE, ())
    assert reason == "lessons drawn from 1 finding and 0 actions"


def test_carried_out_are_only_actions_done_or_already_so(tmp_path: Path) -> None:
    kinds = list(ActionKind)[: len(ReceiptStatus)]
    actions = [action(kind) for kind in kinds]
    kept = plan(*actions)
    with opened(tmp_path) as store, store.state.transaction() as tx:
        tx.put_record("inc-1", kept.id, kept)
        for one, status in zip(actions, ReceiptStatus, strict=True):
            made = Receipt(key=one.id, action_id=one.id, status=status, responder="r", time=1)
            tx.put_record("inc-1", made.key, made)
        found = carried_out(tx, "inc-1")
        assert carried_out(tx, "inc-2") == []
    statuses = list(ReceiptStatus)
    expected = [statuses.index(ReceiptStatus.DONE), statuses.index(ReceiptStatus.ALREADY)]
    assert found == [actions[place] for place in expected]


def test_what_a_plan_says_first_is_the_reason_for_doing_nothing(tmp_path: Path) -> None:
    quiet = plan(reasons=("the agent is off already", "and more"))
    given = means(replace(judges(), contain=lambda *_: quiet))
    with opened(tmp_path) as store, store.state.transaction() as tx:
        assert done(phases.contain(case(), tx, given))[1] == "the agent is off already"
