"""ADWIN: a window that grows while its parts agree and drops its old part when they do not.

Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive windowing", with their exponential histogram:
buckets of 1, 2, 4 … values, at most ``BUCKETS`` of a size. The score is the largest difference between an older and a
newer part over what the bound of the paper allows at the false rate, so the model has a threshold of its own: 1.
"""

from __future__ import annotations

from math import log, sqrt

import msgspec

from pullcord.detection.anomaly.parameters import Parameters, Side

BUCKETS = 5
ROWS = 12
EVERY = 32
"""Values between two looks at the window."""
_LEAST_PART = 10


class Adwin(msgspec.Struct, array_like=True):
    """Sums and squared deviations per bucket.

    Attributes:
        sums: per row (bucket size 1, 2, 4 …) the sums of its buckets, oldest first.
        squares: the same of the squared deviations from the bucket's mean.
        seen: values since the last look.
        width: values in the window.
        split: values in the newer part at the last look's best split.
        old_mean, new_mean: means of the two parts there, in the unit of the value.
    """

    sums: list[list[float]] = msgspec.field(default_factory=list)
    squares: list[list[float]] = msgspec.field(default_factory=list)
    seen: int = 0
    width: int = 0
    split: int = 0
    old_mean: float = 0.0
    new_mean: float = 0.0

    def peek(self, _value: float, _p: Parameters) -> float:
        """Unknown: it does not judge single values."""
        return -1.0

    def step(self, value: float, _time: int, p: Parameters) -> float:
        """Take in a value; the score at every ``EVERY``-th value, else negative."""
        self._insert((min(max(value, p.low), p.high) - p.low) / (p.high - p.low))
        self.seen += 1
        if self.seen < EVERY:
            return -1.0
        self.seen = 0
        if self.width < max(p.warm_up, 2 * _LEAST_PART):
            return -1.0
        score = self._look(p)
        if score > 1.0:
            self._forget()
        return score

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: the old part is no longer the reference."""
        self._forget()

    def _insert(self, x: float) -> None:
        self.width += 1
        carry, square = x, 0.0
        for row in range(ROWS):
            if row == len(self.sums):
                self.sums.append([])
                self.squares.append([])
            sums, squares = self.sums[row], self.squares[row]
            sums.append(carry)
            squares.append(square)
            if len(sums) <= BUCKETS:
                return
            a, b, size = sums.pop(0), sums.pop(0), 1 << row
            square = squares.pop(0) + squares.pop(0) + (a - b) ** 2 / (2 * size)
            carry = a + b
        # The last row is full: what is older than the window can hold is forgotten.
        self.width -= 1 << ROWS

    def _look(self, p: Parameters) -> float:
        """The largest difference between two parts over what is allowed; remembers where."""
        n, total = self.width, sum(map(sum, self.sums))
        between = sum(
            square + (s - (1 << row) * total / n) ** 2 / (1 << row)
            for row, (sums, squares) in enumerate(zip(self.sums, self.squares, strict=True))
            for s, square in zip(sums, squares, strict=True)
        )
        variance, spread = between / n, log(2 * log(max(n, 3)) / p.rate)
        best, older, older_sum = 0.0, 0, 0.0
        for row in range(len(self.sums) - 1, -1, -1):
            for s in self.sums[row]:
                older, older_sum = older + (1 << row), older_sum + s
                newer = n - older
                if older < _LEAST_PART:
                    continue
                if newer < _LEAST_PART:
                    return best
                move = (total - older_sum) / newer - older_sum / older
                size = abs(move) if p.side is Side.BOTH else move if p.side is Side.UPPER else -move
                harmonic = 1 / older + 1 / newer
                ratio = size / (sqrt(2 * harmonic * variance * spread) + 2 / 3 * harmonic * spread)
                if ratio > best:
                    best, self.split, scale = ratio, newer, p.high - p.low
                    self.old_mean = p.low + scale * older_sum / older
                    self.new_mean = p.low + scale * (total - older_sum) / newer
        return best

    def _forget(self) -> None:
        """Drop buckets, oldest first, until only the newer part is left."""
        while self.width > self.split > 0 and self.sums:
            row = len(self.sums) - 1
            if self.sums[row]:
                del self.sums[row][0], self.squares[row][0]
                self.width -= 1 << row
            if not self.sums[row]:
                del self.sums[row], self.squares[row]
