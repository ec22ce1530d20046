"""Spans, log records and attributes as protobuf messages → as OTLP/JSON objects.

Only fields that are read are written, in the order of their numbers, as protobuf's own JSON has them: the id of a
log record is a digest of its object. ``count`` is told how many objects are about to be made, and may raise.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

Json = dict[str, object]
Count = Callable[[int], None]


def span(message: Span, count: Count) -> Json:
    """A span."""
    found: Json = {
        "traceId": message.trace_id.hex(),
        "spanId": message.span_id.hex(),
        "parentSpanId": message.parent_span_id.hex(),
        "name": message.name,
        "kind": message.kind,
        "startTimeUnixNano": message.start_time_unix_nano,
        "endTimeUnixNano": message.end_time_unix_nano,
        "attributes": pairs(message.attributes, count),
    }
    found |= happenings(message, count)
    if message.HasField("status"):
        found["status"] = {"message": message.status.message, "code": message.status.code}
    return found


def happenings(message: Span, count: Count) -> Json:
    """The events and links of a span."""
    found: Json = {}
    if message.events:
        count(len(message.events))
        found["events"] = [
            {"name": event.name or None, "attributes": pairs(event.attributes, count)}
            for event in message.events
        ]
    if message.links:
        count(len(message.links))
        found["links"] = [
            {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex()} for link in message.links
        ]
    return found


def log_record(message: LogRecord, count: Count) -> Json:
    """A log record, every field of it; 64-bit integers are text."""
    plain: Json = {
        "timeUnixNano": _text(message.time_unix_nano),
        "severityNumber": message.severity_number,
        "severityText": message.severity_text,
        "body": any_value(message.body, count) if message.HasField("body") else None,
        "attributes": pairs(message.attributes, count),
        "droppedAttributesCount": message.dropped_attributes_count,
        "flags": message.flags,
        "traceId": message.trace_id.hex(),
        "spanId": message.span_id.hex(),
        "observedTimeUnixNano": _text(message.observed_time_unix_nano),
        "eventName": message.event_name,
    }
    # What is zero or empty is absent, as in the JSON of protobuf; an empty body is none.
    return {name: value for name, value in plain.items() if value or (name == "body" and value is not None)}


def pairs(held: Sequence[KeyValue], count: Count) -> list[object]:
    """A list of ``KeyValue``."""
    if not held:
        return []
    count(2 * len(held))
    found: list[object] = []
    for pair in held:
        value = pair.value
        # The usual case without a second look.
        text = value.string_value
        if text:
            found.append({"key": pair.key, "value": {"stringValue": text}})
        elif pair.HasField("value"):
            found.append({"key": pair.key, "value": any_value(value, count)})
        else:
            found.append({"key": pair.key})
    return found


def any_value(value: AnyValue, count: Count) -> Json:
    """An ``AnyValue``; empty if none of its fields is set."""
    which = value.WhichOneof("value")
    if which == "array_value":
        items = value.array_value.values
        count(len(items))
        return {"arrayValue": {"values": [any_value(item, count) for item in items]} if items else {}}
    if which == "kvlist_value":
        held = pairs(value.kvlist_value.values, count)
        return {"kvlistValue": {"values": held} if held else {}}
    name, read = _SCALARS.get(which or "", ("", double))
    return {name: read(getattr(value, which))} if which and name else {}


def double(number: float) -> object:
    """A double-precision number as the JSON of protobuf has it."""
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _text(number: int) -> str:
    return str(number) if number else ""


_SCALARS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "string_value": ("stringValue", str),
    "bool_value": ("boolValue", bool),
    "int_value": ("intValue", str),
    "double_value": ("doubleValue", double),
    "bytes_value": ("bytesValue", lambda held: b64encode(held).decode()),
}
