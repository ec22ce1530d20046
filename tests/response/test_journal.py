from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, ActionKind, Expiry
from pullcord.model.responder import Delivery, Prepared
from pullcord.ports import Transaction
from pullcord.response.errors import HeldError
from pullcord.response.journal import Journal, action_key, undo_key
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, done, opened, plan
from tests.response.lines import CUT, KEY, PLAN, journal, line, prepared, receipts
from tests.response.world import Device, World


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


def test_planned_is_durable_before_sent_and_sent_before_the_call(store: Store, world: World) -> None:
    seen: list[IntentState] = []
    device = Device(world, before=lambda: seen.append(line(store).state))
    made = prepared(store, device)
    assert line(store).state is IntentState.PLANNED
    assert line(store).prepared.prestate == "off"
    receipt = done(made.act(PLAN, CUT, device))
    assert seen == [IntentState.SENT]
    assert line(store).state is IntentState.CONFIRMED
    assert (receipt.status, world.effects(CUT)) == (ReceiptStatus.DONE, 1)
    assert receipts(store) == [receipt]


def test_an_action_acts_once_however_often_it_is_asked(store: Store, world: World) -> None:
    device = Device(world, delivery=Delivery.BLIND)
    made = prepared(store, device)
    first = done(made.act(PLAN, CUT, device))
    again = prepared(store, device, journal(store, "another"))
    assert done(again.act(PLAN, CUT, device)) == first
    assert device.calls.count("execute disable_agent") == 1
    assert world.effects(CUT) == 1


ENDS = [
    (ReceiptStatus.DONE, IntentState.CONFIRMED),
    (ReceiptStatus.ALREADY, IntentState.CONFIRMED),
    (ReceiptStatus.REFUSED, IntentState.NOT_DONE),
    (ReceiptStatus.ABORTED, IntentState.NOT_DONE),
    (ReceiptStatus.IN_DOUBT, IntentState.IN_DOUBT),
]


@pytest.mark.parametrize(("status", "state"), ENDS)
def test_each_answer_has_its_end(store: Store, status: ReceiptStatus, state: IntentState) -> None:
    canary, made = Canary(status=status), journal(store)
    done(made.prepare(PLAN, CUT, canary, automatic=True))
    assert done(made.act(PLAN, CUT, canary)).status is status
    assert (line(store).state, line(store).automatic) == (state, True)
    assert [one.status for one in receipts(store)] == [status]


def test_an_answer_that_makes_no_sense_is_in_doubt(store: Store) -> None:
    canary, made = Canary(status=ReceiptStatus.WOULD_ACT), journal(store)
    done(made.prepare(PLAN, CUT, canary, automatic=False))
    assert done(made.act(PLAN, CUT, canary)).status is ReceiptStatus.IN_DOUBT
    assert line(store).state is IntentState.IN_DOUBT


def test_drift_since_the_look_aborts(store: Store, world: World) -> None:
    device = Device(world)
    made = prepared(store, device)
    world.change("somebody", CUT, "on")
    assert done(made.act(PLAN, CUT, device)).status is ReceiptStatus.ABORTED
    assert line(store).state is IntentState.NOT_DONE
    assert world.effects(CUT) == 1


def test_a_precondition_that_does_not_hold_stops_it(store: Store, world: World) -> None:
    device = Device(world, broken=("the guard is closed",))
    made = prepared(store, device)
    receipt = done(made.act(PLAN, CUT, device))
    assert receipt.status is ReceiptStatus.REFUSED
    assert "the guard is closed" in receipt.detail
    assert device.calls == ["plan disable_agent"]


def test_a_system_that_cannot_be_read_is_not_written_to(store: Store, world: World) -> None:
    def silent() -> None:
        raise ConnectionRefusedError("nobody there")

    device = Device(world, on_look=silent)
    made = prepared(store, device)
    receipt = done(made.act(PLAN, CUT, device))
    assert receipt.status is ReceiptStatus.ABORTED
    assert "nobody there" in receipt.detail
    assert device.calls == ["plan disable_agent"]


def test_a_stop_holds_and_later_it_goes_on(store: Store, world: World) -> None:
    device = Device(world)
    prepared(store, device)
    with pytest.raises(HeldError, match="stopped by ann"):
        done(journal(store, held="stopped by ann").act(PLAN, CUT, device))
    assert line(store).state is IntentState.PLANNED
    assert device.calls == ["plan disable_agent"]
    assert done(journal(store).act(PLAN, CUT, device)).status is ReceiptStatus.DONE


