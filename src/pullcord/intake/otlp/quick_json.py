"""OTLP/JSON, the fast way: one typed decode of a whole request.

Whatever the types below do not foresee (unknown fields, values of two kinds, ``null``, wide numbers, broken text …)
is left to the careful way: the whole request where its structure is odd, else the one span. Parts that are rare are
kept as bytes and decoded by the parser of the careful way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import orjson
from msgspec import UNSET, Raw, UnsetType

from pullcord.intake.context import Context, Counters
from pullcord.intake.envelope import length
from pullcord.intake.otlp.quick import WORST, QuickSpan
from pullcord.intake.otlp.spans import kind, status_code
from pullcord.intake.otlp.values import double, integer, plain
from pullcord.model.event import Value
from pullcord.model.times import LATEST

_Word = int | str
_TRACE, _SPAN = 32, 16
"""Hexadecimal digits of ids."""
_DIGITS = 19
"""Decimal digits of the latest time."""


class _Value(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    stringValue: str | UnsetType = UNSET  # noqa: N815
    intValue: str | int | UnsetType = UNSET  # noqa: N815
    doubleValue: float | int | str | UnsetType = UNSET  # noqa: N815
    boolValue: bool | UnsetType = UNSET  # noqa: N815
    bytesValue: str | UnsetType = UNSET  # noqa: N815
    arrayValue: Raw | UnsetType = UNSET  # noqa: N815
    kvlistValue: Raw | UnsetType = UNSET  # noqa: N815


class _Pair(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    key: str
    value: _Value | None = None


class _Status(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    code: _Word = 0
    message: str = ""


class _Span(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    traceId: str = ""  # noqa: N815
    spanId: str = ""  # noqa: N815
    parentSpanId: str = ""  # noqa: N815
    name: str = ""
    kind: _Word = 0
    startTimeUnixNano: _Word = 0  # noqa: N815
    endTimeUnixNano: _Word = 0  # noqa: N815
    attributes: list[_Pair] = []
    status: _Status | None = None
    events: Raw | UnsetType = UNSET
    links: Raw | UnsetType = UNSET
    traceState: str = ""  # noqa: N815
    flags: int = 0
    droppedAttributesCount: int = 0  # noqa: N815
    droppedEventsCount: int = 0  # noqa: N815
    droppedLinksCount: int = 0  # noqa: N815


class _Scope(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    spans: list[Raw] = []
    scope: Raw | UnsetType = UNSET
    schemaUrl: str = ""  # noqa: N815


class _Group(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    scopeSpans: list[_Scope] = []  # noqa: N815
    resource: Raw | UnsetType = UNSET
    schemaUrl: str = ""  # noqa: N815


class _Request(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    resourceSpans: list[_Group]  # noqa: N815


_NOTHING = Counters()
_decode = msgspec.json.Decoder(_Request).decode
_decode_span = msgspec.json.Decoder(_Span).decode


def read(raw: bytes, ctx: Context) -> dict[str, object] | None:
    """The request as an object in which ordinary spans are :class:`QuickSpan`; None where it is odd as a whole."""
    limits = ctx.limits
    if len(raw) > limits.max_document or _is_crowded(raw, limits.max_containers):
        return None
    # No span is larger than the request; only in large requests each has to be measured.
    size = len(raw) if len(raw) < limits.max_event // WORST else None
    try:
        return {"resourceSpans": [_group(group, size) for group in _decode(raw).resourceSpans]}
    except (ValueError, RecursionError):
        return None


def _is_crowded(raw: bytes, most: int) -> bool:
    # Counting takes as long as decoding; each has a beginning and an end.
    return len(raw) > 2 * most and raw.count(b"{") + raw.count(b"[") > most


def _group(group: _Group, size: int | None) -> dict[str, object]:
    return {
        "resource": _loaded(group.resource),
        "scopeSpans": [
            {
                "scope": _loaded(scope.scope),
                "spans": [_span(span, size) for span in scope.spans],
            }
            for scope in group.scopeSpans
        ],
    }


def _loaded(raw: Raw | UnsetType) -> Any:  # noqa: ANN401
    return None if isinstance(raw, UnsetType) else orjson.loads(memoryview(raw))


def _span(raw: Raw, size: int | None) -> object:
    try:
        return _quick(_decode_span(raw), size) or _loaded(raw)
    except ValueError:
        return _loaded(raw)


def _quick(span: _Span, size: int | None) -> QuickSpan | None:
    """The span, or None where it has to be looked at closely."""
    if len(span.traceId) != _TRACE or len(span.parentSpanId) > _SPAN:
        return None
    trace, parent = _hex_again(span.traceId, _TRACE), _hex_again(span.parentSpanId, _SPAN)
    own = _hex(span.spanId, _SPAN)
    start, end = _time(span.startTimeUnixNano), _time(span.endTimeUnixNano)
    # An end of "0" is an odd time for the careful way, and one of 0 is none.
    if not trace or not own or parent is None or start < 0 or end < 0 or (not end and span.endTimeUnixNano):
        return None
    attributes: dict[str, Value] = {}
    for pair in span.attributes:
        held = pair.value
        if held is None:
            return None
        value: Value | UnsetType | None = held.stringValue
        if value is UNSET:
            value = _value(held)
            if value is None:
                return None
        attributes[pair.key] = value  # type: ignore[assignment]
    status = span.status
    message = status.message if status else ""
    return QuickSpan(
        trace,
        own,
        parent or None,
        span.name,
        kind(span.kind),
        start,
        end,
        status_code(status.code if status else 0),
        message,
        attributes,
        size if size is not None else len(span.name) + len(message) + sum(map(length, attributes.values())),
        _more(span),
    )


def _more(span: _Span) -> dict[str, object] | None:
    if span.events is UNSET and span.links is UNSET:
        return None
    return {"events": _loaded(span.events), "links": _loaded(span.links)}


def _value(held: _Value) -> Value | None:
    """A value that is no text; None where it has to be looked at closely."""
    whole, number = held.intValue, held.doubleValue
    if not isinstance(whole, UnsetType):
        return _integer(whole)
    if not isinstance(number, UnsetType):
        found = double(number)
        return found if isinstance(found, float | str) else None
    for scalar in (held.boolValue, held.bytesValue):
        if not isinstance(scalar, UnsetType):
            return scalar
    return (
        None if isinstance(held.arrayValue, UnsetType) else _list(orjson.loads(memoryview(held.arrayValue)))
    )


def _integer(given: str | int) -> Value | None:
    found = integer(given)
    if isinstance(found, int):
        return found if -(2**63) <= found < 2**63 else None
    return found if isinstance(found, str) else None


def _list(array: object) -> Value | None:
    """An ``ArrayValue``, if it holds scalars of one kind."""
    items = array.get("values") if isinstance(array, dict) else None
    if not isinstance(items, list):
        return None
    found: list[str | int | float | bool] = []
    scratch = Context()
    for item in items:
        value = plain(item, scratch)
        if not isinstance(value, str | int | float) or (found and type(value) is not type(found[0])):
            return None
        found.append(value)
    return found if scratch.counters == _NOTHING else None


def _hex(value: str, digits: int) -> str | None:
    """An id in lower-case hexadecimal, empty if it is absent or all zero; None where it is odd."""
    if len(value) != digits:
        return None if value else ""
    try:
        data = bytes.fromhex(value)
    except ValueError:
        return None
    # Blanks between the digits would be read over.
    if 2 * len(data) != digits:
        return None
    return data.hex() if any(data) else ""


_hex_again = lru_cache(1_024)(_hex)
"""The same for ids that come more than once: those of traces and of the spans above."""


def _time(value: int | str) -> int:
    """Nanoseconds since the epoch; -1 where they are odd."""
    if isinstance(value, str):
        if len(value) > _DIGITS or not value.isascii() or not value.isdigit():
            return -1
        value = int(value)
    return value if value <= LATEST else -1
