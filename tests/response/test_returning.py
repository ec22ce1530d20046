"""What the live workflow does not reach; the way through it is in test_workflow_live.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.intent import IntentState
from pullcord.model.outcome import ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, Plan, PlanPurpose
from pullcord.model.responder import Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.response.engine import Direct, Steps
from pullcord.response.journal import Journal, action_key, undo_key
from pullcord.response.permission import Answer, NobodyDecides, Permission, Policy, SimulatedApprovals
from pullcord.response.returning import return_to_service
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, done, finding, incident, opened, plan, work
from tests.response.world import Device, World

BACK, CUT = action(ActionKind.RETURN_TO_SERVICE), action(ActionKind.DISABLE_AGENT)
RECOVERY = plan(BACK, purpose=PlanPurpose.RECOVER)
GO = Permission(Answer.GO)
OPEN = SimulatedApprovals(Ticking())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(World(tmp_path / "world"))


def contain(
    store: Store, device: Device, *actions: Action, purpose: PlanPurpose = PlanPurpose.CONTAIN
) -> Plan:
    of = plan(*actions, purpose=purpose)
    journal = Journal(store.state, Ticking(), "me")
    with store.state.transaction() as tx:
        tx.put_record("inc-1", of.id, of)
    for one in actions:
        done(journal.prepare(of, one, device, automatic=False))
        done(journal.act(of, one, device))
    return of


def returned(
    store: Store,
    *responders: Device | Canary,
    permission: Permission = GO,
    policy: Policy | None = None,
    live: bool = True,
    steps: Steps | None = None,
) -> Permission:
    under_way = work(store, *responders, policy=policy or OPEN, live=live, steps=steps)
    return done(return_to_service(under_way, RECOVERY, permission, 1))


class Meanwhile(Direct):
    """Steps with something that happens at the first wait; at the next one nobody is left."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        self.happens = list(happens)

    async def wait(self, seconds: float) -> None:
        if not self.happens:
            await super().wait(seconds)
        self.happens.pop(0)()


def status(store: Store) -> ReceiptStatus:
    with store.state.transaction() as tx:
        return {one.key: one for one in tx.receipts("inc-1")}[action_key(RECOVERY, BACK)].status


@pytest.mark.parametrize(
    ("answer", "live", "expected"),
    [
        (Answer.PAPER, True, ReceiptStatus.WOULD_ACT),
        (Answer.REFUSED, True, ReceiptStatus.REFUSED),
        (Answer.GO, False, ReceiptStatus.WOULD_ACT),
    ],
)
def test_without_permission_or_people_nothing_returns(
    store: Store, device: Device, answer: Answer, *, live: bool, expected: ReceiptStatus
) -> None:
    contain(store, device, CUT)
    assert returned(store, device, permission=Permission(answer, "because"), live=live).answer is Answer.GO
    assert status(store) is expected
    assert device.world.holds(CUT)


def test_only_the_containment_of_this_system_is_taken_back(store: Store, device: Device) -> None:
    other, note = action(ActionKind.DISABLE_AGENT, "another"), action(ActionKind.NOTIFY_OWNER)
    patch = action(ActionKind.TIGHTEN_TOOL_POLICY)
    contain(store, device, CUT, other, note)
    contain(store, device, patch, purpose=PlanPurpose.RECOVER)
    assert returned(store, device).why == "copilot: 1 of 1 taken back"
    assert not device.world.holds(CUT)
    assert all(device.world.holds(one) for one in (other, note, patch))
    assert status(store) is ReceiptStatus.DONE


@pytest.mark.parametrize("covered", [False, True])
def test_what_cannot_be_taken_back_stays_in_force_and_people_are_asked(
    store: Store, device: Device, *, covered: bool
) -> None:
    of = contain(store, device, CUT)
    responders = [Canary(status=ReceiptStatus.REFUSED)] if covered else []
    assert returned(store, *responders).why == "copilot: 0 of 1 taken back"
    assert status(store) is ReceiptStatus.ABORTED
    with store.state.transaction() as tx:
        found = tx.intent(action_key(of, CUT))
        seen = tx.verifications("inc-1")[action_key(RECOVERY, BACK)]
        asked = [task for task in tx.tasks("inc-1") if task.kind is TaskKind.BY_HAND]
    assert found is not None
    assert found.state is IntentState.CONFIRMED
    assert seen.result is VerificationResult.REFUTED
    assert "0 of 1 taken back" in asked[0].question


