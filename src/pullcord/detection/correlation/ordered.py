"""Which rules matched one after the other, as the rule lists them.

A chain is a row of entries, each later than the one before (by time, then by arrival) and each for a rule further
down the list; one entry stands for one rule only. Of all chains that end in the same way only the one that starts
latest is remembered, since it stays within the window longest. So an entry that comes in order costs as much as
there are ends (at most the square of the rules; with an extended condition the sets of at most eight rules), and
nothing has to be searched again. An entry that comes late makes the measure start over.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.detection.correlation.entry import Entry
from pullcord.detection.correlation.rule import Number, Seen

_LAST = 8
"""Bits for the last rule within the key of a chain by length."""


class Ordered:
    """The chains within one window.

    Args:
        by_sets: tell chains apart by the rules in them (for extended conditions), not only by length and last rule.
    """

    __slots__ = ("_by_sets", "_counts", "_starts")

    def __init__(self, rules: int, *, by_sets: bool) -> None:
        self._by_sets = by_sets
        self._counts = [0] * rules
        self._starts: dict[int, int] = {}

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Take in an entry; one that is not the newest makes all chains be sought again."""
        self._count(entry, 1)
        if entries[-1] is entry:
            self._extend(entry)
        else:
            self._rebuild(entries)

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Forget chains that start before the window."""
        for entry in gone:
            self._count(entry, -1)
        if entries and gone and gone[-1].time == entries[0].time:
            # A bound cut within one instant: the time of the start no longer says whether it is still there.
            self._rebuild(entries)
            return
        oldest = entries[0].time if entries else None
        self._starts = {
            key: start for key, start in self._starts.items() if oldest is not None and start >= oldest
        }

    def retimed(self, entries: Sequence[Entry]) -> None:
        """Seek the chains again: their starts are told by time."""
        self._rebuild(entries)

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """The rules of each chain (by length: as many bits), and every rule that matched."""
        del entries
        present = sum(1 << place for place, count in enumerate(self._counts) if count)
        if self._by_sets:
            return Seen(tuple(self._starts), present)
        longest = max((key >> _LAST for key in self._starts), default=0)
        return Seen(((1 << longest) - 1,), present)

    def _count(self, entry: Entry, step: int) -> None:
        for place in _places(entry.rules):
            self._counts[place] += step

    def _rebuild(self, entries: Sequence[Entry]) -> None:
        self._starts = {}
        for entry in entries:
            self._extend(entry)

    def _extend(self, entry: Entry) -> None:
        """Extend the chains by an entry. Rules from the last to the first, so that none follows from itself."""
        starts = self._starts
        for place in _places(entry.rules):
            found = {self._key(0, 0, place): entry.time}
            for key, start in starts.items():
                last = key.bit_length() - 1 if self._by_sets else key & ((1 << _LAST) - 1)
                if last < place:
                    longer = self._key(key, key >> _LAST, place)
                    found[longer] = max(start, found.get(longer, start))
            for key, start in found.items():
                starts[key] = max(start, starts.get(key, start))

    def _key(self, mask: int, length: int, place: int) -> int:
        return mask | 1 << place if self._by_sets else (length + 1) << _LAST | place


def _places(rules: int) -> list[int]:
    """The places of the bits, highest first."""
    return [place for place in range(rules.bit_length() - 1, -1, -1) if rules >> place & 1]
