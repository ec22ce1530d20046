from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pullcord.model.incident import PhaseName, PhaseOutcome
from pullcord.model.plan import ActionKind
from pullcord.model.task import Task, TaskKind
from pullcord.ports import State, Transaction
from pullcord.response import engine
from pullcord.response.engine import Direct
from pullcord.response.errors import FencedError, HeldError
from pullcord.response.work import FENCED_SECONDS, POLL_SECONDS, OneTransaction, Work, carried_out
from pullcord.store.errors import StateBusyError
from pullcord.store.folder import Store
from tests.response.build import action, done, incident, opened, plan, work


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


class Waiting(Direct):
    """Steps that remember names and waits; at each wait somebody does something."""

    def __init__(self, does: Callable[[], object] = lambda: None) -> None:
        self.does = does
        self.names: list[str] = []
        self.waits: list[float] = []

    async def step(self, name: str, work: engine.Work) -> str:
        self.names.append(name)
        return await super().step(name, work)

    async def wait(self, seconds: float) -> None:
        assert len(self.waits) < 10
        self.waits.append(seconds)
        self.does()


def failing(*errors: Exception) -> Callable[[], object]:
    left = list(errors)

    async def attempt() -> str:
        if left:
            raise left.pop(0)
        return "said"

    return attempt


def run(under_way: Work, *errors: Exception) -> object:
    return done(under_way.step("one", failing(*errors)))  # type: ignore[arg-type]


def retry(store: Store) -> Callable[[], None]:
    """Answers every open question."""

    def answer() -> None:
        with store.state.transaction() as tx:
            for task in tx.tasks():
                if task.answer is None:
                    tx.put_task(msgspec.structs.replace(task, answer=task.options[0], by="ann"))

    return answer


def test_a_step_says_a_json_value_and_repeated_names_differ(store: Store) -> None:
    steps = Waiting()
    under_way = work(store, steps=steps)

    async def some() -> dict[str, int]:
        return {"n": 1}

    assert [done(under_way.step("same", some)) for _ in range(3)] == [{"n": 1}] * 3
    assert steps.names == ["same", "same #2", "same #3"]


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(HeldError("stopped", "x"), POLL_SECONDS), (FencedError("elsewhere", "x"), FENCED_SECONDS)],
)
def test_what_is_held_or_done_elsewhere_waits_and_asks_nobody(
    store: Store, error: Exception, seconds: float
) -> None:
    steps = Waiting()
    assert run(work(store, live=True, steps=steps), error, error) == "said"
    assert steps.waits == [seconds] * 2
    with store.state.transaction() as tx:
        assert tx.tasks() == ()


def test_what_fails_is_stuck_until_people_say_retry(store: Store) -> None:
    steps = Waiting(retry(store))
    errors = [KeyError("first"), StateBusyError("the state is busy", "wait")]
    assert run(work(store, live=True, steps=steps), *errors) == "said"
    with store.state.transaction() as tx:
        tasks = tx.tasks()
        assert len(list(tx.audit_log())) == 2
    assert [one.kind for one in tasks] == [TaskKind.STUCK] * 2
    # Texts of foreign errors may hold telemetry or secrets; ours say what they say.
    assert "KeyError" in tasks[0].question
    assert "first" not in tasks[0].question
    assert "the state is busy" in tasks[1].question


def test_a_recorded_run_fails_at_once(store: Store) -> None:
    with pytest.raises(KeyError, match="first"):
        run(work(store), KeyError("first"))


def test_a_question_is_bounded(store: Store) -> None:
    run(work(store, live=True, steps=Waiting(retry(store))), ValueError("x" * 100_000))
    with store.state.transaction() as tx:
        assert len(tx.tasks()[0].question) < 1_100


class BusyState:
    """A state that is busy for its first transactions."""

    def __init__(self, state: State, times: int) -> None:
        self._state, self._times = state, times

    def transaction(self) -> AbstractContextManager[Transaction]:
        self._times -= 1
        if self._times >= 0:
            raise StateBusyError("busy", "wait")
        return self._state.transaction()


