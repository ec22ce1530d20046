"""A share for each source: one token cannot take the room that others need.

Who is let in depends on what is still free (dynamic thresholds, Choudhury and Hahne 1998): a source may hold as much
as is left over. One alone gets half, the second half of the rest, and there is always room for one more.
"""

from __future__ import annotations

LEAST = 4
"""Requests that a source may have inside in any case, while there is room at all."""


class Shares:
    """What each source has inside.

    Args:
        requests: at a time, of all sources.
        size: bytes of bodies at a time, of all sources.
        body: bytes of one body; a source may have as much in any case.
    """

    def __init__(self, requests: int, size: int, body: int) -> None:
        self._requests, self._size, self._body = requests, size, body
        self._inside: dict[str, int] = {}
        self._bytes: dict[str, int] = {}
        self._all_bytes = 0

    def room(self, name: str) -> bool:
        """Whether one more request of this source may come in."""
        mine, everybody = self._inside.get(name, 0), sum(self._inside.values())
        return mine < max(LEAST, self._requests - everybody) and self._fits(name, 1)

    def enter(self, name: str) -> None:
        """A request of the source came in."""
        self._inside[name] = self._inside.get(name, 0) + 1

    def leave(self, name: str, size: int) -> None:
        """A request is done, with a body of so many bytes."""
        self._inside[name] -= 1
        self._bytes[name] = self._bytes.get(name, 0) - size
        self._all_bytes -= size
        if not self._inside[name]:
            del self._inside[name], self._bytes[name]

    def add(self, name: str, size: int) -> bool:
        """Some bytes of a body came; whether they are still within the share."""
        fits = self._fits(name, size)
        self._bytes[name] = self._bytes.get(name, 0) + size
        self._all_bytes += size
        return fits

    def _fits(self, name: str, size: int) -> bool:
        return self._bytes.get(name, 0) + size <= max(self._body, self._size - self._all_bytes)
