"""The intent journal: what was, or may have been, sent to a real system."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.intent import Intent, IntentState
from pullcord.store.rows import decode, encode
from pullcord.store.tables import INTENTS


def put_intent(connection: Connection, intent: Intent) -> None:
    """Keep or replace a line; one that is replaced keeps its place."""
    row = {
        "state": intent.state.value,
        "automatic": intent.automatic,
        "undo": intent.undoes is not None,
        "kind": intent.action.kind.value,
        "target": intent.action.target,
        "plan_hash": intent.plan_hash,
        "time": intent.time,
        "body": encode(intent),
    }
    statement = insert(INTENTS).values(key=intent.key, incident_id=intent.incident_id, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))


def get_intent(connection: Connection, key: str) -> Intent | None:
    """One line by key."""
    body = connection.execute(select(INTENTS.c.body).where(INTENTS.c.key == key)).scalar()
    return None if body is None else decode(Intent, body, INTENTS.name, key)


def get_intents(
    connection: Connection, incident_id: str | None, states: Collection[IntentState] | None
) -> tuple[Intent, ...]:
    """Lines in the order kept, of one incident or all, in these states or any."""
    query = select(INTENTS.c.key, INTENTS.c.body).order_by(INTENTS.c.sequence)
    if incident_id is not None:
        query = query.where(INTENTS.c.incident_id == incident_id)
    if states is not None:
        query = query.where(INTENTS.c.state.in_([state.value for state in states]))
    return tuple(decode(Intent, body, INTENTS.name, key) for key, body in connection.execute(query))


def automatic(
    connection: Connection, since: int, leave_out: Collection[str], plan_hash: str
) -> tuple[int, frozenset[str]]:
    """See :meth:`pullcord.ports.Transaction.automatic`."""
    taken: list[ColumnElement[bool]] = [
        INTENTS.c.automatic.is_(True),
        INTENTS.c.undo.is_(False),
        INTENTS.c.kind.not_in(list(leave_out)),
    ]
    recent = select(func.count()).where(
        *taken,
        INTENTS.c.plan_hash != plan_hash,
        INTENTS.c.time >= since,
        INTENTS.c.state != IntentState.NOT_DONE.value,
    )
    held = select(INTENTS.c.target).distinct().where(*taken, INTENTS.c.state == IntentState.CONFIRMED.value)
    return connection.execute(recent).scalar_one(), frozenset(connection.execute(held).scalars())