def test_a_plan_that_is_no_longer_permitted_gives_nothing_back(store: Store, device: Device) -> None:
    contain(store, device, CUT)
    returned(store, device, policy=NobodyDecides())
    assert device.world.holds(CUT)
    assert "rollback disable_agent" not in device.calls


def test_a_switch_that_people_took_back_is_believed_when_it_is_seen(store: Store, device: Device) -> None:
    """Whoever answers before the controller shows it is asked again; nothing is written to OT."""
    switch = action(ActionKind.SWITCH_TO_FALLBACK)
    device.reaches_ot = True
    contain(store, device, switch)
    with pytest.raises(RuntimeError, match="nobody to wait"):
        returned(store, device)
    with store.state.transaction() as tx:
        assert [task.kind for task in tx.tasks("inc-1")] == [TaskKind.SWITCH_BACK]
    assert not [one for one in device.calls if "rollback" in one]


def verification(store: Store) -> Verification:
    with store.state.transaction() as tx:
        return tx.verifications("inc-1")[action_key(RECOVERY, BACK)]


def grow(store: Store) -> None:
    with store.state.transaction() as tx:
        tx.put_findings([finding("f2")])
        tx.put_incident(incident("inc-1", "f1", "f2"))


def asked(store: Store, kind: TaskKind) -> list[Task]:
    with store.state.transaction() as tx:
        return [task for task in tx.tasks("inc-1") if task.kind is kind]


def test_what_is_back_was_looked_at(store: Store, device: Device) -> None:
    contain(store, device, CUT)
    looks = device.calls.count("plan disable_agent")
    returned(store, device)
    assert verification(store).result is VerificationResult.CONFIRMED
    assert device.calls.count("plan disable_agent") == looks + 1
    assert device.calls[-1] == "plan disable_agent"


def test_of_two_rounds_what_was_there_before_the_first_counts(store: Store, device: Device) -> None:
    contain(store, device, CUT)
    again = plan(CUT, reasons=("once more",))
    journal = Journal(store.state, Ticking(), "me")
    with store.state.transaction() as tx:
        tx.put_record("inc-1", again.id, again)
    done(journal.prepare(again, CUT, device, automatic=False))
    done(journal.act(again, CUT, device))
    assert returned(store, device).why == "copilot: 2 of 2 taken back"
    assert verification(store).result is VerificationResult.CONFIRMED


@pytest.mark.parametrize(
    ("seen", "result"),
    [("half open", VerificationResult.REFUTED), ("", VerificationResult.UNKNOWN)],
)
def test_what_was_said_to_be_back_and_is_not_seen_is_not_confirmed(
    store: Store, device: Device, monkeypatch: pytest.MonkeyPatch, seen: str, result: VerificationResult
) -> None:
    class Odd(Device):
        async def plan(self, action: Action) -> Prepared:
            return msgspec.structs.replace(await super().plan(action), prestate=seen, already=False)

    monkeypatch.setattr("pullcord.response.returning._LOOK_SECONDS", 0.0)
    contain(store, device, CUT)
    returned(store, Odd(device.world))
    assert verification(store).result is result
    assert "disable_agent on copilot" in verification(store).detail


def test_with_nothing_to_take_back_people_are_asked_and_nothing_is_confirmed(
    store: Store, device: Device
) -> None:
    assert returned(store, device).why == "copilot: nothing here to take back"
    assert (status(store), verification(store).result) == (
        ReceiptStatus.WOULD_ACT,
        VerificationResult.UNKNOWN,
    )
    assert "give back what was done by hand" in asked(store, TaskKind.BY_HAND)[0].question


def test_new_findings_in_the_middle_end_the_return(store: Store, device: Device) -> None:
    first, second = action(ActionKind.THROTTLE), CUT
    contain(store, device, first, second)
    device.after = lambda: grow(store)
    assert returned(store, device).answer is Answer.CHANGED
    assert (device.world.holds(second), device.world.holds(first)) == (False, True)
    with store.state.transaction() as tx:
        assert tx.receipts("inc-1")[-1].action_id != BACK.id, "it has not returned"


def test_new_findings_withdraw_the_words_that_ask_to_give_control_back(store: Store, device: Device) -> None:
    device.reaches_ot = True
    contain(store, device, action(ActionKind.SWITCH_TO_FALLBACK))
    with pytest.raises(RuntimeError, match="nobody to wait"):
        returned(store, device)
    before = asked(store, TaskKind.SWITCH_BACK)[0].question
    steps = Meanwhile(lambda: grow(store))
    assert returned(store, device, steps=steps).answer is Answer.CHANGED
    assert asked(store, TaskKind.SWITCH_BACK)[0].question.startswith("NOT NOW")
    with pytest.raises(RuntimeError, match="nobody to wait"):
        done(return_to_service(work(store, device, policy=OPEN, live=True), RECOVERY, GO, 2))
    assert [one.question for one in asked(store, TaskKind.SWITCH_BACK)] == [before]


