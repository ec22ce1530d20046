"""What streaming detectors remember, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.store.rows import chunks
from pullcord.store.tables import DETECTOR_STATE

_KEY = DETECTOR_STATE.c.key


def put_detector_state(connection: Connection, detector: str, entries: Mapping[str, bytes | None]) -> None:
    """Keep, replace, or (None) remove entries."""
    kept = [
        {"detector": detector, "key": key, "body": body} for key, body in entries.items() if body is not None
    ]
    statement = insert(DETECTOR_STATE)
    keep = statement.on_conflict_do_update(
        index_elements=["detector", "key"], set_={"body": statement.excluded.body}
    )
    for rows in chunks(kept):
        connection.execute(keep, rows)
    for keys in chunks(key for key, body in entries.items() if body is None):
        gone = delete(DETECTOR_STATE).where(DETECTOR_STATE.c.detector == detector, _KEY.in_(keys))
        connection.execute(gone)


def detector_state(connection: Connection, detector: str) -> dict[str, bytes]:
    """All entries of a detector, by key."""
    query = select(_KEY, DETECTOR_STATE.c.body).where(DETECTOR_STATE.c.detector == detector).order_by(_KEY)
    return {key: bytes(body) for key, body in connection.execute(query)}
