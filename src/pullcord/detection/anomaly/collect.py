"""Events put together into one value: by time, by session, by number.

A value that only grows (a count, a sum) can be judged before it is complete: what it has reached already will not be
less at the end.
"""

from __future__ import annotations

import msgspec

from pullcord.detection.anomaly.models.seen import mark
from pullcord.model.times import EARLIEST

SESSIONS = 24
GAP = 12
"""Empty time bins that count as values; a longer silence is no news about the rate."""


class Bins(msgspec.Struct, array_like=True):
    """The open time bin.

    Empty bins are reported too; whether they count is for the caller to say.

    Attributes:
        start: of the bin, nanoseconds UTC, a multiple of its length; None before the first event.
        amount: what it holds.
    """

    start: int | None = None
    amount: float = 0.0

    def add(self, time: int, _key: str, amount: float, length: int) -> list[tuple[int, float]]:
        """Take in an event; returns start and amount of the bins that it closed. Late events count to the open bin.

        An event that is later than ``GAP`` bins starts anew: what the open bin held is forgotten.
        """
        start = max(time - time % length, EARLIEST)
        if self.start is None or start < self.start - GAP * length:
            # The clock of the source was set back, or one event claimed to come from the future.
            self.start, self.amount = start, 0.0
        closed: list[tuple[int, float]] = []
        if start > self.start:
            closed.append((self.start, self.amount))
            empty = (start - self.start) // length - 1
            closed += [(self.start + (i + 1) * length, 0.0) for i in range(min(empty, GAP))]
            self.start, self.amount = start, 0.0
        self.amount += amount
        return closed

    def running(self, _length: int) -> float:
        """What the open bin holds so far."""
        return self.amount


class Sessions(msgspec.Struct, array_like=True):
    """Open sessions.

    Attributes:
        open: digest of a session → (time of its last event, amount), the longest idle first.
        amount: of the session of the last event.
    """

    open: dict[int, tuple[int, float]] = msgspec.field(default_factory=dict)
    amount: float = 0.0

    def add(self, time: int, key: str, amount: float, idle: int) -> list[tuple[int, float]]:
        """Take in an event; returns last time and amount of the sessions that ended by this."""
        closed = []
        while self.open:
            oldest = next(iter(self.open))
            if abs(time - self.open[oldest][0]) <= idle:
                break
            closed.append(self.open.pop(oldest))
        _, before = self.open.pop(mark(key), (time, 0.0))
        if len(self.open) >= SESSIONS:
            closed.append(self.open.pop(next(iter(self.open))))
        self.amount = before + amount
        self.open[mark(key)] = (time, self.amount)
        return closed

    def running(self, _idle: int) -> float:
        """What the session of the last event has reached."""
        return self.amount


class Batch(msgspec.Struct, array_like=True):
    """The events of the open batch: how many, and the sum of their values."""

    n: int = 0
    amount: float = 0.0

    def add(self, time: int, _key: str, amount: float, size: int) -> list[tuple[int, float]]:
        """Take in an event; returns time and mean of the batch that it completed, if any."""
        self.n += 1
        self.amount += amount
        if self.n < size:
            return []
        mean = self.amount / size
        self.n, self.amount = 0, 0.0
        return [(time, mean)]

    def running(self, size: int) -> float:
        """The least that the mean of the open batch can become, if no value is negative."""
        return self.amount / size
