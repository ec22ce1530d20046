"""Cuts a stream of bytes into lines without ever holding more than one line of bounded length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """One line, from 1, without blanks at its ends. ``raw`` is None if it was too long (``size`` bytes)."""

    number: int
    raw: bytes | None
    size: int


class LineReader:
    """Iterates over the lines of chunks; blank ones are counted, not given.

    Attributes:
        number: the line being read, from 1; after an exception from the chunks, the line it happened in.
    """

    def __init__(self, chunks: Iterable[bytes], longest: int) -> None:
        self.number = 1
        self._chunks = chunks
        self._longest = longest
        self._held: list[bytes] = []
        self._size = 0

    def __iter__(self) -> Iterator[Line]:
        """Yield the lines; what the chunks raise goes through, the part of a line before it is dropped."""
        for chunk in self._chunks:
            if not self._size and not chunk.strip():
                # A compressed gigabyte of line breaks must not cost a loop turn for each of them.
                self.number += chunk.count(b"\n")
                continue
            first, *rest = chunk.split(b"\n")
            self._hold(first)
            for part in rest:
                line = self._close()
                if line is not None:
                    yield line
                self.number += 1
                self._hold(part)
        line = self._close()
        if line is not None:
            yield line

    def _hold(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._longest:
            self._held.clear()
        elif part:
            self._held.append(part)

    def _close(self) -> Line | None:
        size, self._size = self._size, 0
        if size > self._longest:
            return Line(self.number, None, size)
        raw = b"".join(self._held).strip() if len(self._held) != 1 else self._held[0].strip()
        self._held.clear()
        return Line(self.number, raw, size) if raw else None
