"""Segments: batches of events as they came in, one small Parquet file each.

Not compressed JSON lines: DuckDB's JSON reader takes twice the largest allowed object for each file and
thread, which does not fit into the memory Pullcord allows it (measured: 30 segments, 192 MB, out of memory).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from pullcord.model.event import Attributes, Event, Value
from pullcord.model.times import EARLIEST, LATEST
from pullcord.store.durable import TEMPORARY, publish
from pullcord.store.errors import LakeDamagedError, SegmentNameError, UnstorableError

if TYPE_CHECKING:
    import duckdb

SUFFIX = ".parquet"
MAX_EVENT = 8 * 1024 * 1024
"""Bytes of one event as JSON; intake refuses far smaller ones, this only keeps readers from choking."""

_NAME = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Event)


def segment_path(folder: Path, name: str) -> Path:
    """Where a segment lives.

    Raises:
        SegmentNameError: the name is not ``[a-z0-9-]{1,80}``.
    """
    if _NAME.fullmatch(name) is None:
        raise SegmentNameError(
            f"{name[:100]!r} is no name for a segment", "use 1 to 80 of a to z, 0 to 9 and hyphen"
        )
    return folder / f"{name}{SUFFIX}"


def segment_name(path: Path) -> str:
    """The name of the segment in a file; the inverse of :func:`segment_path`."""
    return path.name.removesuffix(SUFFIX)


def write_segment(connection: duckdb.DuckDBPyConnection, path: Path, events: Sequence[Event]) -> None:
    """Write or replace a segment whole and durably; of several events with one id the first is kept.

    Args:
        connection: see ``pullcord.store.scan.connect``.
        path: from :func:`segment_path`.
        events: all of them are written, or nothing is.

    Raises:
        UnstorableError: an event holds text that is not Unicode, is over ``MAX_EVENT``, or has a time that
            64 bits do not hold.
    """
    columns = _columns(events)
    temporary = path.with_name(path.name + TEMPORARY)
    names = ", ".join("time" if name == "time" else f"CAST({name} AS VARCHAR) AS {name}" for name in columns)
    with connection.cursor() as cursor:
        # A view of this cursor only. Every value is in the arrays; the text holds our own column names.
        cursor.register("batch", columns)
        # Lightly packed: a compaction reads it once and packs it well.
        statement = f"COPY (SELECT {names} FROM batch) TO ? (FORMAT parquet, COMPRESSION lz4)"  # noqa: S608
        cursor.execute(statement, [str(temporary)])
        cursor.unregister("batch")
    publish(temporary, path)


def _columns(events: Sequence[Event]) -> dict[str, np.ndarray[Any, Any]]:
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.id, event)
    kept = first.values()
    bodies = [encode_event(event).decode() for event in kept]  # first: it refuses what cannot be kept
    columns: dict[str, np.ndarray[Any, Any]] = {
        "id": _array(list(first)),
        "time": np.array([event.time for event in kept], dtype=np.int64),
    }
    for name in ("asset", "actor", "site", "trace_id", "span_id"):
        columns[name] = _array([getattr(event, name) for event in kept])
    for name in ("product", "category", "service"):
        columns[name] = _array([getattr(event.logsource, name) for event in kept])
    columns["body"] = _array(bodies)
    return columns


def _array(values: Sequence[str | None]) -> np.ndarray[Any, Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def encode_event(event: Event) -> bytes:
    """One event as JSON.

    NaN and infinities become the strings ``"NaN"``, ``"Infinity"``, ``"-Infinity"`` (as in the JSON mapping
    of Protocol Buffers): JSON has no numbers for them, and null would be no attribute value.

    Raises:
        UnstorableError: see :func:`write_segment`.
    """
    if not EARLIEST <= event.time <= LATEST:
        raise UnstorableError(
            f"event {event.id[:80]!r} has time {event.time}, which 64 bits of nanoseconds do not hold",
            "repair the clock of the source",
        )
    try:
        body = _encoder.encode(_finite(event))
    except (UnicodeEncodeError, OverflowError) as error:
        raise UnstorableError(
            f"event {event.id[:80]!r} cannot be written: {error}", "drop the field it came from at the source"
        ) from error
    if len(body) > MAX_EVENT:
        raise UnstorableError(
            f"event {event.id[:80]!r} has {len(body)} bytes, the limit is {MAX_EVENT}",
            "cut its content at the source",
        )
    return body


def decode_event(body: str | bytes) -> Event:
    """An event from its JSON.

    Raises:
        LakeDamagedError: it is not an event.
    """
    try:
        return _decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise LakeDamagedError(
            f"an event in the lake does not decode: {error}", "restore the lake from a backup"
        ) from error


def _finite(event: Event) -> Event:
    if all(_is_finite(value) for value in event.attributes.values()):
        return event
    return msgspec.structs.replace(event, attributes=dict(_named(event.attributes)))


def _is_finite(value: Value) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    return not isinstance(value, list) or all(
        type(item) is not float or math.isfinite(item) for item in value
    )


def _named(attributes: Attributes) -> Iterator[tuple[str, Value]]:
    for key, value in attributes.items():
        if _is_finite(value):
            yield key, value
        elif isinstance(value, list):
            # Mixed lists are no attribute values: all of it becomes text.
            yield key, [_text(item) for item in value]
        else:
            yield key, _text(value)


def _text(number: Value) -> str:
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(number), str(number))


Marks = Mapping[str, tuple[int, int]]
"""Segment name → (inode, modification time in nanoseconds): tells whether a segment was replaced."""


def mark(path: Path) -> tuple[int, int] | None:
    """The mark of a segment file; None if it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
