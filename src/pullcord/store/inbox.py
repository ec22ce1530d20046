"""Which events were taken in, so that a repeated batch counts once, and batches on their way to the lake."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.store.rows import chunks
from pullcord.store.tables import INBOX_BATCHES, INBOX_IDS

# 2 variables a row: well below the variable limit, and few statements for 10,000 ids.
_BATCH = 1_000
_CLAIM = insert(INBOX_IDS).on_conflict_do_nothing().returning(INBOX_IDS.c.id)


def claim_events(connection: Connection, event_ids: Sequence[str], time: int) -> set[str]:
    """Enter ids; return those that were not there. Time in nanoseconds UTC."""
    new: set[str] = set()
    for chunk in chunks(dict.fromkeys(event_ids), _BATCH):
        rows = [{"id": event_id, "time": time} for event_id in chunk]
        new.update(connection.execute(_CLAIM, rows).scalars())
    return new


def forget_events(connection: Connection, before: int) -> int:
    """Drop ids received before a time (nanoseconds UTC); returns how many."""
    return connection.execute(delete(INBOX_IDS).where(INBOX_IDS.c.time < before)).rowcount


def put_batch(connection: Connection, body: bytes, time: int) -> int:
    """Keep a batch; returns its number. Time of receipt in nanoseconds UTC."""
    statement = insert(INBOX_BATCHES).values(body=body, time=time).returning(INBOX_BATCHES.c.number)
    return int(connection.execute(statement).scalar_one())


def batches(connection: Connection, limit: int) -> list[tuple[int, bytes]]:
    """``(number, body)`` of the oldest batches."""
    query = select(INBOX_BATCHES.c.number, INBOX_BATCHES.c.body).order_by(INBOX_BATCHES.c.number)
    return [(number, body) for number, body in connection.execute(query.limit(limit))]


def drop_batches(connection: Connection, numbers: Collection[int]) -> None:
    """Forget batches."""
    for chunk in chunks(numbers, _BATCH):
        connection.execute(delete(INBOX_BATCHES).where(INBOX_BATCHES.c.number.in_(chunk)))
