from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pullcord.model.explanation import Explanation
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, ActionKind, ApproverRole, Plan, PlanPurpose
from pullcord.model.task import TaskKind
from pullcord.response import phases
from pullcord.response.case import Case
from pullcord.response.engine import Direct
from pullcord.response.permission import Answer, SimulatedApprovals
from pullcord.response.work import Work, carried_out
from pullcord.store.folder import Store
from tests.response.build import (
    Canary,
    Ticking,
    action,
    case,
    done,
    explained,
    incident,
    judges,
    need,
    opened,
    plan,
    session,
    work,
)

SNAPSHOT, CUT = action(ActionKind.SNAPSHOT), action(ActionKind.DISABLE_AGENT)
ROTATE = action(ActionKind.ROTATE_CREDENTIAL)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def simulated(store: Store, *contain: Action, recover: Sequence[Action] = ()) -> Work:
    return work(store, Canary(), policy=SimulatedApprovals(Ticking()), made=judges(contain, recover))


def phase(store: Store, name: PhaseName) -> Phase:
    with store.state.transaction() as tx:
        return next(one for one in tx.phases("inc-1") if one.name is name)


def test_containment_without_action_is_not_needed_and_leaves_its_plan(store: Store) -> None:
    assert done(phases.contain(work(store)))
    ended = phase(store, PhaseName.CONTAIN)
    assert (ended.outcome, ended.reason) == (PhaseOutcome.NOT_NEEDED, "nothing to contain")
    with store.state.transaction() as tx:
        assert len(tx.plans("inc-1")) == 1
        assert [one.what for one in tx.audit_log()] == [f"plan {tx.plans('inc-1')[0].id}"]


def test_containment_leaves_plan_approvals_receipts_and_verifications(store: Store) -> None:
    assert done(phases.contain(simulated(store, SNAPSHOT, CUT)))
    ended = phase(store, PhaseName.CONTAIN)
    assert ended.outcome is PhaseOutcome.DONE
    assert ended.reason.startswith("2 of 2 actions carried out (class R1)")
    assert "simulated as if approved, the systems are in observe" in ended.reason
    with store.state.transaction() as tx:
        assert (len(tx.plans("inc-1")), len(tx.approvals("inc-1"))) == (1, 1)
        assert [one.status for one in tx.receipts("inc-1")] == [ReceiptStatus.DONE] * 2
        assert len(tx.verifications("inc-1")) == 2
        assert carried_out(tx, "inc-1") == [SNAPSHOT, CUT]
        assert carried_out(tx, "inc-2") == []


def test_each_session_is_explained_up_to_the_bound(store: Store) -> None:
    many = {f"t{number:03d}": session(f"t{number:03d}") for number in range(phases.MOST_SESSIONS + 3)}
    under_way = replace(work(store), load=lambda _: case(sessions=many))
    done(phases.investigate(under_way))
    with store.state.transaction() as tx:
        told = [one.trace_id for one in tx.explanations("inc-1")]
    assert told == sorted(many)[: phases.MOST_SESSIONS]
    reason = phase(store, PhaseName.INVESTIGATE).reason
    assert reason == "50 × attack succeeded; 3 more sessions not reconstructed"


def test_without_a_session_it_cannot_be_told(store: Store) -> None:
    done(phases.investigate(replace(work(store), load=lambda _: case(sessions={}))))
    ended = phase(store, PhaseName.INVESTIGATE)
    assert ended.outcome is PhaseOutcome.DONE
    assert ended.reason.startswith("cannot tell")


def test_recovery_is_planned_from_the_containment_plan_that_was_kept(store: Store) -> None:
    contained, empty = plan(CUT, needs=[need(ApproverRole.SECURITY)]), plan()
    seen: list[object] = []

    def recover(_case: Case, told: Sequence[Explanation], kept: Plan) -> Plan:
        seen.extend([told, kept])
        return plan(ROTATE, purpose=PlanPurpose.RECOVER)

    with store.state.transaction() as tx:
        tx.put_record("inc-1", contained.id, contained)
        tx.put_record("inc-1", empty.id, empty)
        tx.put_record("inc-1", "t1", explained())
    assert done(phases.recover(work(store, made=replace(judges(), recover=recover)))) is Answer.GO
    ended = phase(store, PhaseName.RECOVER)
    assert ended.outcome is PhaseOutcome.DONE
    assert ended.reason.startswith("0 of 1 actions carried out (class R1); planned only")
    assert seen == [(explained(),), contained]


def test_recovery_without_action_is_not_needed(store: Store) -> None:
    under_way = work(store)
    done(phases.contain(under_way))
    assert done(phases.recover(under_way)) is Answer.GO
    assert phase(store, PhaseName.RECOVER).outcome is PhaseOutcome.NOT_NEEDED


