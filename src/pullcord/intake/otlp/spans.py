"""One OTLP span → the draft of an event."""

from __future__ import annotations

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import as_list
from pullcord.intake.messages import from_indexed, from_message_events
from pullcord.intake.otlp.values import attributes, hex_id, nanoseconds, plain_map, sub_object
from pullcord.intake.values import put
from pullcord.model.event import Value

_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_STATUS = ("unset", "ok", "error")
_LONGEST_LIST = 128
_MERGED = ("exception", "gen_ai.client.inference.operation.details")
"""Span events that speak of the span as a whole: their attributes become its own."""


def draft(span: dict[str, object], path: str, shared: dict[str, Value], ctx: Context) -> Draft:
    """The draft of a span, its id ``trace:span``.

    Args:
        path: of the span within the request, for complaints.
        shared: attributes of resource and scope; those of the span win.

    Raises:
        UnreadableRecordError: trace or span id is missing, or a field has the wrong type.
    """
    trace = hex_id(span.get("traceId"), f"{path}.traceId", ctx)
    own = hex_id(span.get("spanId"), f"{path}.spanId", ctx)
    if trace is None or own is None:
        raise UnreadableRecordError(
            f"{path}: trace id or span id is missing or all zero", "check the exporter"
        )
    found = dict(shared)
    attributes(span.get("attributes"), f"{path}.attributes", found, ctx)
    start = nanoseconds(span.get("startTimeUnixNano"), f"{path}.startTimeUnixNano", ctx)
    end = (
        nanoseconds(span["endTimeUnixNano"], f"{path}.endTimeUnixNano", ctx)
        if span.get("endTimeUnixNano")
        else 0
    )
    _describe(span, path, found, ctx)
    if end:
        found["otel.duration_ns"] = end - start
    happenings(span, path, found, ctx)
    from_indexed(found, ctx)
    return Draft(
        id=f"{trace}:{own}",
        time=start,
        attributes=found,
        trace_id=trace,
        span_id=own,
        parent_span_id=hex_id(span.get("parentSpanId"), f"{path}.parentSpanId", ctx),
    )


def _describe(span: dict[str, object], path: str, found: dict[str, Value], ctx: Context) -> None:
    name = span.get("name")
    if isinstance(name, str) and name:
        put(found, "otel.span.name", name, ctx)
    found["otel.span.kind"] = kind(span.get("kind"))
    status = sub_object(span, "status", path)
    found["otel.status_code"] = status_code(status.get("code"))
    message = status.get("message")
    if isinstance(message, str) and message:
        found["otel.status_message"] = message


def kind(value: object) -> str:
    """The word for the kind of a span, of its number or its name."""
    # The usual case without a second look.
    if type(value) is int and 0 <= value < len(_KINDS):
        return _KINDS[value]
    return _word(value, _KINDS, "SPAN_KIND_")


def status_code(value: object) -> str:
    """The word for the status of a span, of its number or its name."""
    if type(value) is int and 0 <= value < len(_STATUS):
        return _STATUS[value]
    return _word(value, _STATUS, "STATUS_CODE_")


def _word(value: object, words: tuple[str, ...], prefix: str) -> str:
    """The word for an enumeration's number or name; what it does not define is its zero."""
    if isinstance(value, int) and 0 <= value < len(words):
        return words[value]
    word = value.removeprefix(prefix).lower() if isinstance(value, str) else ""
    return word if word in words else words[0]


def happenings(span: dict[str, object], path: str, found: dict[str, Value], ctx: Context) -> None:
    """Enter what the events and links of a span say.

    Raises:
        UnreadableRecordError: a field has the wrong type.
    """
    _events(span, path, found, ctx)
    _links(span, path, found, ctx)


def _events(span: dict[str, object], path: str, found: dict[str, Value], ctx: Context) -> None:
    messages: list[tuple[str, dict[str, object]]] = []
    names: list[str] = []
    for number, event in enumerate(as_list(span.get("events"), f"{path}.events")):
        name = event.get("name") if isinstance(event, dict) else None
        if not isinstance(event, dict) or not isinstance(name, str):
            continue
        held = plain_map(event.get("attributes"), f"{path}.events[{number}].attributes", ctx)
        if name in _MERGED:
            for key, value in held.items():
                if key not in found:
                    put(found, key, value, ctx)
        elif name.startswith("gen_ai.") and len(messages) < ctx.limits.max_messages:
            messages.append((name, held))
        if len(names) < _LONGEST_LIST:
            names.append(name)
    if names:
        found["otel.events"] = [*names]
    from_message_events(messages, found, ctx)


def _links(span: dict[str, object], path: str, found: dict[str, Value], ctx: Context) -> None:
    links: list[str] = []
    for number, link in enumerate(as_list(span.get("links"), f"{path}.links")[:_LONGEST_LIST]):
        if isinstance(link, dict):
            place = f"{path}.links[{number}]"
            trace, other = hex_id(link.get("traceId"), place, ctx), hex_id(link.get("spanId"), place, ctx)
            links.append(f"{trace}:{other}")
    if links:
        found["otel.links"] = [*links]
