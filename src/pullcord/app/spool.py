"""Session spool: puts events of the same trace together, whatever order and file they come in, on bounded memory.

Events go to one of a fixed number of temporary files by their trace; then one file at a time is read back whole.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from pullcord.model.event import Event

_PARTITIONS = 64
# A trace longer than this is no agent session; the rest of it is counted and left out.
MOST_EVENTS_PER_TRACE = 20_000


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Event)


def _decode(data: bytes) -> Event:
    return Event(**msgspec.structs.asdict(_decoder.decode(data)))


class SessionSpool:
    """A temporary grouping of events by trace; use as a context manager.

    Attributes:
        left_out: events beyond ``MOST_EVENTS_PER_TRACE`` of their trace.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._folder = tempfile.TemporaryDirectory(prefix="pullcord-spool-")
        self._files: dict[int, BinaryIO] = {}

    def __enter__(self) -> Self:
        """Ready to add."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the temporary files."""
        for file in self._files.values():
            file.close()
        self._folder.cleanup()

    def add(self, events: Iterable[Event]) -> None:
        """Keep those events that belong to a trace."""
        for event in events:
            if event.trace_id is not None:
                data = _encode(event)
                file = self._file(zlib.crc32(event.trace_id.encode()) % _PARTITIONS)
                file.write(len(data).to_bytes(8, "little"))
                file.write(data)

    def traces(self) -> Iterator[tuple[str, list[Event]]]:
        """Each trace once with its events (each id once, by time then id); traces in an order of their own."""
        for number in sorted(self._files):
            self._files[number].flush()
            yield from sorted(self._partition(number).items())

    def _file(self, number: int) -> BinaryIO:
        if number not in self._files:
            self._files[number] = (Path(self._folder.name) / str(number)).open("w+b")
        return self._files[number]

    def _partition(self, number: int) -> dict[str, list[Event]]:
        file = self._files[number]
        file.seek(0)
        traces: dict[str, dict[str, Event]] = {}
        while head := file.read(8):
            event = _decode(file.read(int.from_bytes(head, "little")))
            known = traces.setdefault(event.trace_id or "", {})
            if event.id not in known and len(known) >= MOST_EVENTS_PER_TRACE:
                self.left_out += 1
                continue
            known.setdefault(event.id, event)
        return {
            trace: sorted(events.values(), key=lambda event: (event.time, event.id))
            for trace, events in traces.items()
        }
