"""Two incidents may hold the same AI system the same way: what one gives back is not taken from the other."""

from __future__ import annotations

import msgspec

from pullcord.model.intent import Intent, IntentState
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Transaction
from pullcord.response.work import Work

_US = "pullcord"
"""Who ends a wait in the list of tasks."""


def held_elsewhere(tx: Transaction, done: Intent) -> list[Intent]:
    """Lines of other incidents by which the same kind of action on the same target is, or may be, in force."""
    states = [IntentState.CONFIRMED, IntentState.SENT, IntentState.IN_DOUBT]
    return [
        one
        for one in tx.intents(None, states)
        if one.undoes is None
        and one.incident_id != done.incident_id
        and (one.action.kind, one.action.target) == (done.action.kind, done.action.target)
    ]


def is_shared(work: Work, tx: Transaction, done: Intent) -> bool:
    """Whether another incident holds the same, and is not itself only waiting to give it back.

    Of two that wait for each other, both have passed their gates: whoever looks next goes first.
    """
    name = wait_name(done.key)
    others = [one for one in held_elsewhere(tx, done) if not _waits(tx, one)]
    if not others:
        end_wait(tx, work.incident_id, done.key)
        return False
    who = ", ".join(sorted({one.incident_id for one in others}))
    known = next((task for task in tx.tasks(work.incident_id) if task.id == name), None)
    if known is None or known.by == _US:
        tx.put_task(
            Task(
                id=name,
                incident_id=work.incident_id,
                kind=TaskKind.QUESTION,
                subject=done.action.id,
                question=f"{done.action.kind.value} on {done.action.target} is not taken back yet: it is held for "
                f"{who} too. It waits until it is taken back there.",
                options=("seen",),
                opened=work.means.clock.now(),
            )
        )
    return True


def wait_name(key: str) -> str:
    """The id of the task that says why a line is not taken back yet."""
    return f"also-held-{key[:20]}"


def _waits(tx: Transaction, other: Intent) -> bool:
    """Whether another incident stands before the same question; what a person answers does not end its wait."""
    name = wait_name(other.key)
    return any(task.id == name and task.by != _US for task in tx.tasks(other.incident_id))


def end_wait(tx: Transaction, incident_id: str, key: str) -> None:
    """Note that an incident no longer waits to take back what this line of the journal did."""
    for task in tx.tasks(incident_id):
        if task.id == wait_name(key):
            tx.put_task(msgspec.structs.replace(task, answer="seen", by=_US))