def test_learning_counts_what_is_on_record(store: Store) -> None:
    assert done(phases.learn(work(store))) is Answer.GO
    ended = phase(store, PhaseName.LEARN)
    assert ended.reason == "lessons drawn from 1 finding and 0 actions"


def test_what_a_plan_says_first_is_the_reason_for_doing_nothing(store: Store) -> None:
    quiet = plan(reasons=("the agent is off already", "and more"))
    done(phases.contain(work(store, made=replace(judges(), contain=lambda *_: quiet))))
    assert phase(store, PhaseName.CONTAIN).reason == "the agent is off already"


def test_the_same_actions_in_a_later_round_are_another_plan(store: Store) -> None:
    under_way = simulated(store, CUT, recover=[ROTATE])
    for number in range(3):
        assert done(phases.contain(under_way, number))
        assert done(phases.recover(under_way, number)) is Answer.GO
    with store.state.transaction() as tx:
        plans = tx.plans("inc-1")
        keys = [one.key for one in tx.intents("inc-1")]
    assert len({one.hash for one in plans}) == 6
    assert len(set(keys)) == 6
    assert "for the 3. time" in plans[-1].reasons[-1]


def test_a_later_round_before_which_nothing_was_done_keeps_its_plan(store: Store) -> None:
    under_way = work(store, Canary(), made=judges([SNAPSHOT, CUT]))
    for number in range(3):
        assert done(phases.contain(under_way, number))
    with store.state.transaction() as tx:
        assert len(tx.plans("inc-1")) == 1


def test_a_phase_that_runs_again_keeps_its_start(store: Store) -> None:
    under_way = work(store, made=judges())
    done(phases.contain(under_way))
    first = phase(store, PhaseName.CONTAIN)
    done(phases.contain(under_way, 1))
    again = phase(store, PhaseName.CONTAIN)
    assert again.start == first.start
    assert (again.end or 0) > (first.end or 0)


class Waiting(Direct):
    """Steps with somebody who does something at each wait."""

    def __init__(self, *does: object) -> None:
        self.does = list(does)
        self.waits = 0

    async def wait(self, seconds: float) -> None:
        del seconds
        self.waits += 1
        self.does.pop(0)()  # type: ignore[operator]


def test_only_a_person_closes_and_growth_comes_first(store: Store) -> None:
    def grow() -> None:
        with store.state.transaction() as tx:
            asked = next(one for one in tx.tasks("inc-1") if one.kind is TaskKind.CLOSE)
            assert asked.question.startswith("Everything planned")
            tx.put_incident(msgspec.structs.replace(incident(), finding_ids=("f1", "f2")))

    def close() -> None:
        with store.state.transaction() as tx:
            asked = next(one for one in tx.tasks("inc-1") if one.kind is TaskKind.CLOSE)
            assert asked.question.startswith("Everything planned")
            tx.put_task(msgspec.structs.replace(asked, answer="close", by="ann", comment="over"))

    steps = Waiting(grow, close)
    under_way = work(store, live=True, steps=steps)
    assert done(phases.learn(under_way, 1)) is Answer.CHANGED
    assert phase(store, PhaseName.LEARN).end is None
    with store.state.transaction() as tx:
        assert "New findings joined" in tx.tasks("inc-1")[0].question
    assert done(phases.learn(under_way, 2)) is Answer.GO
    assert steps.waits == 2
    assert phase(store, PhaseName.LEARN).reason.endswith("; closed by ann: over")


def test_skipped_phases_are_not_needed_and_those_that_ended_stay(store: Store) -> None:
    under_way = work(store)
    done(phases.investigate(under_way))
    done(phases.skip(under_way, (PhaseName.INVESTIGATE, PhaseName.RECOVER)))
    assert phase(store, PhaseName.INVESTIGATE).outcome is PhaseOutcome.DONE
    assert phase(store, PhaseName.RECOVER).outcome is PhaseOutcome.NOT_NEEDED


def test_what_an_earlier_round_carried_out_is_given_back_too() -> None:
    switch, block = action(ActionKind.SWITCH_TO_FALLBACK), action(ActionKind.BLOCK_DESTINATION)
    rounds = [plan(switch, CUT), plan(block), plan(ROTATE, purpose=PlanPurpose.RECOVER), plan()]
    # The cut was refused, the credential belongs to recovery.
    force = phases._in_force(rounds, [switch, block, ROTATE])
    assert [one.id for one in force.actions] == [block.id, switch.id]
    assert phases._in_force(rounds[:1], [switch]) == rounds[0]
