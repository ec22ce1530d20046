"""Questions that people answer at the desk: which, by whom, and what must be known before an incident is closed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pullcord.app.people.services import NotKnownError
from pullcord.model.incident import Incident, PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.person import Principal
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Transaction
from pullcord.response.errors import UnknownIncidentError
from pullcord.response.people_errors import (
    AnswerNotPossibleError,
    RoleNotHeldError,
    StillOpenError,
    TaskAnsweredError,
)

CLOSE = "close"
"""The answer that closes an incident."""

RELEASES = frozenset({TaskKind.GATE, TaskKind.SWITCH_BACK, TaskKind.EXPIRED})
"""Questions whose answer may give an AI something back: not while Pullcord is stopped."""

_MUST_BE_KNOWN = frozenset({TaskKind.IN_DOUBT, TaskKind.UNVERIFIED})
_OPEN = frozenset(state for state in IntentState if state.is_open)
_MOST_NAMED = 5


def known_incident(tx: Transaction, incident_id: str) -> Incident:
    """The incident of an id or alias.

    Raises:
        UnknownIncidentError: there is none.
    """
    found = tx.incident(incident_id)
    if found is None:
        raise UnknownIncidentError(f"no incident {incident_id[:80]!r}", "see `pullcord incident list`")
    return found


def is_closed(tx: Transaction, incident: Incident) -> bool:
    """Whether all six phases have ended."""
    return {phase.name for phase in tx.phases(incident.id) if phase.end is not None} == set(PhaseName)


def known_task(tasks: Sequence[Task], task_id: str) -> Task:
    """The question of an id.

    Raises:
        NotKnownError: there is none.
    """
    for task in tasks:
        if task.id == task_id:
            return task
    raise NotKnownError(f"no question {task_id[:80]!r}", "`pullcord incident repair` lists the open ones")


def closing_task(incident: Incident, tasks: Sequence[Task], now: int) -> tuple[Task, str]:
    """The question whether an incident may be closed, and the answer that says so.

    The one that is open, else a new one: people may close what nobody has asked them about yet.
    """
    closing = [task for task in tasks if task.kind is TaskKind.CLOSE]
    for task in closing:
        if task.answer is None:
            return task, CLOSE if CLOSE in task.options else task.options[0]
    made = Task(
        id=f"{CLOSE}-{len(closing) + 1}",
        incident_id=incident.id,
        kind=TaskKind.CLOSE,
        subject="",
        question="May the incident be closed?",
        options=(CLOSE,),
        opened=now,
    )
    return made, CLOSE


def nothing_unknown(tx: Transaction, incident: Incident, tasks: Sequence[Task]) -> None:
    """Refuse to close while something was, or may have been, sent to a real system and nobody knows what became of it.

    Raises:
        StillOpenError: with the first five of them.
    """
    owed = [
        f"{one.action.kind.value} on {one.action.target} is {one.state.value}"
        for one in tx.intents(incident.id, _OPEN)
    ]
    owed += [
        f"{one.id}: {one.question}" for one in tasks if one.answer is None and one.kind in _MUST_BE_KNOWN
    ]
    if owed:
        more = f" and {len(owed) - _MOST_NAMED} more" if len(owed) > _MOST_NAMED else ""
        raise StillOpenError(
            f"{incident.id} cannot be closed: {'; '.join(owed[:_MOST_NAMED])}{more}",
            f"look at the systems and answer with `pullcord incident repair {incident.id}`",
        )


def take_answer(tx: Transaction, task: Task, answer: str, said: tuple[Principal, str], now: int) -> Task:
    """Keep a person's answer, with a line in the audit log.

    Args:
        tx: the transaction to do it in.
        task: the question.
        answer: one of its options.
        said: the person and their comment.
        now: nanoseconds UTC.

    Raises:
        TaskAnsweredError: somebody was faster.
        AnswerNotPossibleError: it is not among the options.
        RoleNotHeldError: it is for another role.
    """
    who, comment = said
    if task.answer is not None:
        raise TaskAnsweredError(
            f"{task.by} has answered {task.id} with {task.answer!r}", "there is nothing to do"
        )
    if answer not in task.options:
        raise AnswerNotPossibleError(
            f"{answer[:80]!r} does not answer {task.id}", f"answer one of: {', '.join(task.options)}"
        )
    if task.role is not None and task.role not in who.roles:
        raise RoleNotHeldError(f"{task.id} is for {task.role.value}", "ask a person of this role")
    done = msgspec.structs.replace(task, answer=answer, by=who.name, time=now, comment=comment)
    tx.put_task(done)
    tx.audit(who.name, f"answer {task.incident_id} {task.id}", f"{answer}: {comment}", now)
    return done