@pytest.mark.parametrize("back", [True, False])
def test_a_mode_that_cannot_be_read_is_not_back(
    store: Store, device: Device, monkeypatch: pytest.MonkeyPatch, *, back: bool
) -> None:
    """People said that they switched back; a controller that says nothing does not confirm it."""

    class Mute(Device):
        async def plan(self, action: Action) -> Prepared:
            del action
            return Prepared(prestate="AUTO" if back else "")

    monkeypatch.setattr("pullcord.response.returning._LOOK_SECONDS", 0.0)
    device.reaches_ot = True
    contain(store, device, action(ActionKind.SWITCH_TO_FALLBACK))
    with pytest.raises(RuntimeError, match="nobody to wait"):
        returned(store, device)
    with store.state.transaction() as tx:
        task = tx.tasks("inc-1")[-1]
        tx.put_task(msgspec.structs.replace(task, answer="done", by="olga"))
    mute = Mute(device.world, reaches_ot=True)
    if back:
        assert returned(store, mute).why == "copilot: 1 of 1 taken back"
        assert verification(store).result is VerificationResult.CONFIRMED
        return
    with pytest.raises(RuntimeError, match="nobody to wait"):
        returned(store, mute)
    assert len(asked(store, TaskKind.SWITCH_BACK)) == 2


def test_what_another_incident_holds_too_is_not_taken_back(store: Store, device: Device) -> None:
    contain(store, device, CUT)
    other = plan(CUT, incident_id="inc-2")
    journal = Journal(store.state, Ticking(), "me")
    with store.state.transaction() as tx:
        tx.put_incident(incident("inc-2"))
    done(journal.prepare(other, CUT, device, automatic=False))
    done(journal.act(other, CUT, device))
    with pytest.raises(RuntimeError, match="nobody to wait"):
        returned(store, device)
    assert device.world.holds(CUT)
    assert "rollback disable_agent" not in device.calls
    assert ["inc-2" in one.question for one in asked(store, TaskKind.QUESTION)] == [True]


@pytest.mark.parametrize("grown", [True, False])
def test_an_undo_that_is_held_and_then_not_wanted_does_not_stand_open(
    store: Store, device: Device, *, grown: bool
) -> None:
    """What stands open keeps people from closing the incident."""
    of = contain(store, device, CUT)
    under_way = work(store, device, policy=OPEN, live=True)

    def lifted() -> None:
        grow(store) if grown else closed(store)

    under_way.steps = Meanwhile(lifted)
    held = Journal(store.state, Ticking(), "me", lambda _action: "stopped by ann")
    under_way.means = dataclasses.replace(under_way.means, journal=held)
    ended = done(return_to_service(under_way, RECOVERY, GO, 1))
    assert ended.answer is (Answer.CHANGED if grown else Answer.GO)
    with store.state.transaction() as tx:
        undo = tx.intent(undo_key(action_key(of, CUT)))
    assert undo is not None
    assert (undo.state, undo.plan_hash) == (IntentState.NOT_DONE, "")
    assert device.world.holds(CUT)


def closed(store: Store) -> None:
    with store.state.transaction() as tx:
        task = Task(
            id="close",
            incident_id="inc-1",
            kind=TaskKind.CLOSE,
            subject="",
            question="May it be closed?",
            options=("close",),
            opened=1,
            answer="close",
            by="ann",
        )
        tx.put_task(task)


def test_an_undo_that_was_sent_when_new_findings_came_is_asked_about(store: Store, device: Device) -> None:
    of = contain(store, device, CUT)

    def dies() -> None:
        raise KeyError("dies")

    def retried() -> None:
        grow(store)
        with store.state.transaction() as tx:
            (task,) = [one for one in tx.tasks("inc-1") if one.kind is TaskKind.STUCK]
            tx.put_task(msgspec.structs.replace(task, answer="retry", by="ann"))

    device.before = dies
    assert returned(store, device, steps=Meanwhile(retried)).answer is Answer.CHANGED
    with store.state.transaction() as tx:
        undo = tx.intent(undo_key(action_key(of, CUT)))
    assert undo is not None
    assert undo.state is IntentState.IN_DOUBT
