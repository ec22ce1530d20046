"""The lake: events, kept append-only in segments and columnar files, queried through DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pullcord.model.event import Event
from pullcord.model.times import EARLIEST, LATEST
from pullcord.store import compaction
from pullcord.store.durable import TEMPORARY, private_folder
from pullcord.store.errors import LakeDamagedError, ReadOnlyError
from pullcord.store.scan import FILES, SEGMENTS, TEMPORARY_FOLDER, connect, everything
from pullcord.store.segments import decode_event, segment_path, write_segment

if TYPE_CHECKING:
    import duckdb

SLICE = 8_192
"""Events that :meth:`FileLake.window` holds at once."""
_TRIES = 10
_WITHIN = "time >= ? AND time < ?"
_FOUND = "SELECT id, source, body FROM {all} WHERE {where} ORDER BY time, id"
_TWICE = "SELECT id, min(source) FROM {all} WHERE {where} GROUP BY id HAVING count(*) > 1"
_PLACES = "SELECT time, row_number() OVER (ORDER BY time) AS place FROM {all} WHERE {where}"
_CUTS = f"SELECT DISTINCT time FROM ({_PLACES}) WHERE place % {SLICE} = 0 ORDER BY time"  # noqa: S608  (own text)


class FileLake:
    """Implements ``pullcord.ports.Lake`` on a folder; made by :func:`open_lake`. Threads may share it.

    One process may write; the owner lock of the state sees to that. Of several events with one id in
    different segments, the one in the earlier file, then segment by name, counts.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        self._folder = folder
        self._read_only = read_only
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._compacting = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None

    def append(self, segment: str, events: Sequence[Event]) -> None:
        """Keep events durably under a segment name; the same name again replaces the segment whole.

        Raises:
            SegmentNameError: the name is not ``[a-z0-9-]{1,80}``.
            UnstorableError: an event cannot be written; nothing of the batch is kept.
            ReadOnlyError: the lake was opened for reading.
        """
        self._must_write()
        path = segment_path(self._folder / SEGMENTS, segment)
        connection = self._connection()
        with self._writing, _explained(self._folder):
            write_segment(connection, path, events)

    def compact(self) -> None:
        """Fold segments into columnar files; readable before, during and after; safe to be killed in.

        Raises:
            LakeDamagedError: a segment cannot be read.
            ReadOnlyError: the lake was opened for reading.
        """
        self._must_write()
        with self._compacting, _explained(self._folder):
            compaction.compact(self._folder, self._connection(), self._writing)

    def trace_ids(self) -> list[str]:
        """All trace ids, sorted."""
        rows = self._query("SELECT DISTINCT trace_id FROM {all} WHERE trace_id IS NOT NULL", [])
        return sorted(row[0] for row in rows)

    def by_trace(self, trace_ids: Collection[str]) -> dict[str, list[Event]]:
        """Events of these traces, each list by time then id; traces without events are absent."""
        result: dict[str, list[Event]] = {}
        for event in self._matching("trace_id", trace_ids):
            if event.trace_id is not None:
                result.setdefault(event.trace_id, []).append(event)
        for events in result.values():
            events.sort(key=lambda event: (event.time, event.id))
        return result

    def by_id(self, event_ids: Collection[str]) -> dict[str, Event]:
        """Events by id; unknown ids are absent."""
        return {event.id: event for event in self._matching("id", event_ids)}

    def window(self, start: int, end: int, asset: str | None = None) -> Iterator[Event]:
        """Events with ``start <= time < end`` (nanoseconds UTC), by time then id, optionally of one asset."""
        where, extra = (_WITHIN, []) if asset is None else (f"{_WITHIN} AND asset = ?", [asset])

        def ask(sql: str, low: int, high: int) -> list[tuple[Any, ...]]:
            return self._query(
                sql.replace("{where}", where), [max(low, EARLIEST), min(high, LATEST + 1), *extra]
            )

        cuts = [int(row[0]) + 1 for row in ask(_CUTS, start, end)]
        twice: dict[str, str] = dict(ask(_TWICE, start, end))
        for low, high in zip([start, *cuts], [*cuts, end], strict=True):
            for key, source, body in ask(_FOUND, low, high):
                if twice.get(key, source) == source:
                    yield decode_event(body)

    def count(self) -> int:
        """How many events are kept; several with one id count once."""
        rows = self._query("SELECT count(DISTINCT id) FROM {all}", [])
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Let go of DuckDB; the next query starts it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _must_write(self) -> None:
        if self._read_only:
            raise ReadOnlyError(
                f"the lake {self._folder} was opened for reading", "open it as the owner of the state folder"
            )

    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._database is None:
                self._database = connect(self._folder, spill=not self._read_only)
            return self._database

    def _matching(self, column: str, values: Collection[str]) -> list[Event]:
        # Once per id: the copy kept first.
        if not values:
            return []
        sql = f"SELECT id, source, body FROM {{all}} WHERE {column} IN (SELECT unnest(?::VARCHAR[]))"  # noqa: S608
        first: dict[str, tuple[str, str]] = {}
        for key, source, body in self._query(sql, [list(dict.fromkeys(values))]):
            if key not in first or source < first[key][0]:
                first[key] = (source, body)
        return [decode_event(body) for _, body in first.values()]

    def _query(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """All rows of a query; ``{all}`` in its text is the relation of all events."""
        return _persistently(self._folder, lambda: self._once(sql, values))

    def _once(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        relation = everything(self._folder)
        if relation is None:
            return []
        text = sql.replace("{all}", f"({relation[0]})")
        with self._connection().cursor() as cursor:
            return cursor.execute(text, [*relation[1], *values]).fetchall()


def open_lake(folder: Path, *, read_only: bool = False) -> FileLake:
    """Open the lake in a folder, making it as needed.

    Args:
        folder: made with mode 0700 if it is not there.
        read_only: change nothing; works while the owner runs.

    Raises:
        StateFolderError: the folder cannot be used.
    """
    folder = folder.absolute()
    if not read_only:
        for path in (folder, folder / SEGMENTS, folder / FILES, folder / TEMPORARY_FOLDER):
            private_folder(path)
        halves = (folder / SEGMENTS).glob(f"*{TEMPORARY}")
        for leftover in (*halves, *folder.glob(f"*{TEMPORARY}"), *(folder / TEMPORARY_FOLDER).iterdir()):
            leftover.unlink(missing_ok=True)
    return FileLake(folder, read_only=read_only)


def _persistently(folder: Path, query: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """Run a query again when a compaction removed a file between listing and reading."""
    import duckdb

    for attempt in range(_TRIES):
        try:
            return query()
        except duckdb.IOException as error:
            if attempt == _TRIES - 1:
                raise _damaged(folder, error) from error
        except duckdb.Error as error:
            raise _damaged(folder, error) from error
    return []


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> LakeDamagedError:
    return LakeDamagedError(
        f"the lake {folder} cannot be read: {str(error).splitlines()[0][:300]}",
        "check the disk and its space; restore the lake from a backup if a file is damaged",
    )
