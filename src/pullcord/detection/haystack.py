"""The text of a batch on its way through the gates, and whose rules are behind what the gates see.

Decoded values are scanned, not raw records: an escape can hide nothing then, whatever the format was. The values of a
record are put together with a separator that no literal holds, then folded and encoded at once; where a value began
is worked out only for records that show something.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from pullcord.detection.atoms import SEPARATOR, Anchor
from pullcord.detection.group import Group, Scanner
from pullcord.detection.view import as_text
from pullcord.model.event import Attributes, Value

MOST_TEXT = 1 << 20
"""Bytes of text that are scanned together, unless one record has more; bounds the memory that hits take."""
_NUL = 0
_NO_BOUNDS: list[int] = []
_START, _END = int(Anchor.START), int(Anchor.END)


class Haystack:
    """Collects what records show, and files the candidates.

    Attributes:
        found: the candidates of each record, by its place.
    """

    def __init__(self) -> None:
        self.found: dict[int, set[int]] = {}
        self._piles: dict[Group, _Pile] = {}

    def add(self, place: int, attributes: Attributes, group: Group) -> None:
        """Add the values of a record that its rules look for literals in."""
        if group.scanner is None:
            return
        pile = self._piles.get(group)
        if pile is None:
            pile = self._piles[group] = _Pile(group, group.scanner, self.found)
        pile.add(place, attributes)

    def scan(self) -> None:
        """Find the rules behind all that was added, and begin anew."""
        for pile in self._piles.values():
            pile.scan()
        self._piles.clear()


class _Pile:
    """Records of one group."""

    def __init__(self, group: Group, scanner: Scanner, found: dict[int, set[int]]) -> None:
        self._group, self._scanner, self._found = group, scanner, found
        self._texts: list[bytes] = []
        self._parts: list[list[str]] = []
        self._places: list[int] = []
        self._size = 0

    def add(self, place: int, attributes: Attributes) -> None:
        scanned = self._group.scanned
        values = attributes.values() if scanned is None else map(attributes.get, scanned)
        parts = [value if type(value) is str else _flat(value) for value in values]
        text = SEPARATOR.join(parts).casefold().encode("utf-8", "surrogatepass")
        self._texts.append(text)
        self._parts.append(parts)
        self._places.append(place)
        self._size += len(text)
        if self._size > MOST_TEXT:
            self.scan()

    def scan(self) -> None:
        if self._texts:
            self._place(SEPARATOR.encode().join(self._texts))
        self._texts, self._parts, self._places, self._size = [], [], [], 0

    def _place(self, text: bytes) -> None:
        """File each hit of the gate under its record."""
        lengths, texts, behind = self._scanner.lengths, self._texts, self._group.behind
        number, begin, end = -1, 0, -1
        bounds = _NO_BOUNDS
        for literal, stop in self._scanner.gate.scan(text):
            while stop > end:
                number += 1
                begin, end = end + 1, end + 1 + len(texts[number])
                bounds = _NO_BOUNDS
            entries = behind.get(literal)
            if entries is None:
                continue
            start = stop - lengths[literal]
            at = _anchors(text, start, stop)
            for anchor, field, rules in entries:
                if anchor & ~at:
                    continue
                if field >= 0:
                    bounds = bounds or _bounds(self._parts[number], len(texts[number]))
                    if bisect_right(bounds, start - begin) - 1 != field:
                        continue
                self._found.setdefault(self._places[number], set()).update(rules)


def _anchors(text: bytes, start: int, stop: int) -> int:
    """At which ends of a value a match stands. A value that holds the separator may seem to end there: too wide."""
    at_start = start == 0 or text[start - 1] == _NUL
    at_end = stop == len(text) or text[stop] == _NUL
    return _START * at_start + _END * at_end


def _bounds(parts: Sequence[str], size: int) -> list[int]:
    """Where each part begins in the encoded text of a record of so many bytes."""
    lengths = list(map(len, parts))
    if sum(lengths) + len(parts) - 1 != size:
        lengths = [len(part.casefold().encode("utf-8", "surrogatepass")) for part in parts]
    return list(accumulate((length + 1 for length in lengths[:-1]), initial=0))


def _flat(value: Value | None) -> str:
    """A value that is no text, as text; a missing one is empty, so that parts and fields keep step."""
    if value is None:
        return ""
    if isinstance(value, list):
        return SEPARATOR.join(map(as_text, value))
    return as_text(value)
