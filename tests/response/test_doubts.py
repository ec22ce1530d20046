from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import ActionKind
from pullcord.model.task import Task, TaskKind
from pullcord.response.doubts import settle
from pullcord.response.journal import Journal, action_key, undo_key
from pullcord.response.work import Work
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, done, opened, plan, work

CUT = action(ActionKind.DISABLE_AGENT)
PLAN = plan(CUT)
KEY = action_key(PLAN, CUT)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def in_doubt(store: Store, *, undo: bool = False) -> Work:
    """An action, or its undo, of which nobody knows whether it was done."""
    canary = Canary(status=ReceiptStatus.DONE if undo else ReceiptStatus.IN_DOUBT)
    journal = Journal(store.state, Ticking(), "me", expiry=500)
    done(journal.prepare(PLAN, CUT, canary, automatic=False))
    done(journal.act(PLAN, CUT, canary))
    if undo:
        done(journal.undo(line(store), Canary(status=ReceiptStatus.IN_DOUBT)))
    under_way = work(store, canary, live=True)
    return replace(under_way, means=replace(under_way.means, journal=journal))


def line(store: Store, key: str = KEY) -> Intent:
    with store.state.transaction() as tx:
        found = tx.intent(key)
    assert found is not None
    return found


def look(under_way: Work, store: Store) -> list[Task]:
    with store.state.transaction() as tx:
        settle(under_way, tx)
        return list(tx.tasks("inc-1"))


def answer(store: Store, answered: str) -> None:
    with store.state.transaction() as tx:
        task = tx.tasks("inc-1")[0]
        tx.put_task(msgspec.structs.replace(task, answer=answered, by="bob", comment="the lamp is off"))


def test_people_are_asked_once(store: Store) -> None:
    under_way = in_doubt(store)
    asked = look(under_way, store)
    assert [(one.kind, one.subject, one.options) for one in asked] == [
        (TaskKind.IN_DOUBT, KEY, ("done", "not_done"))
    ]
    assert "Was this done: disable_agent on copilot?" in asked[0].question
    assert look(under_way, store) == asked
    assert line(store).state is IntentState.IN_DOUBT


@pytest.mark.parametrize(
    ("answered", "state", "status"),
    [
        ("done", IntentState.CONFIRMED, ReceiptStatus.DONE),
        ("not_done", IntentState.NOT_DONE, ReceiptStatus.ABORTED),
    ],
)
def test_what_people_saw_goes_into_journal_and_record(
    store: Store, answered: str, state: IntentState, status: ReceiptStatus
) -> None:
    under_way = in_doubt(store)
    look(under_way, store)
    answer(store, answered)
    look(under_way, store)
    found = line(store)
    assert found.state is state
    assert found.detail == f"bob looked: {answered}. the lamp is off"
    assert (found.expires == found.time + 500) == (answered == "done"), "it will be looked at again"
    with store.state.transaction() as tx:
        assert [one.status for one in tx.receipts("inc-1")] == [status]


@pytest.mark.parametrize(
    ("answered", "state"), [("done", IntentState.UNDONE), ("not_done", IntentState.CONFIRMED)]
)
def test_a_doubtful_undo_leaves_the_action_in_force_until_people_saw_it_gone(
    store: Store, answered: str, state: IntentState
) -> None:
    under_way = in_doubt(store, undo=True)
    assert "Was this taken back" in look(under_way, store)[0].question
    assert line(store).state is IntentState.CONFIRMED
    answer(store, answered)
    look(under_way, store)
    assert line(store).state is state
    assert not line(store, undo_key(KEY)).state.is_open
    with store.state.transaction() as tx:
        assert [one.status for one in tx.receipts("inc-1")] == [ReceiptStatus.DONE]
