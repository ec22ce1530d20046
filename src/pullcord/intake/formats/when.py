"""Times as other tools write them: RFC 3339 and its relatives, and numbers since the epoch."""

from __future__ import annotations

import re
from decimal import Decimal

from pullcord.intake.context import Context, printable
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import checked_time, rfc3339, wrong
from pullcord.model.times import SECOND

_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?")
_NO_COLON = re.compile(r"([+-][0-9]{2})([0-9]{2})\Z")
_OFFSET = re.compile(r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})\Z")
_LONGEST = 64
# From 1e11 on a number cannot be seconds (the year 5138): many senders count milliseconds or finer.
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))


def instant(value: object, path: str, ctx: Context, *, utc: bool = False) -> int:
    """Nanoseconds UTC of a time: RFC 3339 (also ``+0000``, or ``UTC`` at the end), or a number as :func:`epoch`.

    Args:
        utc: the format defines that times without offset are UTC; otherwise they are refused.

    Raises:
        UnreadableRecordError: it is something else.
    """
    if not isinstance(value, str) or _NUMBER.fullmatch(value.strip()[:_LONGEST]):
        return epoch(value, path, ctx)
    text = value.strip()[:_LONGEST]
    if text.endswith(" UTC"):
        text = f"{text[:-4]}Z"
    text = _NO_COLON.sub(r"\1:\2", text) if ":" in text else text
    if utc and not _OFFSET.search(text):
        text = f"{text}Z"
    return rfc3339(text, path, ctx)


def epoch(value: object, path: str, ctx: Context) -> int:
    """Nanoseconds UTC of a number (or the text of one) since 1970: seconds with fraction.

    From 1e11 on it is taken for milliseconds, from 1e14 for microseconds, from 1e17 for nanoseconds.

    Raises:
        UnreadableRecordError: it is something else, or outside the years 1678 to 2261.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise wrong(path, "a time", value)
    text = (value.strip() if isinstance(value, str) else _text(value))[:_LONGEST]
    if not _NUMBER.fullmatch(text):
        raise UnreadableRecordError(
            f"{path}: {printable(text, 40)!r} is no time", "give seconds since 1970, like 1780000000.5"
        )
    number = Decimal(text)
    unit = next((unit for least, unit in _UNITS if abs(number) >= least), 1)
    return checked_time(int(number * SECOND / unit), path, ctx)


def _text(value: float) -> str:
    # Python refuses to print very long integers; none of them is a time.
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _LONGEST else "a huge number"
    # Shortest text that gives the same float; never an exponent in the range of times.
    return repr(value)
