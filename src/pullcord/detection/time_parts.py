"""Parts of times, in UTC: the modifiers ``minute``, ``hour``, ``day``, ``week``, ``month`` and ``year``."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pullcord.model.times import from_rfc3339

_LONGEST = 64
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,12})?", re.ASCII)

# A bare number is a time since the epoch; its size tells the unit (in seconds: from 1973 until 5138). Smaller
# ones are counts, not times.
_LEAST = 1e8
_UNITS = ((1e11, 1), (1e14, 1_000), (1e17, 1_000_000), (1e20, 1_000_000_000))


def time_part(value: str | float | bool, part: str) -> int | None:  # noqa: FBT001  (an attribute value)
    """One part of a time, or None if the value is no time.

    Args:
        value: RFC 3339 text (without offset: UTC), or seconds, milli-, micro- or nanoseconds since the epoch.
        part: MINUTE, HOUR, DAY (of the month), WEEK (ISO 8601), MONTH or YEAR.
    """
    moment = _moment(value)
    if moment is None:
        return None
    if part == "WEEK":
        return moment.isocalendar().week
    found: int = getattr(moment, part.lower())
    return found


def _moment(value: str | float | bool) -> datetime | None:  # noqa: FBT001  (an attribute value)
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            if len(value) > _LONGEST:
                return None
            zoned = f"{value}Z" if _WITHOUT_OFFSET.fullmatch(value) else value
            return datetime.fromtimestamp(from_rfc3339(zoned) // 1_000_000_000, UTC)
        for limit, per_second in _UNITS:
            if _LEAST <= value < limit:
                return datetime.fromtimestamp(value // per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
