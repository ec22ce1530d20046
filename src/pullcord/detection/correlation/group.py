"""One group of one correlation: the entries of its window and whether it has spoken."""

from __future__ import annotations

from bisect import bisect_right, insort_right
from collections.abc import Sequence
from operator import attrgetter

from pullcord.detection.correlation.entry import Context, Entry
from pullcord.detection.correlation.measures import measure_of
from pullcord.detection.correlation.rule import CorrelationRule, Number, Seen

_TIME = attrgetter("time")
_CUT = 4
"""A full group loses the oldest quarter at once, so that the cost of cutting is spread."""


class Group:
    """The state of a group.

    Attributes:
        rule: place of its rule in the correlator.
        parts: the values it is grouped by, for people.
        entries: within the window ``(newest - timespan, newest]``, by time, then by arrival.
        newest: time of the newest entry, nanoseconds.
        held: whether the condition held after the last entry.
        fired: when it last spoke (``newest`` at that moment); None: never.
        touched: number of the last entry over all groups; the lowest goes first when room is short.
        tail: bytes that the newest piece of stored state takes, at most.
        context: of the entry that was last put into that piece.
        pieces: live entries per piece; the first piece has the number ``first``.
        stored: number of the newest piece that was handed out for storing; -1: none.
    """

    __slots__ = (
        "_measure",
        "context",
        "entries",
        "fired",
        "first",
        "held",
        "newest",
        "parts",
        "pieces",
        "rule",
        "stored",
        "tail",
        "touched",
    )

    def __init__(self, place: int, parts: tuple[str, ...], rule: CorrelationRule) -> None:
        self.rule = place
        self.parts = parts
        self.entries: list[Entry] = []
        self.newest = 0
        self.held = False
        self.fired: int | None = None
        self.touched = 0
        self.tail = 0
        self.context: Context | None = None
        self.pieces: list[int] = []
        self.first = 0
        self.stored = -1
        self._measure = measure_of(rule)

    def late(self, time: int, timespan: int) -> bool:
        """Whether an entry of this time would lie before the window."""
        return bool(self.entries) and time <= self.newest - timespan

    def add(self, entry: Entry, timespan: int) -> list[Entry]:
        """Take in an entry that is not late; returns those that fell out of the window."""
        if not self.entries or entry.time > self.newest:
            self.newest = entry.time
        gone = self._drop(self._outside(self.newest - timespan))
        if self.entries and self.entries[-1].context == entry.context:
            entry.context = self.entries[-1].context
        insort_right(self.entries, entry, key=_TIME)
        self._measure.add(entry, self.entries)
        return gone

    def retime(self, latest: int) -> list[Entry]:
        """Give entries that are later than they can be the latest time possible; returns them."""
        moved = self.entries[bisect_right(self.entries, latest, key=_TIME) :]
        for entry in moved:
            entry.time = latest
        self.newest = min(self.newest, latest)
        self.fired = None if self.fired is None else min(self.fired, latest)
        self._measure.retimed(self.entries)
        return moved

    def cut(self, most: int) -> list[Entry]:
        """Drop the oldest quarter if there are more entries than allowed."""
        return self._drop(max(1, most // _CUT)) if len(self.entries) > most else []

    def fill(self, entries: Sequence[Entry]) -> None:
        """Set the entries at once, sorted by time; for restoring."""
        for entry in entries:
            self.entries.append(entry)
            self._measure.add(entry, self.entries)

    def read(self) -> Number | Seen:
        """The measure of the window."""
        return self._measure.read(self.entries)

    def piece(self, number: int) -> list[Entry]:
        """The entries of one piece of stored state; of one instant, in order of arrival."""
        left = self.pieces[number - self.first]
        found: list[Entry] = []
        for entry in reversed(self.entries):
            if len(found) == left:
                break
            if entry.chunk == number:
                found.append(entry)
        found.reverse()
        return found

    def contexts(self) -> list[Context]:
        """The different contexts in the window, newest first."""
        # By object first: most are shared, and comparing thousands of equal ones costs.
        different = {id(entry.context): entry.context for entry in reversed(self.entries)}
        return list(dict.fromkeys(different.values()))

    def _outside(self, horizon: int) -> int:
        count = 0
        for entry in self.entries:
            if entry.time > horizon:
                break
            count += 1
        return count

    def _drop(self, count: int) -> list[Entry]:
        if not count:
            return []
        gone = self.entries[:count]
        del self.entries[:count]
        self._measure.remove(gone, self.entries)
        return gone
