"""What the live workflow does not reach; the way through it is in test_workflow_live.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.model.intent import IntentState
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import Action, ActionKind, Plan, PlanPurpose
from pullcord.model.task import TaskKind
from pullcord.response.journal import Journal, action_key
from pullcord.response.permission import Answer, NobodyDecides, Permission, Policy, SimulatedApprovals
from pullcord.response.returning import return_to_service
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, done, opened, plan, work
from tests.response.world import Device, World

BACK, CUT = action(ActionKind.RETURN_TO_SERVICE), action(ActionKind.DISABLE_AGENT)
RECOVERY = plan(BACK, purpose=PlanPurpose.RECOVER)
GO = Permission(Answer.GO)


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
) -> Permission:
    under_way = work(store, *responders, policy=policy or SimulatedApprovals(Ticking()), live=live)
    return done(return_to_service(under_way, RECOVERY, permission, 1))


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
