"""Cuts a stream into syslog messages: counted octets and lines (RFC 6587), told apart at each message."""

from __future__ import annotations

import re

LONGEST = 64 << 10
"""Bytes of a message that are kept; RFC 5425 asks for 8,192."""
_LONGEST_COUNT = 8
_COUNT = re.compile(rb"([1-9]\d{0,6}) (?=<|CEF:|LEEF:)")
_ENDS = re.compile(rb"[\n\0]")


class Framer:
    """One connection's messages.

    Attributes:
        truncated: messages that were longer than :data:`LONGEST`; their beginning was given.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.truncated = 0
        self._longest = longest
        self._buffer = bytearray()
        self._skip = 0  # octets of a counted message that are too many
        self._in_tail = False  # in the part of a line that is too much

    def feed(self, chunk: bytes) -> list[bytes]:
        """The messages that are complete now."""
        self._buffer += chunk
        found: list[bytes] = []
        while True:
            message = self._next()
            if message is None:
                return found
            if message.strip():
                found.append(message)

    def rest(self) -> bytes:
        """What came last without an end: senders that close in place of ending a line."""
        last = b"" if self._in_tail or self._skip else bytes(self._buffer).strip()
        self._buffer.clear()
        return last

    def _next(self) -> bytes | None:
        if self._skip:
            passed = min(self._skip, len(self._buffer))
            del self._buffer[:passed]
            self._skip -= passed
            if self._skip:
                return None
        if not self._in_tail:
            counted = _COUNT.match(self._buffer)
            if counted is not None:
                return self._counted(int(counted[1]), counted.end())
            if len(self._buffer) < _LONGEST_COUNT + 2 and re.fullmatch(rb"[1-9]\d{0,6} ?", self._buffer):
                return None  # it may become a count
        return self._line()

    def _counted(self, size: int, begin: int) -> bytes | None:
        kept = min(size, self._longest)
        if len(self._buffer) < begin + kept:
            return None
        message = bytes(self._buffer[begin : begin + kept])
        del self._buffer[: begin + kept]
        if size > kept:
            self.truncated += 1
            self._skip = size - kept
        return message

    def _line(self) -> bytes | None:
        end = _ENDS.search(self._buffer)
        if end is None:
            if len(self._buffer) <= self._longest:
                return None
            message = b"" if self._in_tail else bytes(self._buffer[: self._longest])
            self.truncated += not self._in_tail
            self._in_tail = True
            self._buffer.clear()
            return message or None
        message = bytes(self._buffer[: min(end.start(), self._longest)])
        if self._in_tail:
            message, self._in_tail = b"", False
        elif end.start() > self._longest:
            self.truncated += 1
        del self._buffer[: end.end()]
        return message
