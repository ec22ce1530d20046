"""Closes an event: bounds on its attributes, and what intake itself knows about where it came from."""

from __future__ import annotations

import msgspec

from pullcord.intake.context import Context
from pullcord.model.event import Event, LogSource, Value

_CONVENTIONS = ("gen_ai.", "mcp.", "ot.", "vision.", "ai.model.", "otel.", "pullcord.", "error.", "service.")
# A character takes six bytes of JSON at most: far below `max_event` nothing needs to be measured exactly.
_WORST = 6


class Draft(msgspec.Struct, kw_only=True):
    """An event in the making; fields as in :class:`pullcord.model.event.Event`."""

    id: str
    time: int
    attributes: dict[str, Value]
    observed_time: int | None = None
    trace_id: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None
    site: str | None = None
    asset: str | None = None
    actor: str | None = None


def seal(draft: Draft, logsource: LogSource, digest: str, ctx: Context) -> Event:
    """The event itself. Source, trust, receipt and digest are ours: no record can claim them.

    Args:
        digest: SHA-256 of the raw bytes of the record.
    """
    _bound(draft.attributes, ctx)
    return Event(
        id=draft.id,
        time=draft.time,
        logsource=logsource,
        attributes=draft.attributes,
        observed_time=draft.observed_time,
        received=ctx.received,
        site=draft.site,
        asset=draft.asset,
        actor=draft.actor,
        trace_id=draft.trace_id,
        span_id=draft.span_id,
        parent_span_id=draft.parent_span_id,
        source=ctx.source,
        trust=ctx.trust,
        raw_digest=digest,
    )


def _bound(attributes: dict[str, Value], ctx: Context) -> None:
    excess = len(attributes) - ctx.limits.max_attributes
    if excess > 0:
        # Names of the conventions stay longest: a flood of made-up names must not push out what is judged.
        for key in sorted(attributes, key=lambda key: key.startswith(_CONVENTIONS))[:excess]:
            del attributes[key]
        ctx.counters.dropped += excess
    most = ctx.limits.max_event // _WORST
    if sum(length(value) for value in attributes.values()) <= most:
        return
    while len(msgspec.json.encode(attributes)) > ctx.limits.max_event:
        longest = max(attributes, key=lambda key: length(attributes[key]))
        value = attributes[longest]
        if not isinstance(value, str | list) or len(value) <= 1:
            del attributes[longest]
            ctx.counters.dropped += 1
        else:
            attributes[longest] = value[: len(value) // 2]
            ctx.counters.truncated += 1


def length(value: Value) -> int:
    """About how many characters a value takes."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(len(item) if isinstance(item, str) else 4 for item in value) + len(value)
    return 4
