"""Times as devices write them: with or without year and zone, as epoch numbers, or in a named pattern."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from pullcord.model.times import DAY, EARLIEST, LATEST, MILLISECOND, SECOND, from_rfc3339

_NAMES_OF_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES_OF_MONTHS, 1)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 64
_SECONDS_UNTIL = 100_000_000_000
"""Numbers below are seconds since 1970, above milliseconds (year 5138 and March 1973)."""

# `Mmm dd [yyyy] HH:MM:SS[.fraction] [zone]`: RFC 3164, CEF, LEEF, and devices that put the year behind the clock.
_NAMED = re.compile(
    r"(?P<month>[A-Za-z]{3})\s{1,3}(?P<day>\d{1,2})(?:,?\s(?P<year>\d{4}))?,?\s"
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?:\s(?P<late>\d{4}))?(?:\s(?P<zone>[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}))?",
    re.ASCII,
)
_PLAIN = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{2})[-/.](?P<day>\d{2})[T ]"
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?"
    r"(?:\s?(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-z]{1,5}))?",
    re.ASCII,
)
# Java's SimpleDateFormat, as LEEF's devTimeFormat names it; what is not here makes the time unreadable.
_PATTERN = re.compile(r"'[^']*'|y+|M+|d+|H+|m+|s+|S+|[zZX]+|EEE+|[^A-Za-z']")
_PIECES = (
    (r"yyyy", r"(?P<year>\d{4})"),
    (r"MMM+", r"(?P<month>[A-Za-z]{3})[a-z]*"),
    (r"M+", r"(?P<month>\d{1,2})"),
    (r"d+", r"(?P<day>\d{1,2})"),
    (r"H+", r"(?P<hour>\d{1,2})"),
    (r"m+", r"(?P<minute>\d{1,2})"),
    (r"s+", r"(?P<second>\d{1,2})"),
    (r"S+", r"(?P<fraction>\d{1,9})"),
    (r"[zZX]+", r"(?P<zone>[A-Za-z]{1,5}|[+-]\d{2}:?\d{2})"),
    (r"E+", r"[A-Za-z]{2,9}"),
)


def zone_of(name: str) -> tzinfo | None:
    """The time zone of an IANA name (``Europe/Berlin``), or None if there is none of this name."""
    try:
        return UTC if name in ("", "UTC") else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def device_time(text: str, received: int, zone: tzinfo = UTC, pattern: str = "") -> int | None:
    """Nanoseconds UTC of a time as a device wrote it, or None if it cannot be told.

    Args:
        received: when the record came, nanoseconds UTC; a time without a year is put into the year that brings it
            nearest before that, and cannot be told without it.
        zone: of times that name none.
        pattern: Java's SimpleDateFormat, tried first.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if text.isascii() and text.isdigit():
        return _bounded(int(text[:20]) * (SECOND if int(text[:20]) < _SECONDS_UNTIL else MILLISECOND))
    try:
        return from_rfc3339(text)
    except ValueError:
        pass
    patterns = (_compiled(pattern[:_LONGEST]), _NAMED, _PLAIN) if pattern else (_NAMED, _PLAIN)
    for shape in patterns:
        found = shape.fullmatch(text) if shape is not None else None
        if found is not None:
            return _assembled(found.groupdict(), received, zone)
    return None


def _assembled(parts: dict[str, str | None], received: int, zone: tzinfo) -> int | None:
    month, day = (parts.get("month") or "").lower(), int(parts.get("day") or "1")
    number = _MONTHS.get(month) or (int(month) if month.isdigit() else 0)
    year = parts.get("year") or parts.get("late")
    if not year and not received:
        return None
    first = int(year) if year else (_EPOCH + timedelta(microseconds=received // 1_000)).year + 1
    fraction = int((parts.get("fraction") or "0").ljust(9, "0"))
    hour, minute, second = (int(parts.get(name) or "0") for name in ("hour", "minute", "second"))
    where = _offset(parts.get("zone"), zone)
    # A year that was guessed: the latest that is not in the future. 29 February needs up to eight years.
    for guess in (first,) if year else range(first, first - 10, -1):
        try:
            moment = datetime(guess, number, day, hour, minute, second, tzinfo=where)
            nanoseconds = (moment - _EPOCH) // timedelta(seconds=1) * SECOND + fraction
        except (ValueError, OverflowError):
            continue
        if year or nanoseconds <= received + DAY:
            return _bounded(nanoseconds)
    return None


def _offset(name: str | None, zone: tzinfo) -> tzinfo:
    """The zone that a time names; abbreviations other than UTC mean different things in different places."""
    if not name:
        return zone
    digits = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", name)
    if digits is not None:
        sign = -1 if digits[1] == "-" else 1
        minutes = int(digits[2]) * 60 + int(digits[3] or "0")
        return timezone(timedelta(minutes=sign * min(minutes, 1_439)))
    return UTC if name.upper() in ("UTC", "GMT", "Z") else zone


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The regular expression of a SimpleDateFormat, or None if it has letters that are not known."""
    tokens = _PATTERN.findall(pattern)
    if "".join(tokens) != pattern:
        return None
    whole = ""
    for token in tokens:
        piece = next((made for known, made in _PIECES if re.fullmatch(known, token)), None)
        if piece is None and token[0].isalpha():
            return None
        whole += piece if piece is not None else re.escape(token.strip("'") or "'")
    try:
        return re.compile(whole, re.ASCII)
    except re.error:  # a part that comes twice
        return None


def _bounded(nanoseconds: int) -> int | None:
    return nanoseconds if EARLIEST <= nanoseconds <= LATEST else None