@pytest.mark.parametrize(
    "kind", [ActionKind.SNAPSHOT, ActionKind.NOTIFY_OWNER, ActionKind.ASK_PEOPLE], ids=str
)
def test_evidence_and_paging_go_on_while_stopped(store: Store, world: World, kind: ActionKind) -> None:
    device, of = Device(world), action(kind)
    made = prepared(store, device, journal(store, held="stopped"), of)
    assert done(made.act(plan(of), of, device)).status is ReceiptStatus.DONE


def test_a_missing_line_fails_closed(store: Store, world: World) -> None:
    device = Device(world)
    receipt = done(journal(store).act(PLAN, CUT, device))
    assert receipt.status is ReceiptStatus.IN_DOUBT
    assert "journal is missing" in receipt.detail
    assert (line(store).state, device.calls, receipts(store)) == (IntentState.IN_DOUBT, [], [receipt])
    assert done(journal(store).act(PLAN, CUT, device)).status is ReceiptStatus.IN_DOUBT
    assert device.calls == []


def test_a_missing_line_is_never_planned_not_even_for_a_moment(store: Store, world: World) -> None:
    states: list[IntentState] = []

    class Spying:
        def now(self) -> int:
            with store.state.transaction() as tx:
                states.extend(one.state for one in tx.intents())
            return 1

        def elapsed(self) -> int:
            return 1

    done(Journal(store.state, Spying(), "me").act(PLAN, CUT, Device(world)))
    assert states
    assert set(states) == {IntentState.IN_DOUBT}


def test_an_action_is_taken_back_once_and_is_undone_then(store: Store, world: World) -> None:
    device = Device(world)
    made = prepared(store, device)
    done(made.act(PLAN, CUT, device))
    confirmed = line(store)
    made.prepare_undo(confirmed)
    assert line(store, undo_key(KEY)).state is IntentState.PLANNED
    assert done(made.undo(confirmed, device)).status is ReceiptStatus.DONE
    assert done(made.undo(confirmed, device)).status is ReceiptStatus.DONE
    assert device.calls.count("rollback disable_agent") == 1
    assert not world.holds(CUT)
    assert line(store).state is IntentState.UNDONE
    assert (line(store, undo_key(KEY)).undoes, line(store, undo_key(KEY)).expires) == (KEY, None)
    assert [one.key for one in receipts(store)] == [KEY], "the record of the action stays"


def test_a_containment_expires_but_not_evidence_nor_what_never_expires(store: Store, world: World) -> None:
    device, made = Device(world), journal(store, expiry=500)
    shot = action(ActionKind.SNAPSHOT)
    ever = msgspec.structs.replace(action(ActionKind.THROTTLE), expiry=Expiry.NONE)
    for one in (CUT, shot, ever):
        prepared(store, device, made, one)
        done(made.act(plan(one), one, device))
    assert line(store).expires == line(store).time + 500
    assert line(store, action_key(plan(shot), shot)).expires is None
    assert line(store, action_key(plan(ever), ever)).expires is None


@pytest.mark.parametrize("delivery", list(Delivery))
def test_a_lost_line_of_an_undo_is_in_doubt_and_not_sent_again(
    store: Store, world: World, delivery: Delivery
) -> None:
    device = Device(world, delivery=delivery)
    made = prepared(store, device)
    done(made.act(PLAN, CUT, device))
    receipt = done(made.undo(line(store), device))
    assert receipt.status is ReceiptStatus.IN_DOUBT
    assert "journal is missing" in receipt.detail
    assert done(made.undo(line(store), device)).status is ReceiptStatus.IN_DOUBT
    assert "rollback disable_agent" not in device.calls
    lost = line(store, undo_key(KEY))
    assert (lost.state, lost.undoes) == (IntentState.IN_DOUBT, KEY)
    assert line(store).state is IntentState.CONFIRMED


def test_an_undo_goes_by_the_plan_that_wants_it_last(store: Store, world: World) -> None:
    device = Device(world)
    made = prepared(store, device)
    done(made.act(PLAN, CUT, device))
    for plan_hash in ("first", "second"):
        made.prepare_undo(line(store), plan_hash)
        assert line(store, undo_key(KEY)).plan_hash == plan_hash
    done(made.undo(line(store), device))
    made.prepare_undo(line(store), "third")
    assert line(store, undo_key(KEY)).plan_hash == "second", "what was sent stays as it was"


