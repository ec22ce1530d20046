"""Times: inside an ``int`` of nanoseconds since 1970-01-01 UTC, outside RFC 3339 with ``Z``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

NANOSECOND = 1
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# What 64 bits hold (1677-09-21 to 2262-04-11): databases keep no more, so the rest is refused on reading.
EARLIEST = -(2**63)
LATEST = 2**63 - 1

_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def to_rfc3339(nanoseconds: int) -> str:
    """Format nanoseconds since the epoch as ``YYYY-MM-DDTHH:MM:SS[.fraction]Z``.

    The fraction is left out when zero, else 3, 6 or 9 digits long.

    Raises:
        ValueError: outside the years 1678 to 2261.
    """
    if not EARLIEST <= nanoseconds <= LATEST:
        message = f"{nanoseconds} ns is outside the years 1678 to 2261"
        raise ValueError(message)
    seconds, rest = divmod(nanoseconds, SECOND)
    stamp = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    if not rest:
        return f"{stamp}Z"
    digits = f"{rest:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{stamp}.{digits}Z"


def from_rfc3339(text: str) -> int:
    """Read an RFC 3339 time with offset into nanoseconds since the epoch.

    Raises:
        ValueError: not such a time, or outside the years 1678 to 2261. A time without offset is refused:
            guessing a time zone moves an incident by hours.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        message = f"not an RFC 3339 time with offset: {text[:40]!r}"
        raise ValueError(message)
    day, clock, fraction, offset = match.groups()
    nanoseconds = _seconds(day, clock, offset) * SECOND + (int(fraction.ljust(9, "0")[:9]) if fraction else 0)
    if not EARLIEST <= nanoseconds <= LATEST:
        message = f"outside the years 1678 to 2261: {text[:40]!r}"
        raise ValueError(message)
    return nanoseconds


@lru_cache(maxsize=4_096)
def _seconds(day: str, clock: str, offset: str) -> int:
    """Whole seconds since the epoch; remembered, because a batch holds many events of the same second."""
    # A leap second (":60") becomes the next second: datetime has no room for it.
    leap = clock.endswith(":60")
    clock = f"{clock[:-2]}59" if leap else clock
    whole = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}")
    return (whole - datetime(1970, 1, 1, tzinfo=UTC)) // _ONE_SECOND + leap


_ONE_SECOND = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
