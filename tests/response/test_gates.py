from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.incident import Incident
from pullcord.model.intent import IntentState
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import ActionKind, ApproverRole, PlanPurpose
from pullcord.model.task import Task, TaskKind
from pullcord.response.engine import Direct
from pullcord.response.gates import gate_prefix, gates
from pullcord.response.journal import Journal, action_key
from pullcord.response.permission import Answer, Permission
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, done, incident, opened, plan, work

BACK, CUT = action(ActionKind.RETURN_TO_SERVICE), action(ActionKind.DISABLE_AGENT)
PLAN = plan(BACK, purpose=PlanPurpose.RECOVER, gates=tuple(f"gate {number}" for number in range(1, 12)))
TWO = plan(BACK, purpose=PlanPurpose.RECOVER, gates=("golden set", "replay"))


class NobodyAnswersError(Exception):
    """Raised at a wait for which no answer was prepared."""


class People(Direct):
    """Steps with people who say something at each wait: answers by gate, None = nothing."""

    def __init__(self, store: Store, *said: dict[str, str]) -> None:
        self._store, self._said = store, list(said)
        self.seen: list[list[str]] = []

    async def wait(self, seconds: float) -> None:
        del seconds
        open_now = [task for task in tasks(self._store) if task.answer is None]
        self.seen.append([task.subject for task in open_now])
        if not self._said:
            raise NobodyAnswersError
        said = self._said.pop(0)
        with self._store.state.transaction() as tx:
            for task in open_now:
                if task.subject in said:
                    tx.put_task(msgspec.structs.replace(task, answer=said[task.subject], by="mia"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def tasks(store: Store) -> list[Task]:
    with store.state.transaction() as tx:
        return [task for task in tx.tasks("inc-1") if task.kind is TaskKind.GATE]


def passed(store: Store, people: People, findings: int = 1) -> Permission:
    return done(gates(work(store, live=True, steps=people), TWO, BACK, findings))


def test_every_gate_is_asked_of_the_ml_owner_and_must_pass(store: Store) -> None:
    people = People(store, {"golden set": "passed"}, {}, {"replay": "passed"})
    assert passed(store, people).answer is Answer.GO
    assert people.seen == [["golden set", "replay"], ["replay"], ["replay"]]
    assert {task.role for task in tasks(store)} == {ApproverRole.ML_OWNER}


def test_a_failed_gate_is_asked_again_and_one_that_passed_is_not(store: Store) -> None:
    people = People(store, {"golden set": "passed", "replay": "failed"}, {"replay": "failed"})
    with pytest.raises(NobodyAnswersError):
        passed(store, people)
    assert people.seen[1:] == [["replay"], ["replay"]]
    assert [task.answer for task in tasks(store)] == ["passed", "failed", "failed", None]
    assert len({task.id for task in tasks(store)}) == 4


def test_ten_and_more_gates_are_kept_apart(store: Store) -> None:
    people = People(store, {gate: "passed" for gate in PLAN.gates if gate != "gate 1"})
    with pytest.raises(NobodyAnswersError):
        done(gates(work(store, live=True, steps=people), PLAN, BACK, 1))
    assert people.seen[-1] == ["gate 1"]


def test_answers_for_another_plan_say_nothing(store: Store) -> None:
    people = People(store, {"golden set": "passed", "replay": "passed"})
    assert passed(store, people).answer is Answer.GO
    other = plan(BACK, purpose=PlanPurpose.RECOVER, gates=TWO.gates, reasons=("again",))
    with pytest.raises(NobodyAnswersError):
        done(gates(work(store, live=True, steps=People(store)), other, BACK, 1))
    assert gate_prefix(action_key(other, BACK)) != gate_prefix(action_key(TWO, BACK))


def test_what_is_in_doubt_keeps_everything_as_it_is(store: Store) -> None:
    journal, canary = Journal(store.state, Ticking(), "me"), Canary(status=ReceiptStatus.IN_DOUBT)
    done(journal.prepare(plan(CUT), CUT, canary, automatic=False))
    done(journal.act(plan(CUT), CUT, canary))
    people = People(store, {"golden set": "passed", "replay": "passed"})
    with pytest.raises(NobodyAnswersError):
        passed(store, people)
    with store.state.transaction() as tx:
        asked = [task for task in tx.tasks("inc-1") if task.kind is TaskKind.IN_DOUBT]
        tx.put_task(msgspec.structs.replace(asked[0], answer="done", by="bob"))
    assert passed(store, People(store)).answer is Answer.GO
    with store.state.transaction() as tx:
        assert [one.state for one in tx.intents("inc-1")] == [IntentState.CONFIRMED]


def test_new_findings_come_first_even_when_all_have_passed(store: Store) -> None:
    assert passed(store, People(store, {"golden set": "passed", "replay": "passed"})).answer is Answer.GO
    grown: Incident = msgspec.structs.replace(incident(), finding_ids=("f1", "f2"))
    with store.state.transaction() as tx:
        tx.put_incident(grown)
    assert passed(store, People(store)).answer is Answer.CHANGED
    assert passed(store, People(store), 2).answer is Answer.GO


def test_a_person_who_closes_it_ends_the_waiting(store: Store) -> None:
    close = Task(
        id="close",
        incident_id="inc-1",
        kind=TaskKind.CLOSE,
        subject="",
        question="?",
        options=("close",),
        opened=1,
        answer="close",
        by="ann",
    )
    with store.state.transaction() as tx:
        tx.put_task(close)
    assert passed(store, People(store)) == Permission(Answer.CLOSED, "closed by ann")
    assert tasks(store) == []
