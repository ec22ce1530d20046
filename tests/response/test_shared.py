from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.intent import Intent, IntentState
from pullcord.model.plan import ActionKind
from pullcord.model.responder import Delivery, Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.response.shared import end_wait, held_elsewhere, is_shared, wait_name
from pullcord.response.work import Work
from pullcord.store.folder import Store
from tests.response.build import action, incident, opened, work


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        with made.state.transaction() as tx:
            tx.put_incident(incident("inc-2"))
        yield made


def line(incident_id: str, state: IntentState = IntentState.CONFIRMED, **more: object) -> Intent:
    made = Intent(
        key=f"key of {incident_id}",
        incident_id=incident_id,
        plan_hash="p",
        action=action(ActionKind.DISABLE_AGENT, "copilot", incident_id),
        responder="device",
        delivery=Delivery.IDEMPOTENT,
        state=state,
        prepared=Prepared(prestate="off"),
        executor="me",
        time=1,
    )
    return msgspec.structs.replace(made, **more)


MINE = line("inc-1")


def keep(store: Store, *lines: Intent) -> None:
    with store.state.transaction() as tx:
        for one in lines:
            tx.put_intent(one)


def of(store: Store, incident_id: str) -> Work:
    made = work(store, live=True)
    made.incident_id = incident_id
    return made


def shared(store: Store, one: Intent = MINE) -> bool:
    with store.state.transaction() as tx:
        return is_shared(of(store, one.incident_id), tx, one)


def asked(store: Store, incident_id: str = "inc-1") -> list[Task]:
    with store.state.transaction() as tx:
        return [task for task in tx.tasks(incident_id) if task.kind is TaskKind.QUESTION]


IN_FORCE = {IntentState.CONFIRMED, IntentState.SENT, IntentState.IN_DOUBT}


@pytest.mark.parametrize("state", list(IntentState))
def test_what_is_or_may_be_in_force_elsewhere_is_held(store: Store, state: IntentState) -> None:
    keep(store, MINE, line("inc-2", state))
    with store.state.transaction() as tx:
        assert bool(held_elsewhere(tx, MINE)) == (state in IN_FORCE)
    assert shared(store) == (state in IN_FORCE)
    assert len(asked(store)) == (state in IN_FORCE)


@pytest.mark.parametrize(
    "other",
    [
        line("inc-1", key="another round"),
        line("inc-2", undoes="something"),
        line("inc-2", action=action(ActionKind.THROTTLE)),
        line("inc-2", action=action(ActionKind.DISABLE_AGENT, "another")),
    ],
    ids=["own", "undo", "kind", "target"],
)
def test_what_is_not_the_same_does_not_hold_it(store: Store, other: Intent) -> None:
    keep(store, MINE, other)
    assert not shared(store)
    assert asked(store) == []


def test_people_are_told_once_and_their_answer_does_not_give_anything_back(store: Store) -> None:
    keep(store, MINE, line("inc-2"))
    assert shared(store)
    (task,) = asked(store)
    assert "inc-2" in task.question
    with store.state.transaction() as tx:
        tx.put_task(msgspec.structs.replace(task, answer="seen", by="ann"))
    assert shared(store)
    assert [one.by for one in asked(store)] == ["ann"]
    keep(store, line("inc-2", IntentState.UNDONE))
    assert not shared(store)
    assert [one.by for one in asked(store)] == ["pullcord"]


def test_of_two_that_wait_for_each_other_one_goes_on(store: Store) -> None:
    other = line("inc-2")
    keep(store, MINE, other)
    assert shared(store)
    assert not shared(store, other), "the first has passed its gates and only waits"
    keep(store, line("inc-2", IntentState.UNDONE))
    assert not shared(store)


def test_one_that_no_longer_waits_holds_again(store: Store) -> None:
    other = line("inc-2")
    keep(store, MINE, other)
    assert shared(store)
    with store.state.transaction() as tx:
        end_wait(tx, "inc-1", MINE.key)
    assert shared(store, other)
    assert [one.id for one in asked(store, "inc-2")] == [wait_name(other.key)]
    assert not shared(store), "now the other one only waits"