def test_an_undo_that_was_given_up_may_be_prepared_again_but_not_one_that_was_sent(
    store: Store, world: World
) -> None:
    device, key = Device(world), undo_key(KEY)
    made = prepared(store, device)
    done(made.act(PLAN, CUT, device))
    made.prepare_undo(line(store), "first")
    with store.state.transaction() as tx:
        made.drop_undo(tx, KEY, "refused")
    assert (line(store, key).state, line(store, key).detail) == (IntentState.NOT_DONE, "refused")
    assert done(made.undo(line(store), device)).status is ReceiptStatus.ABORTED
    assert "rollback disable_agent" not in device.calls
    made.prepare_undo(line(store), "first")
    world.change("somebody", CUT, "off")
    assert done(made.undo(line(store), device)).status is ReceiptStatus.ABORTED
    refused = line(store, key)
    with store.state.transaction() as tx:
        made.drop_undo(tx, KEY, "too late")
    made.prepare_undo(line(store), "second")
    assert line(store, key) == refused


class Permits:
    """Says what it is told to say; remembers for what it was asked, and how far that was."""

    def __init__(self, why: str = "") -> None:
        self.why = why
        self.asked: list[tuple[str, IntentState]] = []

    def __call__(self, intent: Intent, tx: Transaction) -> str:
        now = tx.intent(intent.key)
        assert now is not None
        self.asked.append((intent.plan_hash, now.state))
        return self.why


def permitted(store: Store, permits: Permits) -> Journal:
    return Journal(store.state, Ticking(), "me", permit=permits)


def test_a_permission_that_is_gone_holds_it_until_it_is_there_again(store: Store, world: World) -> None:
    device, permits = Device(world), Permits("the approval has run out")
    made = prepared(store, device, permitted(store, permits))
    with pytest.raises(HeldError, match="run out"):
        done(made.act(PLAN, CUT, device))
    assert (line(store).state, permits.asked) == (IntentState.PLANNED, [(PLAN.hash, IntentState.PLANNED)])
    assert device.calls == ["plan disable_agent"]
    permits.why = ""
    assert done(made.act(PLAN, CUT, device)).status is ReceiptStatus.DONE


def test_what_is_taken_back_needs_a_permission_of_its_own(store: Store, world: World) -> None:
    device, permits = Device(world), Permits()
    made = prepared(store, device, permitted(store, permits))
    done(made.act(PLAN, CUT, device))
    permits.why = "refused by ann"
    made.prepare_undo(line(store), "recovery")
    with pytest.raises(HeldError, match="refused by ann"):
        done(made.undo(line(store), device))
    assert permits.asked[-1] == ("recovery", IntentState.PLANNED)
    assert line(store, undo_key(KEY)).state is IntentState.PLANNED
    assert "rollback disable_agent" not in device.calls


def test_evidence_needs_no_permission(store: Store, world: World) -> None:
    of = action(ActionKind.SNAPSHOT)
    made = prepared(store, Device(world), permitted(store, Permits("no")), of)
    assert done(made.act(plan(of), of, Device(world))).status is ReceiptStatus.DONE


def test_a_look_that_does_not_say_what_is_there_sends_nothing(store: Store, world: World) -> None:
    class Mute(Device):
        async def plan(self, action: Action) -> Prepared:
            return msgspec.structs.replace(await super().plan(action), prestate="")

    device = Mute(world)
    made = prepared(store, device)
    receipt = done(made.act(PLAN, CUT, device))
    assert receipt.status is ReceiptStatus.REFUSED
    assert "not known what was there" in receipt.detail
    assert device.calls == ["plan disable_agent"]


@given(target=st.text(max_size=5), other=st.text(max_size=5))
def test_the_key_follows_incident_action_target_and_plan(target: str, other: str) -> None:
    of = action(ActionKind.DISABLE_AGENT, target)
    key = action_key(plan(of), of)
    assert key == action_key(plan(of), of)
    assert undo_key(key) != key
    assert (action_key(plan(of), action(ActionKind.DISABLE_AGENT, other)) == key) == (target == other)
    assert action_key(plan(of, reasons=("more",)), of) != key
    assert action_key(plan(of, incident_id="inc-2"), of) != key
