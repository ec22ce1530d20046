"""Expiry: a containment that has run its time is looked at by its owner; an AI never gets anything back by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from pullcord.model.intent import Intent, IntentState
from pullcord.model.plan import ActionKind, Expiry
from pullcord.model.task import Task, TaskKind
from pullcord.model.times import to_rfc3339
from pullcord.ports import Clock, Responder, State
from pullcord.response.errors import FencedError, HeldError
from pullcord.response.journal import Journal
from pullcord.response.shared import held_elsewhere
from pullcord.response.work import ACTED

_RELEASABLE = frozenset({ActionKind.BLOCK_DESTINATION})
"""What may end by itself at all: the block of an outside address behind which there is no suspect AI."""


async def sweep(
    state: State,
    clock: Clock,
    journal: Journal,
    responder: Callable[[Intent], Responder | None],
    held: Callable[[], str],
) -> int:
    """Look at every containment whose time is up; returns at how many.

    Args:
        responder: who can take an action back.
        held: why nothing may be released now (a stop, a clock that stepped); empty if it may.
    """
    now = clock.now()
    with state.transaction() as tx:
        found = tx.intents(None, [IntentState.CONFIRMED])
    due = [one for one in found if one.expires is not None and one.expires <= now and not one.asked]
    ending = {one.key for one in due if may_release(one)}
    for intent in due:
        if intent.key in ending and _needed(state, intent, ending):
            continue
        if not may_release(intent) or not await _released(intent, journal, responder, held):
            _ask(state, intent, now)
    return len(due)


def may_release(intent: Intent) -> bool:
    """Whether the end of this action gives nothing to any AI."""
    action = intent.action
    return (
        action.expiry is Expiry.RELEASE
        and action.kind in _RELEASABLE
        and not action.reaches_ot
        and action.params.get("agents", "[]") in {"", "[]"}
    )


def _needed(state: State, intent: Intent, ending: Collection[str]) -> bool:
    """Whether another incident still wants the same block; then it ends with that one."""
    with state.transaction() as tx:
        return any(one.key not in ending for one in held_elsewhere(tx, intent))


async def _released(
    intent: Intent, journal: Journal, responder: Callable[[Intent], Responder | None], held: Callable[[], str]
) -> bool:
    """Whether nobody needs to be asked: it was released, or a later look will."""
    one = responder(intent)
    if one is None:
        return False
    if held():
        return True
    try:
        journal.prepare_undo(intent)
        receipt = await journal.undo(intent, one)
    except (HeldError, FencedError):
        return True
    return receipt.status in ACTED


def _ask(state: State, intent: Intent, now: int) -> None:
    task = Task(
        id=f"expired-{intent.key[:20]}",
        incident_id=intent.incident_id,
        kind=TaskKind.EXPIRED,
        subject=intent.action.id,
        question=(
            f"{intent.action.kind.value} on {intent.action.target} has been in force since "
            f"{to_rfc3339(intent.time)}. It stays in force. Is it still needed?"
        ),
        options=("still needed", "plan the return to service"),
        opened=now,
    )
    with state.transaction() as tx:
        current = tx.intent(intent.key)
        if current is None or current.state is not IntentState.CONFIRMED:
            return
        tx.put_intent(msgspec.structs.replace(current, asked=True))
        tx.put_task(task)
        tx.audit("pullcord", f"expired {intent.action.id}", task.question, now)
