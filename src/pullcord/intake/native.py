"""The native format: one event per line, as docs/reference/events.md defines it."""

from __future__ import annotations

from pullcord.intake.aliases import rename
from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_object, identifier, optional_identifier, rfc3339, wrong
from pullcord.intake.record import read_object
from pullcord.intake.values import put
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes

_REQUIRED = ("id", "time", "logsource", "attributes")
_OPTIONAL = ("site", "asset", "actor", "trace_id", "span_id", "parent_span_id")
_KNOWN = frozenset({*_REQUIRED, *_OPTIONAL, "observed_time"})
_LOGSOURCE = ("product", "category", "service")
UNMAPPED = "unmapped."
"""Prefix under which unknown top-level keys are kept."""


def decode(raw: bytes, ctx: Context) -> Event:
    """One native record.

    Raises:
        UnreadableRecordError: no JSON object, a required field is missing, or a field has the wrong type.
    """
    return event(read_object(raw, ctx), ctx, digest_bytes(raw))


def event(data: dict[str, object], ctx: Context, digest: str) -> Event:
    """The event of a decoded record; ``digest`` is the SHA-256 of its bytes.

    Raises:
        UnreadableRecordError: a required field is missing, or a field has the wrong type.
    """
    for name in _REQUIRED:
        if data.get(name) is None:
            raise UnreadableRecordError(
                f"{name} is missing", "see docs/reference/events.md for what it holds"
            )
    observed = data.get("observed_time")
    attributes: dict[str, Value] = {}
    for key, value in as_object(data["attributes"], "attributes").items():
        put(attributes, key, value, ctx)
    source = _logsource(as_object(data["logsource"], "logsource"), attributes, ctx)
    for key, value in data.items():
        if key not in _KNOWN:
            ctx.counters.unknown_keys += 1
            put(attributes, f"{UNMAPPED}{key}", value, ctx)
    rename(attributes, ctx.counters)
    names = {name: optional_identifier(data.get(name), name, ctx) for name in _OPTIONAL}
    draft = Draft(
        id=identifier(data["id"], "id", ctx),
        time=rfc3339(data["time"], "time", ctx),
        observed_time=None if observed is None else rfc3339(observed, "observed_time", ctx),
        attributes=attributes,
        **names,
    )
    return seal(draft, source, digest, ctx)


def _logsource(data: dict[str, object], attributes: dict[str, Value], ctx: Context) -> LogSource:
    words: dict[str, str | None] = {}
    for name in _LOGSOURCE:
        value = data.get(name)
        if value is not None and not isinstance(value, str):
            raise wrong(f"logsource.{name}", "text", value)
        words[name] = value[: ctx.limits.max_id] if value else None
    for key, value in data.items():
        if key not in _LOGSOURCE:
            ctx.counters.unknown_keys += 1
            put(attributes, f"{UNMAPPED}logsource.{key}", value, ctx)
    return LogSource(**words)
