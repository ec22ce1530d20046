"""Which events were taken in, so that a repeated batch counts once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.sqlite import insert

from pullcord.store.rows import chunks
from pullcord.store.tables import INBOX_IDS

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
