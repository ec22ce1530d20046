"""Reads fields of a decoded record, with the path of the field in every complaint."""

from __future__ import annotations

from pullcord.intake.context import Context, printable
from pullcord.intake.errors import UnreadableRecordError
from pullcord.model.times import DAY, EARLIEST, LATEST, MILLISECOND, SECOND, from_rfc3339

_NAMES = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}
_YEAR_2000 = 946_684_800 * SECOND


def kind(value: object) -> str:
    """What a JSON value is, for people."""
    return "null" if value is None else _NAMES.get(type(value), "something else")


def wrong(path: str, expected: str, value: object) -> UnreadableRecordError:
    """The complaint about a field of the wrong type."""
    found = kind(value)
    return UnreadableRecordError(f"{path}: {found} instead of {expected}", "see docs/reference/events.md")


def as_object(value: object, path: str) -> dict[str, object]:
    """The object at a path.

    Raises:
        UnreadableRecordError: it is something else.
    """
    if isinstance(value, dict):
        return value
    raise wrong(path, "an object", value)


def as_list(value: object, path: str) -> list[object]:
    """The list at a path; nothing is an empty list (as in protobuf).

    Raises:
        UnreadableRecordError: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise wrong(path, "a list", value)


def identifier(value: object, path: str, ctx: Context) -> str:
    """An identifier: text of 1 to ``max_id`` characters.

    Raises:
        UnreadableRecordError: it is something else.
    """
    if not isinstance(value, str):
        raise wrong(path, "text", value)
    if not value or len(value) > ctx.limits.max_id:
        raise UnreadableRecordError(
            f"{path}: {len(value)} characters", f"give it 1 to {ctx.limits.max_id} characters"
        )
    return value


def optional_identifier(value: object, path: str, ctx: Context) -> str | None:
    """Like :func:`identifier`, but nothing (or empty text) is None."""
    return None if value is None or value == "" else identifier(value, path, ctx)


def rfc3339(value: object, path: str, ctx: Context) -> int:
    """Nanoseconds UTC of an RFC 3339 time.

    Raises:
        UnreadableRecordError: it is something else.
    """
    if not isinstance(value, str):
        raise wrong(path, "an RFC 3339 time", value)
    try:
        return checked_time(from_rfc3339(value), path, ctx)
    except ValueError as error:
        raise UnreadableRecordError(
            f"{path}: {printable(str(error), 100)}",
            "write it like 2026-01-31T08:00:00Z",
        ) from error


def milliseconds(value: object, path: str, ctx: Context) -> int:
    """Nanoseconds UTC of milliseconds since the epoch (OCSF ``timestamp_t``), or of an RFC 3339 time.

    Raises:
        UnreadableRecordError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        return rfc3339(value, path, ctx)
    return checked_time(value * MILLISECOND, path, ctx)


def checked_time(nanoseconds: int, path: str, ctx: Context) -> int:
    """The time itself, an improbable one counted.

    Raises:
        UnreadableRecordError: outside the years 1678 to 2261.
    """
    if not EARLIEST <= nanoseconds <= LATEST:
        raise UnreadableRecordError(
            f"{path}: outside the years 1678 to 2261", "check the clock and the unit of the source"
        )
    if nanoseconds < _YEAR_2000 or (ctx.received and nanoseconds > ctx.received + DAY):
        ctx.counters.odd_clock += 1
    return nanoseconds
