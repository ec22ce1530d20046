"""What every detector with a memory looks like: pure, bounded, and able to go on after a restart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pullcord.model.event import Event
from pullcord.model.finding import Finding

MOST_KEY = 200
"""Characters of the key of a state entry."""
MOST_VALUE = 4_096
"""Bytes of a state entry."""


class StreamState(Protocol):
    """Something with a memory. Restored from everything that ``changed`` gave so far it goes on exactly as before."""

    @property
    def name(self) -> str:
        """Under which its state is kept; never changes."""
        ...

    def health(self) -> dict[str, int]:
        """Counters: what is held, what was evicted because room is bounded."""
        ...

    def changed(self) -> dict[str, bytes | None]:
        """State entries that changed since the last call; None: it is gone."""
        ...

    def restore(self, entries: Mapping[str, bytes]) -> None:
        """Replace all state; damaged entries are left out and counted."""
        ...


class StreamDetector(StreamState, Protocol):
    """Looks at events one after the other and remembers what it needs, within bounds.

    It goes by the times of the events, never by the clock, so that a replay gives the same answer.
    """

    def feed(self, events: Sequence[Event]) -> list[Finding]:
        """What the events show, in their order."""
        ...
