"""The fast way for spans that need no mending, of either encoding.

What is in any way out of the ordinary is left to :mod:`pullcord.intake.otlp.spans`, which says what is wrong or
brings it into form. Property tests hold the two together: the same events, problems and counters.
"""

from __future__ import annotations

import msgspec

from pullcord.intake import genai
from pullcord.intake.aliases import OPERATION, rename
from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, length, seal
from pullcord.intake.fields import checked_time
from pullcord.intake.messages import from_indexed
from pullcord.intake.otlp.assets import AssetFinder
from pullcord.intake.otlp.shapes import Shape, shape
from pullcord.intake.otlp.shared import Spread
from pullcord.intake.otlp.spans import happenings
from pullcord.model.event import Event, LogSource, Value

_SITE = ("pullcord.site",)
_NAME = "otel.span.name"
_ADDED = 64
"""Characters of the words for kind and status, and of the duration."""
WORST = 6
"""Bytes of JSON that one character takes at most."""


class QuickSpan(msgspec.Struct, gc=False):
    """A span that can be read without a closer look.

    Attributes:
        trace, own, parent: ids in lower-case hexadecimal, none of them all zero.
        kind, code: the words for them.
        start, end: nanoseconds since the epoch; no end is 0.
        attributes: its own, flat.
        size: characters that name, message and values take at most.
        more: events and links as in OTLP/JSON, if there are any.
    """

    trace: str
    own: str
    parent: str | None
    name: str
    kind: str
    start: int
    end: int
    code: str
    message: str
    attributes: dict[str, Value]
    size: int
    more: dict[str, object] | None = None


class QuickDraft(Draft, kw_only=True):
    """A draft of which all but the asset is known.

    Attributes:
        size: characters that the values take at most.
    """

    logsource: LogSource
    size: int


def draft(span: QuickSpan, path: str, shared: Spread, ctx: Context) -> QuickDraft:
    """The draft of a span.

    Args:
        path: of the span within the request, for complaints about its events.
        shared: attributes of resource and scope; those of the span win.

    Raises:
        UnreadableRecordError: an event or link has the wrong type.
    """
    limits = ctx.limits
    mine = shape(shared.names, tuple(span.attributes))
    is_short = mine.longest <= limits.max_key
    found = shared.attributes | (span.attributes if is_short else _short(span.attributes, ctx))
    checked_time(span.start, path, ctx)
    if span.end:
        checked_time(span.end, path, ctx)
    _describe(span, found, ctx)
    if is_short and mine.is_present and span.more is None:
        size = span.size + shared.size + _ADDED
        source, actor = _told(mine, found)
    else:
        # What is put together anew may be larger.
        size = limits.max_event
        if span.more is not None:
            happenings(span.more, path, found, ctx)
        from_indexed(found, ctx)
        rename(found, ctx.counters)
        source, actor = genai.logsource(found), genai.actor(found)
    return QuickDraft(
        id=f"{span.trace}:{span.own}",
        time=span.start,
        attributes=found,
        trace_id=span.trace,
        span_id=span.own,
        parent_span_id=span.parent,
        actor=actor,
        site=genai.first_text(found, _SITE),
        logsource=source,
        size=size,
    )


def settle(given: Draft, ctx: Context) -> QuickDraft:
    """The same draft under present names, with all that they tell."""
    found = given.attributes
    mine = shape((), tuple(found))
    if mine.is_present:
        source, actor = _told(mine, found)
    else:
        rename(found, ctx.counters)
        source, actor = genai.logsource(found), genai.actor(found)
    return QuickDraft(
        id=given.id,
        time=given.time,
        observed_time=given.observed_time,
        attributes=found,
        trace_id=given.trace_id,
        span_id=given.span_id,
        parent_span_id=given.parent_span_id,
        actor=actor,
        site=genai.first_text(found, _SITE),
        logsource=source,
        size=sum([len(value) if isinstance(value, str) else length(value) for value in found.values()]),
    )


def finish(draft: QuickDraft, assets: AssetFinder, digest: str, ctx: Context) -> Event:
    """The event of a draft; its attributes are only measured where they may be over a bound."""
    attributes, limits = draft.attributes, ctx.limits
    draft.asset = assets.asset(draft, draft.logsource)
    if len(attributes) > limits.max_attributes or draft.size > limits.max_event // WORST:
        return seal(draft, draft.logsource, digest, ctx)
    return Event(
        id=draft.id,
        time=draft.time,
        logsource=draft.logsource,
        attributes=attributes,
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


def _short(attributes: dict[str, Value], ctx: Context) -> dict[str, Value]:
    kept = {name: value for name, value in attributes.items() if len(name) <= ctx.limits.max_key}
    ctx.counters.dropped += len(attributes) - len(kept)
    return kept


def _describe(span: QuickSpan, found: dict[str, Value], ctx: Context) -> None:
    if span.name and len(_NAME) <= ctx.limits.max_key:
        found[_NAME] = span.name
    elif span.name:
        ctx.counters.dropped += 1
    found["otel.span.kind"] = span.kind
    found["otel.status_code"] = span.code
    if span.message:
        found["otel.status_message"] = span.message
    if span.end:
        found["otel.duration_ns"] = span.end - span.start


def _told(mine: Shape, found: dict[str, Value]) -> tuple[LogSource, str | None]:
    """Log source and actor of attributes under present names; enters the operation that the names tell."""
    if mine.operation is not None:
        found[OPERATION] = mine.operation
    return mine.logsource(found), genai.first_text(found, mine.actors) if mine.actors else None
