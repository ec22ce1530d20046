"""One OTLP log record → the draft of an event."""

from __future__ import annotations

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft
from pullcord.intake.messages import from_indexed, from_message_events
from pullcord.intake.otlp.values import attributes, hex_id, nanoseconds, plain, plain_map
from pullcord.intake.values import as_json, as_text, put
from pullcord.model.event import Value
from pullcord.model.noun import digest_bytes

_ID_DIGITS = 32


def draft(record: dict[str, object], path: str, shared: dict[str, Value], ctx: Context) -> Draft:
    """The draft of a log record; its id is a digest of its content: the same record sent twice is one event.

    Args:
        path: of the record within the request, for complaints.
        shared: attributes of resource and scope; those of the record win.

    Raises:
        UnreadableRecordError: a field has the wrong type.
    """
    found = dict(shared)
    attributes(record.get("attributes"), f"{path}.attributes", found, ctx)
    happened = (
        nanoseconds(record.get("timeUnixNano"), f"{path}.timeUnixNano", ctx)
        if record.get("timeUnixNano")
        else 0
    )
    observed = (
        nanoseconds(record["observedTimeUnixNano"], f"{path}.observedTimeUnixNano", ctx)
        if record.get("observedTimeUnixNano")
        else None
    )
    trace = hex_id(record.get("traceId"), f"{path}.traceId", ctx)
    span = hex_id(record.get("spanId"), f"{path}.spanId", ctx)
    _describe(record, path, found, ctx)
    from_indexed(found, ctx)
    content = as_json([shared, record], ctx).encode()
    return Draft(
        id=f"log:{digest_bytes(content)[:_ID_DIGITS]}",
        time=happened or observed or 0,
        observed_time=observed,
        attributes=found,
        trace_id=trace,
        # The log tells of a span, it is none: its own span id would make it one in the trace.
        parent_span_id=span,
    )


def _describe(record: dict[str, object], path: str, found: dict[str, Value], ctx: Context) -> None:
    body = plain(record.get("body"), ctx)
    name = record.get("eventName") or found.get("event.name")
    if isinstance(name, str) and name:
        put(found, "otel.log.event_name", name, ctx)
        if name.startswith("gen_ai."):
            held = plain_map(record.get("attributes"), path, ctx)
            fields = held | body if isinstance(body, dict) else {"content": body} | held
            from_message_events([(name, fields)], found, ctx)
    if body is not None:
        found["otel.log.body"] = as_text(body, ctx)
    for key, field in (
        ("otel.log.severity_text", "severityText"),
        ("otel.log.severity_number", "severityNumber"),
    ):
        value = record.get(field)
        if isinstance(value, str | int) and value:
            put(found, key, value, ctx)
