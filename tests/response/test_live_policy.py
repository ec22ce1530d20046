from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.approval import Decision
from pullcord.model.intent import Intent, IntentState
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import Action, ActionClass, ActionKind, ApproverRole, Plan, PlanPurpose
from pullcord.model.responder import Delivery, Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.model.times import HOUR, SECOND
from pullcord.response.live_policy import Caps, LivePolicy, for_people, with_modes
from pullcord.response.permission import Answer, Permission
from pullcord.response.stops import Stop, Stops
from pullcord.store.folder import Store
from tests.response.build import action, need, opened, plan
from tests.response.live import inventory
from tests.response.people import NOW, SetClock, approval

CUT = action(ActionKind.DISABLE_AGENT)
NOTE = action(ActionKind.NOTIFY_OWNER)
SYSTEMS = ("copilot", "two", "three", "four")
NEEDS = [need(ApproverRole.SECURITY), need(ApproverRole.OT)]


class Bench:
    """A policy over a real state, with clocks that stand still."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.clock = store, SetClock()
        self.stops = Stops(folder / "stop")
        self.looked = 0
        self.caps = Caps(approval=4 * HOUR, actions_per_hour=3, share_percent=50)
        self.mode("copilot", Mode.RECOMMEND)

    def _look(self) -> Stop | None:
        self.looked += 1
        return None

    @property
    def policy(self) -> LivePolicy:
        return LivePolicy(inventory(*SYSTEMS), self.clock, self.caps, self.stops, "plant", self._look)

    def mode(self, system: str, mode: Mode) -> None:
        with self.store.state.transaction() as tx:
            tx.put_mode(ModeChange(system=system, mode=mode, requested_by="olga", requested=1, time=2))

    def ask(self, of: Plan) -> Permission:
        with self.store.state.transaction() as tx:
            return self.policy.permission(of, tx)

    def approve(self, of: Plan, *who: tuple[str, ApproverRole], **more: object) -> None:
        with self.store.state.transaction() as tx:
            for name, role in who:
                given = approval(of, name, role, **more)  # type: ignore[arg-type]
                tx.put_record("inc-1", f"{name}{role}", given)

    def did(self, number: int, target: str, ago: int = 0, **more: object) -> None:
        """A line of the journal of an automatic action."""
        of = action(ActionKind.DISABLE_AGENT, target, number=str(number))
        line = Intent(
            key=f"k{number}",
            incident_id="inc-1",
            plan_hash="h",
            action=of,
            responder="r",
            delivery=Delivery.IDEMPOTENT,
            state=IntentState.CONFIRMED,
            prepared=Prepared(prestate=""),
            executor="me",
            time=NOW - ago,
            automatic=True,
        )
        with self.store.state.transaction() as tx:
            tx.put_intent(msgspec.structs.replace(line, **more))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with opened(tmp_path) as store:
        yield Bench(store, tmp_path)


def made(*actions: Action, **more: object) -> Plan:
    given: dict[str, object] = {"mode": Mode.RECOMMEND, "plan_class": ActionClass.R1}
    return plan(*(actions or (CUT,)), needs=NEEDS, **(given | more))


def automatic(*actions: Action, **more: object) -> Plan:
    return made(*actions, **({"mode": Mode.ACT_R1, "automatic": True} | more))


BOTH = (("ann", ApproverRole.SECURITY), ("bob", ApproverRole.OT))


def test_it_waits_for_different_people_of_each_role(bench: Bench) -> None:
    of = made()
    assert bench.ask(of) == Permission(Answer.WAIT, "waits for 1 × approver-security, 1 × approver-ot")
    bench.approve(of, ("ann", ApproverRole.SECURITY), ("ann", ApproverRole.OT))
    assert bench.ask(of).answer is Answer.WAIT
    bench.approve(of, ("bob", ApproverRole.OT))
    assert bench.ask(of) == Permission(Answer.GO)


@pytest.mark.parametrize(
    "more",
    [
        {"simulated": True},
        {"void": "the state was restored"},
        {"plan_hash": "0" * 64},
        {"time": NOW - 4 * HOUR - 1},
        {"time": NOW + 61 * SECOND},
    ],
    ids=str,
)
def test_what_does_not_count(bench: Bench, more: dict[str, object]) -> None:
    of = made()
    bench.approve(of, *BOTH, **more)
    assert bench.ask(of).answer is Answer.WAIT


def test_an_approval_stops_counting_with_time(bench: Bench) -> None:
    of = made()
    bench.approve(of, *BOTH)
    bench.clock.pass_by(4 * HOUR)
    assert bench.ask(of).answer is Answer.GO
    bench.clock.pass_by(1)
    assert bench.ask(of).answer is Answer.WAIT


def test_one_refusal_is_enough(bench: Bench) -> None:
    of = made()
    bench.approve(of, *BOTH)
    bench.approve(of, ("carl", ApproverRole.OT), decision=Decision.REFUSE)
    assert bench.ask(of) == Permission(Answer.REFUSED, "refused by carl")


def test_observe_is_paper_whatever_was_approved(bench: Bench) -> None:
    of = made(mode=Mode.OBSERVE)
    bench.approve(of, *BOTH)
    assert bench.ask(of).answer is Answer.PAPER


def test_a_lowered_mode_wants_another_plan(bench: Bench) -> None:
    of = made()
    bench.approve(of, *BOTH)
    bench.mode("copilot", Mode.OBSERVE)
    assert bench.ask(of).answer is Answer.CHANGED
    bench.mode("copilot", Mode.ACT_R1)
    assert bench.ask(of).answer is Answer.GO


def test_a_stop_holds_what_was_approved_and_the_clocks_are_looked_at(bench: Bench) -> None:
    of = made()
    bench.approve(of, *BOTH)
    bench.stops.stop("ann", "smoke", NOW, "elsewhere")
    assert bench.ask(of).answer is Answer.GO
    bench.stops.stop("ann", "smoke", NOW, "plant")
    assert bench.ask(of) == Permission(Answer.WAIT, "stopped by ann: smoke")
    assert bench.looked == 2


def test_what_changes_nothing_waits_for_nobody_not_even_for_a_stop(bench: Bench) -> None:
    bench.stops.stop("ann", "smoke", NOW)
    of = made(NOTE, action(ActionKind.ASK_PEOPLE))
    assert bench.ask(of) == Permission(Answer.GO)
    assert bench.ask(made(NOTE, CUT)).answer is Answer.WAIT


@pytest.mark.parametrize(
    ("mode", "level", "goes"),
    [
        (Mode.RECOMMEND, ActionClass.R0, False),
        (Mode.ACT_R0, ActionClass.R0, True),
        (Mode.ACT_R0, ActionClass.R1, False),
        (Mode.ACT_R1, ActionClass.R1, True),
        (Mode.ACT_R1, ActionClass.R2, False),
        (Mode.ACT_R1, ActionClass.R3, False),
    ],
)
def test_only_act_modes_run_by_themselves_and_only_up_to_their_class(
    bench: Bench, mode: Mode, level: ActionClass, *, goes: bool
) -> None:
    bench.mode("copilot", mode)
    found = bench.ask(automatic(mode=mode, plan_class=level))
    assert (found.answer is Answer.GO) == goes
    assert bench.ask(automatic(mode=mode, plan_class=level, automatic=False)).answer is Answer.WAIT


def test_at_the_rate_cap_people_decide_and_their_word_passes(bench: Bench) -> None:
    bench.mode("copilot", Mode.ACT_R1)
    of = automatic()
    for number in range(2):
        bench.did(number, "copilot", HOUR)
    assert bench.ask(of) == Permission(Answer.GO, "automatic")
    bench.did(2, "copilot", HOUR)
    assert bench.ask(of).answer is Answer.WAIT
    assert bench.ask(automatic(approvals=())).why.startswith("more than 3 automatic actions")
    bench.approve(of, *BOTH)
    assert bench.ask(of) == Permission(Answer.GO)


@pytest.mark.parametrize(
    "more",
    [
        {"state": IntentState.NOT_DONE},
        {"automatic": False},
        {"undoes": "k9"},
        {"time": NOW - HOUR - 1},
        {"action": NOTE},
    ],
    ids=str,
)
def test_what_does_not_count_for_the_rate(bench: Bench, more: dict[str, object]) -> None:
    bench.mode("copilot", Mode.ACT_R1)
    for number in range(5):
        bench.did(number, "copilot", **more)  # type: ignore[arg-type]
    assert bench.ask(automatic()).answer is Answer.GO


def test_a_plan_under_way_does_not_stop_itself_at_the_cap(bench: Bench) -> None:
    bench.mode("copilot", Mode.ACT_R1)
    of = automatic(CUT, action(ActionKind.RESTRICT_TOOLS), action(ActionKind.THROTTLE))
    assert bench.ask(of).answer is Answer.GO
    for number in range(2):
        bench.did(number, "copilot", plan_hash=of.hash)
    assert bench.ask(of).answer is Answer.GO


def test_at_most_a_share_of_the_systems_is_held_by_itself(bench: Bench) -> None:
    bench.mode("copilot", Mode.ACT_R1)
    bench.did(1, "two", 2 * HOUR)
    assert bench.ask(automatic()).answer is Answer.GO
    bench.did(2, "three", 2 * HOUR)
    assert bench.ask(automatic()).answer is Answer.WAIT
    bench.did(2, "three", 2 * HOUR, state=IntentState.UNDONE)
    bench.did(3, "three", 2 * HOUR, undoes="k2")
    assert bench.ask(automatic()).answer is Answer.GO, "what was given back is not held"


def line(of: Plan, kind: ActionKind = ActionKind.DISABLE_AGENT, **more: object) -> Intent:
    """A line of the journal that is about to be sent under a plan."""
    made = Intent(
        key="k",
        incident_id="inc-1",
        plan_hash=of.hash,
        action=action(kind),
        responder="r",
        delivery=Delivery.IDEMPOTENT,
        state=IntentState.PLANNED,
        prepared=Prepared(prestate=""),
        executor="me",
        time=NOW,
    )
    return msgspec.structs.replace(made, **more)


def permitted(bench: Bench, of: Intent) -> str:
    with bench.store.state.transaction() as tx:
        return bench.policy.permit(of, tx)


def keep(bench: Bench, of: Plan) -> None:
    with bench.store.state.transaction() as tx:
        tx.put_record("inc-1", of.id, of)


def test_at_the_moment_of_sending_the_approvals_still_count(bench: Bench) -> None:
    of = made()
    assert permitted(bench, line(of)) == "its plan is not in the state"
    keep(bench, of)
    assert permitted(bench, line(of)).startswith("waits for")
    bench.approve(of, ("ann", ApproverRole.SECURITY), ("bob", ApproverRole.OT))
    assert permitted(bench, line(of)) == ""
    bench.stops.stop("ann", "smoke", NOW)
    assert permitted(bench, line(of)) == "stopped by ann: smoke"
    assert permitted(bench, line(of, ActionKind.NOTIFY_OWNER)) == "", "people are told also during a stop"


def test_at_the_moment_of_sending_a_lowered_mode_or_a_closed_incident_holds(bench: Bench) -> None:
    of = made()
    keep(bench, of)
    bench.approve(of, ("ann", ApproverRole.SECURITY), ("bob", ApproverRole.OT))
    bench.mode("copilot", Mode.OBSERVE)
    assert permitted(bench, line(of)) == "a mode was lowered since this was planned"
    bench.mode("copilot", Mode.RECOMMEND)
    with bench.store.state.transaction() as tx:
        tx.put_task(
            Task(
                id="close",
                incident_id="inc-1",
                kind=TaskKind.CLOSE,
                subject="",
                question="?",
                options=("close",),
                opened=1,
                answer="close",
            )
        )
    assert permitted(bench, line(of)) == "the incident was closed"


def test_taking_back_is_judged_by_the_recovery_plan(bench: Bench) -> None:
    contained = made()
    back = made(purpose=PlanPurpose.RECOVER, reasons=("recover",))
    keep(bench, contained)
    undo = line(contained, undoes="k0")
    assert permitted(bench, undo) == "its plan is not in the state"
    keep(bench, back)
    bench.approve(contained, ("ann", ApproverRole.SECURITY), ("bob", ApproverRole.OT))
    assert permitted(bench, undo).startswith("waits for")
    bench.approve(back, ("cy", ApproverRole.SECURITY), ("di", ApproverRole.OT))
    assert permitted(bench, undo) == ""


def test_an_address_does_not_hide_the_system_that_a_plan_concerns(bench: Bench) -> None:
    block = action(ActionKind.BLOCK_DESTINATION, "203.0.113.9")
    of = plan(block, mode=Mode.RECOMMEND, needs=NEEDS, systems=("copilot",))
    assert bench.ask(of).answer is Answer.WAIT
    bench.mode("copilot", Mode.OBSERVE)
    assert bench.ask(of).answer is Answer.CHANGED
    stranger = plan(block, mode=Mode.RECOMMEND, needs=NEEDS, systems=("unheard of",))
    assert bench.ask(stranger).answer is Answer.CHANGED, "an unknown system observes"


def test_what_stayed_on_paper_is_planned_anew_when_a_mode_is_raised(bench: Bench) -> None:
    of = plan(CUT, mode=Mode.OBSERVE, systems=("copilot",))
    with bench.store.state.transaction() as tx:
        assert bench.policy.raised(of, tx)
    bench.mode("copilot", Mode.OBSERVE)
    with bench.store.state.transaction() as tx:
        assert not bench.policy.raised(of, tx)


def test_a_mode_that_people_did_not_set_here_is_observe() -> None:
    plant = inventory("one", "two", "three")
    bold = tuple(msgspec.structs.replace(one, mode=Mode.ACT_R1) for one in plant.ai_systems)
    change = ModeChange(system="one", mode=Mode.RECOMMEND, requested_by="olga", requested=1, time=2)
    asked = msgspec.structs.replace(change, system="two", time=None)
    found = with_modes(msgspec.structs.replace(plant, ai_systems=bold), {"one": change, "two": asked})
    assert [one.mode for one in found.ai_systems] == [Mode.RECOMMEND, Mode.OBSERVE, Mode.OBSERVE]


def test_outside_the_act_modes_somebody_decides_also_on_the_lowest_class(bench: Bench) -> None:
    block = action(ActionKind.BLOCK_DESTINATION, "203.0.113.9")
    bare = plan(block, CUT, mode=Mode.RECOMMEND, plan_class=ActionClass.R0, systems=("copilot",))
    of = for_people(bare)
    assert [(one.role, one.count) for one in of.approvals] == [(ApproverRole.SECURITY, 1)]
    assert of.hash != bare.hash
    assert bench.ask(bare).answer is Answer.WAIT, "a plan without needs does not go by itself"
    bench.approve(of, ("ann", ApproverRole.SECURITY))
    assert bench.ask(of).answer is Answer.GO
    for other in (made(), automatic(approvals=()), plan(NOTE), plan()):
        assert for_people(other) == other
