"""The fast way for native records that need no mending: one typed decode, and an event.

A record that is in any way out of the ordinary (unknown keys, nested values, ``null``, mixed lists, wide numbers,
over a bound …) is left to :mod:`pullcord.intake.native`, which says what is wrong or brings it into form. Where this
gives an event it is the same one: a property test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, cast

import msgspec

from pullcord.intake.aliases import rename
from pullcord.intake.context import Context, Limits
from pullcord.intake.fields import checked_time
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes
from pullcord.model.times import from_rfc3339

_LIMITS = Limits()
_LARGEST = 1 << 20
"""Bytes; far below every bound on the size of an event."""
_MOST_SOURCES = 1_024
_MOST_KEYS = 128
"""Attributes; far below the bound on their number."""

_Key = Annotated[str, msgspec.Meta(max_length=_LIMITS.max_key)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=_LIMITS.max_id)]
_Name = Annotated[str, msgspec.Meta(max_length=_LIMITS.max_id)] | None
_Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    id: _Id
    time: str
    logsource: _Words
    attributes: dict[_Key, str | _Integer | float | bool | list[str]]
    site: _Name = None
    asset: _Name = None
    actor: _Name = None
    trace_id: _Name = None
    span_id: _Name = None
    parent_span_id: _Name = None


class _Words(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    product: _Name = None
    category: _Name = None
    service: _Name = None


_decode = msgspec.json.Decoder(_Given).decode
_sources: dict[_Words, LogSource] = {}


def quick(raw: bytes, ctx: Context) -> Event | None:
    """The event of a native record, or None where it has to be looked at closely.

    Args:
        ctx: with bounds that are not below the default ones.
    """
    if len(raw) > _LARGEST:
        return None
    try:
        given = _decode(raw)
        time = from_rfc3339(given.time)
    except ValueError:
        return None
    attributes = cast("dict[str, Value]", given.attributes)
    if len(attributes) > _MOST_KEYS:
        return None
    rename(attributes, ctx.counters)
    return Event(
        id=given.id,
        time=checked_time(time, "time", ctx),
        logsource=_logsource(given.logsource),
        attributes=attributes,
        received=ctx.received,
        site=given.site or None,
        asset=given.asset or None,
        actor=given.actor or None,
        trace_id=given.trace_id or None,
        span_id=given.span_id or None,
        parent_span_id=given.parent_span_id or None,
        source=ctx.source,
        trust=ctx.trust,
        raw_digest=digest_bytes(raw),
    )


def _logsource(words: _Words) -> LogSource:
    found = _sources.get(words)
    if found is None:
        found = LogSource(
            product=words.product or None, category=words.category or None, service=words.service or None
        )
        if len(_sources) < _MOST_SOURCES:
            _sources[words] = found
    return found