def test_a_state_that_cannot_even_keep_the_question_is_tried_again(store: Store) -> None:
    steps = Waiting()
    under_way = work(store, live=True, steps=steps)
    assert run(replace(under_way, state=BusyState(store.state, 1)), KeyError("first")) == "said"
    assert steps.waits == [POLL_SECONDS]


def test_answers_are_waited_for_all_of_them(store: Store) -> None:
    tasks = [
        Task(
            id=name,
            incident_id="inc-1",
            kind=TaskKind.QUESTION,
            subject="",
            question="?",
            options=("yes",),
            opened=1,
        )
        for name in "ab"
    ]

    def one_more() -> None:
        with store.state.transaction() as tx:
            task = next(one for one in tx.tasks() if one.answer is None)
            tx.put_task(msgspec.structs.replace(task, answer="yes", by="ann"))

    steps = Waiting(one_more)
    under_way = work(store, steps=steps)
    with store.state.transaction() as tx:
        for task in tasks:
            under_way.open_task(tx, task)
    assert done(under_way.answered(["a", "b"])) == {"a": "yes", "b": "yes"}
    assert steps.waits == [POLL_SECONDS] * 2


def test_a_question_is_opened_once(store: Store) -> None:
    under_way = work(store)
    task = Task(
        id="t",
        incident_id="inc-1",
        kind=TaskKind.CLOSE,
        subject="",
        question="?",
        options=("close",),
        opened=1,
    )
    answered = msgspec.structs.replace(task, answer="close", by="ann", comment="over")
    with store.state.transaction() as tx:
        under_way.open_task(tx, task)
        assert under_way.closed_by(tx) == ""
        tx.put_task(answered)
        under_way.open_task(tx, task)
        assert tx.tasks() == (answered,)
        assert under_way.closed_by(tx) == "closed by ann: over"


def test_a_phase_keeps_its_start(store: Store) -> None:
    under_way = work(store)
    with store.state.transaction() as tx:
        under_way.begin(tx, PhaseName.CONTAIN)
        start = tx.phases("inc-1")[0].start
        under_way.begin(tx, PhaseName.CONTAIN)
        under_way.end(tx, PhaseName.CONTAIN, PhaseOutcome.DONE, "because")
        found = tx.phases("inc-1")[0]
    assert (found.start, found.outcome, found.reason) == (start, PhaseOutcome.DONE, "because")
    done(under_way.ended(PhaseName.LEARN, PhaseOutcome.NOT_NEEDED, "nothing"))
    with store.state.transaction() as tx:
        assert len(tx.phases("inc-1")) == 2


def test_transactions_within_the_whole_are_one(store: Store) -> None:
    joined = OneTransaction(store.state)

    def breaks(tx: Transaction) -> None:
        tx.set_meta("k", "v")
        with joined.transaction() as inner:
            inner.put_incident(incident("inc-2"))
        raise KeyError("breaks")

    with pytest.raises(KeyError), joined.whole() as tx:
        breaks(tx)
    with joined.transaction() as tx:
        assert tx.incident("inc-2") is None
        assert tx.meta("k") is None
        tx.set_meta("k", "own")
    with store.state.transaction() as tx:
        assert tx.meta("k") == "own"


@pytest.mark.parametrize("answer", [None, "done", "not possible"])
@pytest.mark.parametrize(
    "kind", [ActionKind.HOLD_LOTS, ActionKind.SWITCH_TO_FALLBACK, ActionKind.DISABLE_AGENT]
)
def test_what_people_were_asked_to_do_is_not_asked_again_and_no_switch_is_assumed(
    store: Store, kind: ActionKind, answer: str | None
) -> None:
    asked = action(kind)
    task = Task(
        id="by-hand-1",
        incident_id="inc-1",
        kind=TaskKind.BY_HAND,
        subject=asked.id,
        question="Please do it by hand.",
        options=("done", "not possible"),
        opened=1,
        answer=answer,
    )
    made = plan(asked)
    with store.state.transaction() as tx:
        tx.put_record("inc-1", made.id, made)
        tx.put_task(task)
        assert carried_out(tx, "inc-1") == (
            [asked] if kind is ActionKind.HOLD_LOTS and answer != "not possible" else []
        )
