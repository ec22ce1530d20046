"""The days of the plant: which shift works, how busy an hour is, and what is planned for which day."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
FIRST = dt.date(2026, 3, 2)
"""A Monday."""
_SATURDAY, _SUNDAY = 5, 6
_BREAKS = {2: 0.6, 6: 0.8, 9: 0.7, 12: 0.55, 14: 0.8, 17: 0.7, 19: 0.65, 22: 0.8}
"""Hours with a break or a shift change → share of the usual output."""
_OFFICE = (
    0,
    0,
    0,
    0,
    0,
    0.05,
    0.4,
    0.8,
    1.1,
    1.1,
    1.0,
    0.9,
    0.5,
    0.9,
    1.0,
    0.8,
    0.5,
    0.25,
    0.12,
    0.1,
    0.08,
    0.05,
    0,
    0,
)
_MAINTENANCE_HOURS = range(6, 14)


@dataclass(frozen=True)
class Day:
    """One day of the plant, midnight to midnight UTC.

    Attributes:
        number: from 0, the first Monday.
        seed: of all chance; the same seed and number give the same day.
    """

    number: int
    seed: int

    @property
    def date(self) -> dt.date:
        """The date."""
        return FIRST + dt.timedelta(days=self.number)

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return self.number % 7

    @property
    def start(self) -> int:
        """Midnight, nanoseconds UTC."""
        return int(dt.datetime.combine(self.date, dt.time(), dt.UTC).timestamp()) * SECOND

    @property
    def working(self) -> bool:
        """Whether offices work."""
        return self.weekday < _SATURDAY

    @property
    def maintenance(self) -> bool:
        """Whether the paint shop is serviced in the early shift: every second Thursday."""
        return self.number % 14 == 10  # noqa: PLR2004 -- a date

    @property
    def changeovers(self) -> tuple[int, ...]:
        """Hours in which the product changes."""
        if self.weekday == _SUNDAY:
            return ()
        return tuple(sorted(self.chance("changeovers").sample((7, 8, 10, 13, 15, 18, 20, 23), 2)))

    def chance(self, what: str) -> random.Random:
        """Chance for one purpose; independent of all others."""
        return random.Random(f"{self.seed}/{self.number}/{what}")

    def output(self, hour: int) -> float:
        """How much of its usual output the plant makes in an hour: 0 at weekends, less in breaks."""
        if self.weekday == _SUNDAY and hour < 22:  # noqa: PLR2004 -- the night shift begins the week
            return 0.0
        if self.weekday == _SATURDAY and hour >= 14:  # noqa: PLR2004 -- the early shift ends it
            return 0.0
        return _BREAKS.get(hour, 1.0) * (0.5 if hour in self.changeovers else 1.0)

    def office(self, hour: int) -> float:
        """How busy offices are in an hour: about 1 on a working morning."""
        return _OFFICE[hour] * (1.0 if self.working else 0.04)

    def under_maintenance(self, hour: int) -> bool:
        """Whether the paint shop is serviced in this hour."""
        return self.maintenance and hour in _MAINTENANCE_HOURS


def times(day: Day, chance: random.Random, per_hour: float, office: bool | None = None) -> Iterator[int]:  # noqa: FBT001
    """Random times of a day, in order; ``per_hour`` of them in a usual hour.

    Args:
        office: by office hours, by the plant's output (False), or evenly (None).
    """
    for hour in range(24):
        share = 1.0 if office is None else day.office(hour) if office else day.output(hour)
        mean = per_hour * share
        count = max(0, round(chance.gauss(mean, mean**0.5)))
        for moment in sorted(chance.random() for _ in range(count)):
            yield day.start + int((hour + moment) * HOUR)


def hour_of(day: Day, time: int) -> int:
    """The hour of a time in its day, 0 to 23."""
    return min(max((time - day.start) // HOUR, 0), 23)
