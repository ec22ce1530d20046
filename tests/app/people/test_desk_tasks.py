from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.app.people.desk_tasks import (
    closing_task,
    is_closed,
    known_incident,
    known_task,
    nothing_unknown,
    take_answer,
)
from pullcord.app.people.services import NotKnownError
from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.plan import ActionKind
from pullcord.model.task import TaskKind
from pullcord.response.errors import UnknownIncidentError
from pullcord.response.people_errors import (
    AnswerNotPossibleError,
    RoleNotHeldError,
    StillOpenError,
    TaskAnsweredError,
)
from tests.app.desks import ANN, BOB, INCIDENT, Office, office, task
from tests.response.people import NOW, OT


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def test_an_incident_is_known_by_its_alias_too(made: Office) -> None:
    with made.store.state.transaction() as tx:
        assert known_incident(tx, "inc-old").id == INCIDENT.id
        with pytest.raises(UnknownIncidentError):
            known_incident(tx, "inc-9")


def test_an_incident_is_closed_when_all_six_phases_have_ended(made: Office) -> None:
    for name in PhaseName:
        with made.store.state.transaction() as tx:
            assert not is_closed(tx, INCIDENT)
        made.end(name)
    with made.store.state.transaction() as tx:
        assert is_closed(tx, INCIDENT)


def test_a_question_is_known_by_its_id() -> None:
    assert known_task([task(), task(id="gate-2")], "gate-2").id == "gate-2"
    with pytest.raises(NotKnownError):
        known_task([task()], "gate-2")


def test_the_open_question_is_answered_and_else_a_new_one_made() -> None:
    new, answer = closing_task(INCIDENT, [task()], NOW)
    assert (new.id, new.kind, new.options, answer) == ("close-1", TaskKind.CLOSE, ("close",), "close")
    asked = task(id="close", kind=TaskKind.CLOSE, options=("yes", "no"))
    assert closing_task(INCIDENT, [asked], NOW) == (asked, "yes")
    answered = task(id="close", kind=TaskKind.CLOSE, options=("yes", "no"), answer="no")
    assert closing_task(INCIDENT, [answered], NOW)[0].id == "close-2"


@pytest.mark.parametrize("state", list(IntentState))
def test_whatever_is_owed_keeps_an_incident_open(made: Office, state: IntentState) -> None:
    made.put_intent(state)
    with made.store.state.transaction() as tx:
        if state in {IntentState.PLANNED, IntentState.SENT, IntentState.IN_DOUBT}:
            with pytest.raises(StillOpenError, match=state.value):
                nothing_unknown(tx, INCIDENT, ())
        else:
            assert tx.intents(INCIDENT.id)
            nothing_unknown(tx, INCIDENT, ())


def test_an_open_question_about_an_effect_keeps_it_open_and_five_are_named(made: Office) -> None:
    for kind in list(ActionKind)[:8]:
        made.put_intent(IntentState.IN_DOUBT, kind)
    with made.store.state.transaction() as tx, pytest.raises(StillOpenError, match="and 3 more"):
        nothing_unknown(tx, INCIDENT, ())
    one = task(kind=TaskKind.UNVERIFIED)
    with made.store.state.transaction() as tx:
        with pytest.raises(StillOpenError, match="and 4 more"):
            nothing_unknown(tx, INCIDENT, [one])
        with pytest.raises(StillOpenError, match="and 3 more"):
            nothing_unknown(tx, INCIDENT, [task(kind=TaskKind.UNVERIFIED, answer="yes"), task()])


def test_an_answer_is_kept_once_with_a_line_in_the_audit_log(made: Office) -> None:
    gate = made.put_task(role=OT)
    with made.store.state.transaction() as tx:
        with pytest.raises(RoleNotHeldError):
            take_answer(tx, gate, "passed", (BOB, ""), NOW)
        with pytest.raises(AnswerNotPossibleError, match="passed, failed"):
            take_answer(tx, gate, "maybe", (ANN, ""), NOW)
        done = take_answer(tx, gate, "passed", (ANN, "bench 3"), NOW + 1)
        with pytest.raises(TaskAnsweredError, match="ann has answered"):
            take_answer(tx, done, "passed", (ANN, ""), NOW)
    with made.store.state.transaction() as tx:
        (kept,) = tx.tasks(INCIDENT.id)
    assert (kept.answer, kept.by, kept.time, kept.comment) == ("passed", "ann", NOW + 1, "bench 3")
    assert made.audit() == [("ann", "answer inc-1 gate-1")]
