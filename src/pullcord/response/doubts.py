"""Actions of which nobody knows whether they were done: people look, and what they say goes into the journal."""

from __future__ import annotations

import msgspec

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import Receipt, ReceiptStatus
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Transaction
from pullcord.response.work import Work

DONE, NOT_DONE = "done", "not_done"


def settle(work: Work, tx: Transaction) -> None:
    """Ask about each action in doubt, and take over what was answered."""
    tasks = {task.subject: task for task in tx.tasks(work.incident_id) if task.kind is TaskKind.IN_DOUBT}
    for intent in tx.intents(work.incident_id, [IntentState.IN_DOUBT]):
        task = tasks.get(intent.key)
        if task is None:
            tx.put_task(_question(work, intent))
        elif task.answer is not None:
            _take_over(work, tx, intent, task)


def _question(work: Work, intent: Intent) -> Task:
    action, verb = intent.action, "taken back" if intent.undoes else "done"
    return Task(
        id=f"in-doubt-{intent.key[:20]}",
        incident_id=work.incident_id,
        kind=TaskKind.IN_DOUBT,
        subject=intent.key,
        question=f"Was this {verb}: {action.kind.value} on {action.target}? Please look. {intent.detail}",
        options=(DONE, NOT_DONE),
        opened=work.means.clock.now(),
    )


def _take_over(work: Work, tx: Transaction, intent: Intent, task: Task) -> None:
    now, done = work.means.clock.now(), task.answer == DONE
    detail = f"{task.by} looked: {task.answer}. {task.comment}".strip()
    state = IntentState.CONFIRMED if done else IntentState.NOT_DONE
    expires = work.means.journal.expires(intent, state, now)
    tx.put_intent(msgspec.structs.replace(intent, state=state, time=now, detail=detail, expires=expires))
    if intent.undoes is None:
        receipt = Receipt(
            key=intent.key,
            action_id=intent.action.id,
            status=ReceiptStatus.DONE if done else ReceiptStatus.ABORTED,
            responder=intent.responder,
            time=now,
            detail=detail,
        )
        tx.put_record(work.incident_id, intent.key, receipt)
    elif done:
        before = tx.intent(intent.undoes)
        if before is not None:
            tx.put_intent(msgspec.structs.replace(before, state=IntentState.UNDONE, time=now, expires=None))
