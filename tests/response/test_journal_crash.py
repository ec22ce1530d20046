"""What the journal does about processes that died, and about those that did not."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import Receipt, ReceiptStatus
from pullcord.model.plan import Action, ActionKind
from pullcord.model.responder import Delivery, Prepared
from pullcord.response.errors import FencedError, HeldError
from pullcord.response.journal import Journal
from pullcord.store.folder import Store
from tests.response.build import Ticking, action, done, opened, plan
from tests.response.lines import CUT, KEY, PLAN, journal, left_as_sent, line, prepared, receipts
from tests.response.world import Device, World


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("delivery", list(Delivery))
def test_a_line_that_a_dead_process_sent(
    store: Store, world: World, delivery: Delivery, *, applied: bool
) -> None:
    device = Device(world, delivery=delivery)
    left_as_sent(store, device)
    if applied:
        world.change(KEY, CUT, "on")
    receipt = done(journal(store).act(PLAN, CUT, device))
    executed = "execute disable_agent" in device.calls
    if delivery is Delivery.BLIND:
        assert (receipt.status, executed) == (ReceiptStatus.IN_DOUBT, False)
        assert line(store).state is IntentState.IN_DOUBT
        return
    assert line(store).state is IntentState.CONFIRMED
    assert world.effects(CUT) == 1
    assert executed == (delivery is Delivery.IDEMPOTENT or not applied)


def test_a_third_state_after_a_crash_is_in_doubt(store: Store, world: World) -> None:
    device = Device(world, delivery=Delivery.PROBEABLE)
    left_as_sent(store, device)
    sent = line(store)
    seen = msgspec.structs.replace(sent.prepared, prestate="half open")
    with store.state.transaction() as tx:
        tx.put_intent(msgspec.structs.replace(sent, prepared=seen))
    receipt = done(journal(store).act(PLAN, CUT, device))
    assert (receipt.status, line(store).state) == (ReceiptStatus.IN_DOUBT, IntentState.IN_DOUBT)
    assert "third state" in receipt.detail
    assert "execute disable_agent" not in device.calls


def test_a_probe_that_gets_no_answer_is_in_doubt(store: Store, world: World) -> None:
    left_as_sent(store, Device(world, delivery=Delivery.PROBEABLE))

    def silent() -> None:
        raise TimeoutError("no answer")

    device = Device(world, delivery=Delivery.PROBEABLE, on_look=silent)
    assert done(journal(store).act(PLAN, CUT, device)).status is ReceiptStatus.IN_DOUBT
    assert device.calls == ["plan disable_agent"]


@pytest.mark.parametrize("delivery", [Delivery.IDEMPOTENT, Delivery.PROBEABLE])
def test_nothing_is_sent_again_while_stopped(store: Store, world: World, delivery: Delivery) -> None:
    device = Device(world, delivery=delivery)
    left_as_sent(store, device)
    with pytest.raises(HeldError):
        done(journal(store, held="stopped").act(PLAN, CUT, device))
    assert line(store).state is IntentState.SENT
    assert "execute disable_agent" not in device.calls
    assert done(journal(store).act(PLAN, CUT, device)).status is ReceiptStatus.DONE


@pytest.mark.parametrize("delivery", [Delivery.IDEMPOTENT, Delivery.PROBEABLE])
def test_nothing_is_sent_again_without_a_permission(store: Store, world: World, delivery: Delivery) -> None:
    device = Device(world, delivery=delivery)
    left_as_sent(store, device)
    made = Journal(store.state, Ticking(), "me", permit=lambda one, _tx: f"{one.action.target}: refused")
    with pytest.raises(HeldError, match="copilot: refused"):
        done(made.act(PLAN, CUT, device))
    assert line(store).state is IntentState.SENT
    assert "execute disable_agent" not in device.calls


@pytest.mark.parametrize("delivery", list(Delivery))
@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("error", "still"),
    [
        (ConnectionRefusedError("cable"), False),
        (ValueError("cable"), False),
        (TimeoutError("cable"), True),
        (ConnectionResetError("cable"), True),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_call_that_fails_is_looked_at(
    store: Store, world: World, delivery: Delivery, error: Exception, *, applied: bool, still: bool
) -> None:
    """One that was refused did nothing; one that was only given up may still come through."""

    def fails() -> None:
        raise error

    device = Device(world, delivery=delivery)
    setattr(device, "after" if applied else "before", fails)
    made = prepared(store, device)
    receipt = done(made.act(PLAN, CUT, device))
    assert world.effects(CUT) == int(applied)
    if delivery is Delivery.BLIND or (still and not applied):
        assert receipt.status is ReceiptStatus.IN_DOUBT
    else:
        assert receipt.status is (ReceiptStatus.DONE if applied else ReceiptStatus.ABORTED)
    assert "cable" in receipt.detail


def test_a_line_that_a_living_process_holds_is_left_to_it(store: Store, world: World) -> None:
    device = Device(world)
    left_as_sent(store, device, "alive")
    with store.state.transaction() as tx:
        tx.lease("alive", 10**12)
    with pytest.raises(FencedError):
        done(journal(store).act(PLAN, CUT, device))
    assert (line(store).executor, line(store).state) == ("alive", IntentState.SENT)
    assert "execute disable_agent" not in device.calls


@pytest.mark.parametrize("until", [None, 5])
def test_a_line_of_a_dead_process_is_taken_over(store: Store, world: World, until: int | None) -> None:
    device = Device(world)
    left_as_sent(store, device)
    if until is not None:
        with store.state.transaction() as tx:
            tx.lease("dead", until)
    assert done(journal(store).act(PLAN, CUT, device)).status is ReceiptStatus.DONE
    assert line(store).executor == "me"


def test_the_answer_of_a_process_that_was_fenced_off_is_not_written(store: Store, world: World) -> None:
    def taken_over() -> None:
        with store.state.transaction() as tx:
            tx.put_intent(msgspec.structs.replace(line_in(tx.intent(KEY)), executor="another"))

    device = Device(world, after=taken_over)
    made = prepared(store, device)
    with pytest.raises(FencedError):
        done(made.act(PLAN, CUT, device))
    assert (line(store).executor, line(store).state) == ("another", IntentState.SENT)
    assert receipts(store) == []


def line_in(found: Intent | None) -> Intent:
    assert found is not None
    return found


def test_what_ended_between_two_looks_is_not_taken_back_to_sent(store: Store, world: World) -> None:
    device = Device(world)
    left_as_sent(store, device)
    ended = msgspec.structs.replace(line(store), state=IntentState.CONFIRMED)

    class Late(Ticking):
        """The dead one was not dead: it ends its line while the other asks the time."""

        def now(self) -> int:
            with store.state.transaction() as tx:
                tx.put_intent(ended)
            return super().now()

    made = Journal(store.state, Late(), "me")
    with store.state.transaction() as tx:
        tx.lease("dead", 5)
    with pytest.raises(FencedError):
        done(made.act(PLAN, CUT, device))
    assert line(store) == ended


def test_two_processes_that_run_the_same_plan_act_once(store: Store, world: World) -> None:
    """A wrong reap: both are alive."""
    slow = Device(world, before=lambda: time.sleep(0.05))
    told: list[object] = []

    def run(executor: str) -> None:
        made = journal(store, executor)
        try:
            done(made.prepare(PLAN, CUT, slow, automatic=False))
            told.append(done(made.act(PLAN, CUT, slow)).status)
        except FencedError as error:
            told.append(error.code)

    with store.state.transaction() as tx:
        tx.lease("one", 10**12)
        tx.lease("two", 10**12)
    threads = [threading.Thread(target=run, args=[name]) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.effects(CUT) == 1
    assert slow.calls.count("execute disable_agent") == 1
    assert ReceiptStatus.DONE in told


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("delivery", list(Delivery))
def test_an_undo_that_a_dead_process_sent(
    store: Store, world: World, delivery: Delivery, *, applied: bool
) -> None:
    def killed() -> None:
        raise KeyError("dies")

    device = Device(world, delivery=delivery)
    made = prepared(store, device, journal(store, "dead"))
    done(made.act(PLAN, CUT, device))
    setattr(device, "after" if applied else "before", killed)
    made.prepare_undo(line(store))
    with pytest.raises(KeyError):
        done(made.undo(line(store), device))
    after = Device(world, delivery=delivery)
    receipt = done(journal(store).undo(line(store), after))
    if delivery is Delivery.BLIND:
        assert (receipt.status, after.calls) == (ReceiptStatus.IN_DOUBT, [])
        assert line(store).state is IntentState.CONFIRMED, "nobody knows, so it counts as in force"
        return
    assert receipt.status in {ReceiptStatus.DONE, ReceiptStatus.ALREADY}
    assert world.effects(CUT, "off") == 1
    assert line(store).state is IntentState.UNDONE


@pytest.mark.parametrize("seen", ["", "half open"])
def test_taken_back_is_believed_only_when_the_recorded_state_is_seen(
    store: Store, world: World, seen: str
) -> None:
    class Odd(Device):
        async def plan(self, action: Action) -> Prepared:
            return msgspec.structs.replace(await super().plan(action), prestate=seen, already=False)

    def lost() -> None:
        raise ConnectionResetError("cable")

    device = Device(world, delivery=Delivery.PROBEABLE)
    made = prepared(store, device)
    done(made.act(PLAN, CUT, device))
    made.prepare_undo(line(store))
    odd = Odd(world, delivery=Delivery.PROBEABLE, before=lost)
    assert done(made.undo(line(store), odd)).status is ReceiptStatus.IN_DOUBT
    assert line(store).state is IntentState.CONFIRMED


def overlapping(store: Store, world: World, targets: list[str]) -> int:
    """The most calls that were under way at a time, each in an event loop of its own."""
    running, most, lock = 0, 0, threading.Lock()

    class Slow(Device):
        async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            await asyncio.sleep(0.1)
            with lock:
                running -= 1
            return await super().execute(action, key, prestate)

    device, made = Slow(world), journal(store)
    acts: list[Callable[[], object]] = []
    for number, target in enumerate(targets):
        of = action(ActionKind.THROTTLE, target, number=str(number))
        prepared(store, device, made, of)
        acts.append(lambda of=of: done(made.act(plan(of), of, device)))  # type: ignore[misc]
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), "a call waits for ever"
    assert len(world.lines()) == len(targets)
    return most


def test_calls_to_one_system_do_not_interleave_not_even_from_two_event_loops(
    store: Store, world: World
) -> None:
    assert overlapping(store, world, ["copilot"] * 3) == 1


def test_calls_to_different_systems_do_not_wait_for_each_other(store: Store, world: World) -> None:
    assert overlapping(store, world, ["one", "two", "three"]) > 1
