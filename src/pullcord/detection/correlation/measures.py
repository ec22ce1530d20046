"""What a correlation measures over the entries of a window, kept up to date entry by entry.

Sums are exact (integers and fractions, not floats): a window that slid for weeks reads the same as one read afresh.
Cost per entry: amortised constant for counts, distinct values, sums and temporal rules; ranks keep a sorted list
(a binary search, and a move within one block of memory).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from pullcord.detection.correlation.entry import Entry, Kept
from pullcord.detection.correlation.expression import Expression
from pullcord.detection.correlation.ordered import Ordered
from pullcord.detection.correlation.rule import CorrelationRule, CorrelationType, Number, Seen


class Measure(Protocol):
    """The running measure of one group."""

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Take in an entry, which is in ``entries`` (sorted by time) already."""
        ...

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Forget the oldest entries, which are no longer in ``entries``."""
        ...

    def retimed(self, entries: Sequence[Entry]) -> None:
        """Entries got other times, in the same order."""
        ...

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """The measure now; ``entries`` is not empty."""
        ...


class _Timeless:
    """A measure that does not depend on times."""

    __slots__ = ()

    def retimed(self, entries: Sequence[Entry]) -> None:
        """Nothing changes."""


class Count(_Timeless):
    """Number of entries; keeps nothing of its own."""

    __slots__ = ()

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Nothing to keep."""

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Nothing to keep."""

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """How many."""
        return len(entries)


class Distinct(_Timeless):
    """Number of different values."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[Kept, int] = {}

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Count its values."""
        del entries
        for value in entry.values:
            self._counts[value] = self._counts.get(value, 0) + 1

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Count down; a value without entries is forgotten."""
        del entries
        for entry in gone:
            for value in entry.values:
                left = self._counts[value] - 1
                if left:
                    self._counts[value] = left
                else:
                    del self._counts[value]

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """How many different ones."""
        del entries
        return len(self._counts)


class Total(_Timeless):
    """Exact sum of the values, or their mean."""

    __slots__ = ("_mean", "_number", "_sum")

    def __init__(self, *, mean: bool) -> None:
        self._mean = mean
        self._sum: Number = 0
        self._number = 0

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Add its values."""
        del entries
        self._sum += sum(map(_exact, _numbers(entry)))
        self._number += len(entry.values)

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Subtract their values."""
        del entries
        for entry in gone:
            self._sum -= sum(map(_exact, _numbers(entry)))
            self._number -= len(entry.values)

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """The sum or the mean."""
        del entries
        return Fraction(self._sum, self._number) if self._mean else self._sum


class Ranked(_Timeless):
    """A percentile, interpolated between the closest ranks (as SQL's PERCENTILE_CONT)."""

    __slots__ = ("_share", "_sorted")

    def __init__(self, percentile: Fraction) -> None:
        self._share = percentile / 100
        self._sorted: list[float] = []

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Sort its values in."""
        del entries
        for value in _numbers(entry):
            insort(self._sorted, value)

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Take their values out."""
        del entries
        for entry in gone:
            for value in _numbers(entry):
                del self._sorted[bisect_left(self._sorted, value)]

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """The percentile, exact."""
        del entries
        below, rest = divmod(self._share.numerator * (len(self._sorted) - 1), self._share.denominator)
        low = _exact(self._sorted[below])
        if not rest:
            return low
        return low + (_exact(self._sorted[below + 1]) - low) * Fraction(rest, self._share.denominator)


class Present(_Timeless):
    """Which rules matched, in whatever order."""

    __slots__ = ("_counts",)

    def __init__(self, rules: int) -> None:
        self._counts = [0] * rules

    def add(self, entry: Entry, entries: Sequence[Entry]) -> None:
        """Count it for each of its rules."""
        del entries
        self._count(entry, 1)

    def remove(self, gone: Sequence[Entry], entries: Sequence[Entry]) -> None:
        """Count down."""
        del entries
        for entry in gone:
            self._count(entry, -1)

    def _count(self, entry: Entry, step: int) -> None:
        for place in range(entry.rules.bit_length()):
            if entry.rules >> place & 1:
                self._counts[place] += step

    def read(self, entries: Sequence[Entry]) -> Number | Seen:
        """The rules with entries."""
        del entries
        mask = sum(1 << place for place, count in enumerate(self._counts) if count)
        return Seen((mask,), mask)


_COUNT = Count()


def measure_of(rule: CorrelationRule) -> Measure:
    """A fresh measure for one group of a rule."""
    match rule.type:
        case CorrelationType.EVENT_COUNT:
            return _COUNT
        case CorrelationType.VALUE_COUNT:
            return Distinct()
        case CorrelationType.VALUE_SUM | CorrelationType.VALUE_AVG:
            return Total(mean=rule.type is CorrelationType.VALUE_AVG)
        case CorrelationType.VALUE_PERCENTILE | CorrelationType.VALUE_MEDIAN:
            return Ranked(rule.percentile)
        case CorrelationType.TEMPORAL:
            return Present(len(rule.references))
        case CorrelationType.TEMPORAL_ORDERED:
            return Ordered(len(rule.references), by_sets=isinstance(rule.condition, Expression))


def _numbers(entry: Entry) -> tuple[float, ...]:
    """The values of an entry of a numeric rule: numbers only."""
    return tuple(value for value in entry.values if not isinstance(value, str))


def _exact(value: float) -> Number:
    """The same number in exact arithmetic: whole numbers as integers, which are much faster than fractions."""
    return value if isinstance(value, int) else int(value) if value.is_integer() else Fraction(value)
