"""Where listeners that read on after a restart keep how far they came."""

from __future__ import annotations

from typing import Protocol, TypeVar

import msgspec

T = TypeVar("T")

MOST = 256 << 10
"""Characters of what a listener keeps."""


class Positions(Protocol):
    """Keeps one text for each listener; what ``save`` was given survives a crash. Blocking."""

    def load(self, name: str) -> str | None:
        """What was kept last, or None."""
        ...

    def save(self, name: str, value: str) -> None:
        """Keep this in place of what was kept."""
        ...


def load(positions: Positions, name: str, kind: type[T]) -> T | None:
    """What a listener kept, or None if there is nothing that can be read: it begins anew then."""
    kept = positions.load(name)
    if kept is None or len(kept) > MOST:
        return None
    try:
        return msgspec.json.decode(kept, type=kind)
    except msgspec.MsgspecError:
        return None


def save(positions: Positions, name: str, value: object) -> None:
    """Keep a value that :func:`load` can read."""
    positions.save(name, msgspec.json.encode(value).decode())
