"""The usual level by hour of the week, learned while it is used."""

from __future__ import annotations

import msgspec

from pullcord.model.times import HOUR

SLOTS = 168
_WEEKS = 4
LEAST_WEEKS = 2


class Profile(msgspec.Struct, array_like=True):
    """Means per hour of the week.

    Attributes:
        means: of the scaled values of each hour.
        weeks: in how many weeks each hour was seen, counted up to ``_WEEKS``.
        last: the hour (since 1970) that was learned last.
        level, seen: mean of all values, and how many, counted up to a thousand.
    """

    means: list[float] = msgspec.field(default_factory=lambda: [0.0] * SLOTS)
    weeks: list[int] = msgspec.field(default_factory=lambda: [0] * SLOTS)
    last: int = -1
    level: float = 0.0
    seen: int = 0

    def expected(self, time: int) -> float:
        """The usual value at this time: of the hour of the week if two weeks are known, else of all hours."""
        slot = (time // HOUR) % SLOTS
        return self.means[slot] if self.weeks[slot] >= LEAST_WEEKS else self.level

    def seasonal(self, time: int) -> bool:
        """Whether the hour of the week is known."""
        return self.weeks[(time // HOUR) % SLOTS] >= LEAST_WEEKS

    def learn(self, time: int, value: float, bound: float) -> None:
        """Learn a value; it counts as at most ``bound`` away from what was expected."""
        hour = time // HOUR
        slot = hour % SLOTS
        expected = self.expected(time)
        value = max(expected - bound, min(expected + bound, value))
        known = self.weeks[slot]
        if hour != self.last:
            self.weeks[slot] = min(known + 1, _WEEKS)
            self.last = hour
        # The first value sets the level of an hour, the rest of its first week settles it, later weeks move it.
        weight = 0.1 if known > 1 else 0.5 if known else 1.0
        self.means[slot] += weight * (value - self.means[slot])
        self.seen = min(self.seen + 1, 1_000)
        self.level += (value - self.level) / self.seen
