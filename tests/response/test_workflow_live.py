"""The workflow on the real engine, store and journal, with people who answer."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.app.people.desk_tasks import closing_task
from pullcord.model.approval import Decision
from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import Action, ActionKind, ApproverRole, PlanPurpose
from pullcord.model.responder import Delivery
from pullcord.model.task import TaskKind
from tests.response.build import Canary, action
from tests.response.live import SECURITY, Rig, Scene, running, until
from tests.response.world import Device, World

ANN = ((ApproverRole.SECURITY, "ann"),)
NAMES = (f"inc-{number}" for number in itertools.count(1))
SHOT, CUT, BACK = ActionKind.SNAPSHOT, ActionKind.DISABLE_AGENT, ActionKind.RETURN_TO_SERVICE


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with running(tmp_path_factory.mktemp("live")) as made:
        yield made


@pytest.fixture
def name() -> str:
    return next(NAMES)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


def on(name: str, *kinds: ActionKind) -> list[Action]:
    """Actions on an AI system of this incident."""
    return [action(kind, f"agent of {name}", name) for kind in kinds]


def statuses(rig: Rig, name: str) -> list[ReceiptStatus]:
    with rig.store.state.transaction() as tx:
        return [one.status for one in tx.receipts(name)]


def test_observe_does_nothing_to_anything(rig: Rig, name: str) -> None:
    canary = Canary()
    rig.begin(Scene(name, [canary], on(name, SHOT, CUT), on(name, BACK), ("golden",), Mode.OBSERVE))
    rig.close(name)
    acted = [one for one in canary.calls if "snapshot" not in one]
    assert acted == []
    assert canary.calls.count("execute snapshot as it was") == 1
    assert statuses(rig, name) == [ReceiptStatus.DONE, ReceiptStatus.WOULD_ACT, ReceiptStatus.WOULD_ACT]
    assert "observe mode" in rig.phases(name)["contain"]


def test_observe_does_not_do_what_was_approved_either(rig: Rig, name: str) -> None:
    canary = Canary(kinds=frozenset({CUT}))
    rig.begin(Scene(name, [canary], on(name, CUT), mode=Mode.OBSERVE))
    rig.decide(rig.planned(name))
    rig.close(name)
    assert canary.calls == []


def test_it_waits_for_two_people_then_acts_and_looks(rig: Rig, name: str, world: World) -> None:
    device = Device(world)
    rig.begin(Scene(name, [device], on(name, SHOT, CUT)))
    plan = rig.planned(name)
    rig.decide(plan, ANN)
    until(lambda: "verify snapshot" in device.calls or "execute snapshot" in device.calls)
    time.sleep(0.3)
    assert "plan disable_agent" not in device.calls, "one of two is not enough"
    rig.decide(plan, ((ApproverRole.OT, "ann"),))
    time.sleep(0.3)
    assert "plan disable_agent" not in device.calls, "nobody counts twice"
    rig.decide(plan, ((ApproverRole.OT, "bob"),), simulated=True)
    rig.decide(plan, ((ApproverRole.OT, "bob"),), plan_hash="0" * 64)
    time.sleep(0.3)
    assert "plan disable_agent" not in device.calls, "neither simulated nor for another plan"
    rig.decide(plan, ((ApproverRole.OT, "bob"),))
    rig.close(name)
    assert [one for one in device.calls if "disable" in one] == [
        *("plan disable_agent", "execute disable_agent", "verify disable_agent"),
    ]
    assert rig.phases(name)["contain"] == "2 of 2 actions carried out (class R1)"
    with rig.store.state.transaction() as tx:
        seen = tx.verifications(name)
    assert {one.result for one in seen.values()} == {VerificationResult.CONFIRMED}


def test_a_refused_plan_is_not_carried_out(rig: Rig, name: str) -> None:
    canary = Canary()
    rig.begin(Scene(name, [canary], on(name, CUT)))
    plan = rig.planned(name)
    rig.decide(plan, ((ApproverRole.OT, "bob"),), Decision.REFUSE)
    rig.close(name)
    assert canary.calls == []
    assert statuses(rig, name) == [ReceiptStatus.REFUSED]
    assert "refused by bob" in rig.phases(name)["contain"]


def test_a_plan_that_new_findings_change_needs_new_approvals(rig: Rig, name: str, world: World) -> None:
    device = Device(world)
    rig.begin(Scene(name, [device], on(name, CUT), tells_findings=True))
    first = rig.planned(name)
    rig.decide(first, ANN)
    rig.grow(name, 2)
    second = rig.planned(name, count=2)
    assert second.hash != first.hash
    rig.decide(first, ((ApproverRole.OT, "bob"),))
    time.sleep(0.3)
    assert device.calls == [], "agreed was to a plan that nobody has any more"
    rig.decide(second)
    rig.close(name)
    assert world.effects(on(name, CUT)[0]) == 1


def test_an_automatic_plan_waits_for_nobody(rig: Rig, name: str, world: World) -> None:
    scene = Scene(name, [Device(world)], on(name, CUT), mode=Mode.ACT_R1, needs=(SECURITY,), automatic=True)
    rig.begin(scene)
    rig.close(name)
    assert rig.intents(name)[0].automatic
    assert world.effects(on(name, CUT)[0]) == 1


def returning(name: str, device: Device, *contain: Action, gates: tuple[str, ...] = ("golden",)) -> Scene:
    scene = Scene(name, [device], contain, on(name, BACK), gates)
    scene.recover_needs = (SECURITY,)
    return scene


def to_gates(rig: Rig, name: str) -> None:
    """Approve containment and recovery."""
    rig.decide(rig.planned(name))
    rig.decide(rig.planned(name, PlanPurpose.RECOVER), ANN)


def test_return_to_service_takes_back_newest_first_once_all_gates_passed(
    rig: Rig, name: str, world: World
) -> None:
    device = Device(world)
    kinds = (ActionKind.RESTRICT_TOOLS, ActionKind.THROTTLE, CUT)
    stranger = action(ActionKind.BLOCK_DESTINATION, "203.0.113.9", name)
    rig.begin(returning(name, device, *on(name, *kinds), stranger, gates=("golden set", "replay")))
    to_gates(rig, name)
    asked = rig.asked(name, TaskKind.GATE)
    assert [(one.subject, one.role) for one in asked] == [
        ("golden set", ApproverRole.ML_OWNER),
        ("replay", ApproverRole.ML_OWNER),
    ]
    with rig.store.state.transaction() as tx:
        tx.put_task(msgspec.structs.replace(asked[0], answer="passed", by="mia", time=1))
        tx.put_task(msgspec.structs.replace(asked[1], answer="failed", by="mia", time=1))
    rig.engine.wake(name)
    again = rig.asked(name, TaskKind.GATE)
    assert [one.subject for one in again] == ["replay"]
    assert not [one for one in device.calls if "rollback" in one], "one gate has failed"
    rig.answer(name, TaskKind.GATE, "passed")
    rig.close(name)
    undone = [one for one in device.calls if "rollback" in one]
    assert undone == [f"rollback {kind.value}" for kind in reversed(kinds)]
    assert world.holds(stranger), "a blocked stranger stays blocked"
    assert "3 of 3 taken back" in rig.phases(name)["recover"]


def test_ot_goes_back_by_people_only(rig: Rig, name: str, world: World) -> None:
    device = Device(world, reaches_ot=True)
    switch = on(name, ActionKind.SWITCH_TO_FALLBACK)[0]
    rig.begin(returning(name, device, switch))
    to_gates(rig, name)
    rig.answer(name, TaskKind.GATE, "passed")
    asked = rig.answer(name, TaskKind.SWITCH_BACK, "done")
    assert [one.role for one in asked] == [ApproverRole.OT]
    second = rig.asked(name, TaskKind.SWITCH_BACK)
    assert second[0].id != asked[0].id, "they said so, but it is not to be seen"
    world.change("by-hand", switch, "off")
    rig.answer(name, TaskKind.SWITCH_BACK, "done")
    rig.close(name)
    assert not [one for one in device.calls if "rollback" in one]
    assert [one.state for one in rig.intents(name)] == [IntentState.UNDONE]


@pytest.mark.parametrize("answer", ["done", "not_done"])
def test_what_is_in_doubt_is_settled_by_people(rig: Rig, name: str, world: World, answer: str) -> None:
    def breaks() -> None:
        raise ConnectionResetError("cable")

    rig.begin(Scene(name, [Device(world, delivery=Delivery.BLIND, before=breaks)], on(name, CUT)))
    rig.decide(rig.planned(name))
    rig.answer(name, TaskKind.IN_DOUBT, answer, "bob")
    done = answer == "done"
    state = IntentState.CONFIRMED if done else IntentState.NOT_DONE
    until(lambda: rig.intents(name)[0].state is state)
    assert "bob looked" in rig.intents(name)[0].detail
    assert statuses(rig, name) == [ReceiptStatus.DONE if done else ReceiptStatus.ABORTED]
    rig.close(name)


def test_nothing_returns_while_something_is_in_doubt(rig: Rig, name: str, world: World) -> None:
    def breaks() -> None:
        raise ConnectionResetError("cable")

    blind = Device(world, delivery=Delivery.BLIND, before=breaks, kinds=frozenset({ActionKind.BLOCK_EGRESS}))
    device = Device(world)
    scene = returning(name, device, *on(name, CUT, ActionKind.BLOCK_EGRESS))
    scene.responders = [blind, device]
    rig.begin(scene)
    to_gates(rig, name)
    rig.answer(name, TaskKind.GATE, "passed")
    time.sleep(0.3)
    assert not [one for one in device.calls if "rollback" in one]
    rig.answer(name, TaskKind.IN_DOUBT, "not_done")
    rig.close(name)
    assert "rollback disable_agent" in device.calls


@pytest.mark.parametrize("point", ["approval", "stopped", "recovery", "gate", "switch back"])
def test_a_person_can_close_it_at_each_point(rig: Rig, name: str, world: World, point: str) -> None:
    device = Device(world, reaches_ot=True)
    rig.begin(returning(name, device, *on(name, CUT)))
    plan = rig.planned(name)
    if point == "stopped":
        rig.stops.stop("ann", "smoke", rig.clock.now(), name)
        rig.decide(plan)
    elif point != "approval":
        rig.decide(plan)
        recovery = rig.planned(name, PlanPurpose.RECOVER)
        if point != "recovery":
            rig.decide(recovery, ANN)
            rig.asked(name, TaskKind.GATE)
        if point == "switch back":
            rig.answer(name, TaskKind.GATE, "passed")
            rig.asked(name, TaskKind.SWITCH_BACK)
    with rig.store.state.transaction() as tx:
        found = tx.incident(name)
        assert found is not None
        task, answer = closing_task(found, tx.tasks(name), 1)
        tx.put_task(msgspec.structs.replace(task, answer=answer, by="ann", time=1, comment="a drill"))
    rig.engine.wake(name)
    until(lambda: rig.closed(name))
    assert "closed by ann: a drill" in rig.phases(name)["learn"]
    assert not [one for one in device.calls if "rollback" in one]
    assert bool(device.calls) == (point not in {"approval", "stopped"})


def test_what_is_refused_half_way_goes_no_further(rig: Rig, name: str, world: World) -> None:
    device = Device(world, after=lambda: rig.stops.stop("ann", "smoke", rig.clock.now(), name))
    first, second = on(name, ActionKind.RESTRICT_TOOLS, CUT)
    rig.begin(Scene(name, [device], [first, second]))
    plan = rig.planned(name)
    rig.decide(plan)
    until(lambda: rig.intents(name) and rig.intents(name)[0].state is IntentState.CONFIRMED)
    rig.decide(plan, ((ApproverRole.OT, "carl"),), Decision.REFUSE)
    rig.close(name)
    assert (world.effects(first), world.effects(second)) == (1, 0)
    assert statuses(rig, name) == [ReceiptStatus.DONE, ReceiptStatus.REFUSED]


def test_growth_after_recovery_goes_round_again_and_everything_is_decided_anew(
    rig: Rig, name: str, world: World
) -> None:
    """The second round plans the very same actions: they act again, and old words on gates do not count."""
    device = Device(world)
    cut = on(name, CUT)[0]
    rig.begin(returning(name, device, cut))
    to_gates(rig, name)
    rig.answer(name, TaskKind.GATE, "passed")
    rig.asked(name, TaskKind.CLOSE)
    assert not world.holds(cut)
    rig.grow(name, 2)
    second = rig.planned(name, count=2)
    time.sleep(0.3)
    assert not world.holds(cut), "people decide anew"
    rig.decide(second)
    until(lambda: world.holds(cut))
    rig.decide(rig.planned(name, PlanPurpose.RECOVER, 2), ANN)
    rig.asked(name, TaskKind.GATE)
    assert world.holds(cut), "the gates are asked again"
    assert "contained again" in rig.asked(name, TaskKind.CLOSE)[0].question
    rig.answer(name, TaskKind.GATE, "passed")
    until(lambda: "Everything planned" in rig.asked(name, TaskKind.CLOSE)[0].question)
    rig.close(name)
    assert [verb for *_, verb in world.lines()] == ["on", "off", "on", "off"]


def test_new_findings_at_a_gate_are_contained_before_anything_returns(
    rig: Rig, name: str, world: World
) -> None:
    device = Device(world)
    cut = on(name, CUT)[0]
    rig.begin(returning(name, device, cut))
    to_gates(rig, name)
    rig.asked(name, TaskKind.GATE)
    rig.grow(name, 2)
    rig.planned(name, count=2)
    rig.decide(rig.planned(name, PlanPurpose.RECOVER, 2), ANN)
    until(lambda: len(rig.tasks(name, TaskKind.GATE)) == 2)
    assert world.holds(cut)
    rig.answer(name, TaskKind.GATE, "passed", "mia")
    until(lambda: not world.holds(cut))
    rig.close(name)


def test_a_failed_switch_leaves_the_system_uncut(rig: Rig, name: str, world: World) -> None:
    switch, cut = on(name, ActionKind.SWITCH_TO_FALLBACK, CUT)
    kind = frozenset({ActionKind.SWITCH_TO_FALLBACK})
    blind = Device(world, kinds=kind, unseen=VerificationResult.UNKNOWN)
    device = Device(world)
    rig.begin(Scene(name, [blind, device], [switch, cut]))
    rig.decide(rig.planned(name))
    rig.asked(name, TaskKind.UNVERIFIED)
    rig.close(name)
    assert device.calls == []
    assert statuses(rig, name) == [ReceiptStatus.DONE, ReceiptStatus.REFUSED]


def test_a_stop_while_acting_holds_the_rest_until_it_is_lifted(rig: Rig, name: str, world: World) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        if not started.is_set():
            started.set()
            assert go_on.wait(10)

    device = Device(world, before=slow)
    first, second = on(name, ActionKind.RESTRICT_TOOLS, CUT)
    rig.begin(Scene(name, [device], [first, second]))
    rig.decide(rig.planned(name))
    assert started.wait(10)
    rig.stops.stop("ann", "smoke", rig.clock.now(), name)
    go_on.set()
    until(lambda: rig.intents(name)[0].state is IntentState.CONFIRMED)
    time.sleep(0.3)
    assert world.holds(first), "what was under way is finished"
    assert not world.holds(second)
    assert rig.stops.resume("ann", rig.clock.now(), name) is not None
    assert rig.stops.resume("bob", rig.clock.now(), name) is None
    rig.engine.wake(name)
    rig.close(name)
    assert world.effects(second) == 1


def test_a_failing_step_is_stuck_until_people_say_retry(rig: Rig, name: str, world: World) -> None:
    device = Device(world)
    failures = [KeyError("a mistake"), KeyError("a mistake")]

    def breaks() -> None:
        if failures:
            raise failures.pop()

    device.before = breaks
    rig.begin(Scene(name, [device], on(name, CUT)))
    rig.decide(rig.planned(name))
    first = rig.answer(name, TaskKind.STUCK, "retry")
    assert "KeyError" in first[0].question
    rig.answer(name, TaskKind.STUCK, "retry")
    rig.close(name)
    assert world.effects(on(name, CUT)[0]) == 1


def test_what_no_responder_covers_is_asked_of_people(rig: Rig, name: str) -> None:
    rig.begin(Scene(name, [], on(name, CUT)))
    rig.decide(rig.planned(name))
    rig.answer(name, TaskKind.BY_HAND, "done")
    rig.close(name)
    assert statuses(rig, name) == [ReceiptStatus.WOULD_ACT]


def test_a_lowered_mode_is_planned_again_and_stays_on_paper(rig: Rig, name: str) -> None:
    canary = Canary()
    scene = Scene(name, [canary], on(name, CUT))
    rig.begin(scene)
    plan = rig.planned(name)
    scene.mode = Mode.OBSERVE
    with rig.store.state.transaction() as tx:
        now = tx.modes()[scene.targets[0]]
        tx.put_mode(msgspec.structs.replace(now, mode=Mode.OBSERVE))
    rig.decide(plan)
    rig.close(name)
    assert canary.calls == []
    assert "observe mode" in rig.phases(name)["contain"]


def test_nothing_planned_is_nothing_needed(rig: Rig, name: str) -> None:
    rig.begin(Scene(name, []))
    rig.close(name)
    assert rig.phases(name)["contain"] == "nothing to contain"
    assert set(rig.phases(name)) == {name.value for name in PhaseName} - {"detect", "triage"}
