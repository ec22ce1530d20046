"""Durations as declarations write them: ``30s``, ``5m``, ``1h``, ``7d``."""

from __future__ import annotations

import re

from pullcord.model.times import DAY, HOUR, MINUTE, SECOND

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_DURATION = re.compile(r"([1-9]\d{0,6})([smhd])", re.ASCII)
MOST = 366 * DAY


def duration(text: str) -> int | None:
    """Nanoseconds, or None if it is not a duration of at most a year."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    length = int(match[1]) * _UNITS[match[2]]
    return length if length <= MOST else None


def spoken(nanoseconds: int) -> str:
    """For people, in the largest unit that comes out even."""
    for name, size in (("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
        if nanoseconds % size == 0 and nanoseconds:
            number = nanoseconds // size
            return f"{number} {name}{'s' if number > 1 else ''}"
    return f"{nanoseconds / SECOND:g} s"
