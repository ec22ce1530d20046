"""Random OTLP requests as protobuf messages, and the OTLP/JSON of a message as the specification has it."""

from __future__ import annotations

from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

TEXT = st.text(max_size=12)
NAMES = st.sampled_from(
    [
        "service.name",
        "gen_ai.tool.name",
        "gen_ai.operation.name",
        "gen_ai.tool.call.arguments",
        "gen_ai.prompt.0.content",
        "llm.model_name",
        "content",
        "role",
    ]
) | st.text(min_size=1, max_size=8)
TIMES = st.sampled_from([0, 1, 1_780_000_000_000_000_000]) | st.integers(0, 2**63 - 1)


def _lists(inner: st.SearchStrategy[AnyValue]) -> st.SearchStrategy[AnyValue]:
    arrays = st.lists(inner, max_size=3).map(lambda items: AnyValue(array_value=ArrayValue(values=items)))
    maps = st.lists(st.builds(KeyValue, key=NAMES, value=inner), max_size=3)
    return arrays | maps.map(lambda items: AnyValue(kvlist_value=KeyValueList(values=items)))


VALUES = st.recursive(
    st.just(AnyValue())
    | TEXT.map(lambda value: AnyValue(string_value=value))
    | st.booleans().map(lambda value: AnyValue(bool_value=value))
    | st.integers(-(2**63), 2**63 - 1).map(lambda value: AnyValue(int_value=value))
    | st.floats().map(lambda value: AnyValue(double_value=value))
    | st.binary(max_size=9).map(lambda value: AnyValue(bytes_value=value)),
    _lists,
    max_leaves=4,
)
PAIRS = st.lists(st.builds(KeyValue, key=NAMES, value=VALUES) | st.builds(KeyValue, key=NAMES), max_size=4)
TRACE_IDS = st.sampled_from([b"", b"\0" * 16, b"t" * 16]) | st.binary(min_size=16, max_size=16)
SPAN_IDS = st.sampled_from([b"", b"s" * 8]) | st.binary(min_size=8, max_size=8)
SPANS = st.builds(
    Span,
    trace_id=TRACE_IDS,
    span_id=SPAN_IDS,
    parent_span_id=SPAN_IDS,
    name=TEXT,
    kind=st.integers(0, 5),
    start_time_unix_nano=TIMES,
    end_time_unix_nano=TIMES,
    attributes=PAIRS,
    events=st.lists(
        st.builds(
            Span.Event,
            name=st.sampled_from(["exception", "gen_ai.user.message", "gen_ai.choice", ""]),
            attributes=PAIRS,
        ),
        max_size=2,
    ),
    links=st.lists(st.builds(Span.Link, trace_id=TRACE_IDS, span_id=SPAN_IDS), max_size=2),
    status=st.none() | st.builds(Status, message=TEXT, code=st.integers(0, 2)),
)
RECORDS = st.builds(
    LogRecord,
    time_unix_nano=TIMES,
    observed_time_unix_nano=TIMES,
    severity_number=st.integers(0, 24),
    severity_text=TEXT,
    body=st.none() | VALUES,
    attributes=PAIRS,
    dropped_attributes_count=st.integers(0, 3),
    flags=st.integers(0, 1),
    trace_id=TRACE_IDS,
    span_id=SPAN_IDS,
    event_name=st.sampled_from(["", "gen_ai.choice", "gen_ai.user.message", "other"]),
)
_RESOURCES = st.none() | st.builds(Resource, attributes=PAIRS)
_SCOPES = st.none() | st.builds(InstrumentationScope, name=TEXT)
TRACES = st.builds(
    ExportTraceServiceRequest,
    resource_spans=st.lists(
        st.builds(
            ResourceSpans,
            resource=_RESOURCES,
            scope_spans=st.lists(
                st.builds(ScopeSpans, scope=_SCOPES, spans=st.lists(SPANS, max_size=2)), max_size=1
            ),
        ),
        max_size=2,
    ),
)
LOGS = st.builds(
    ExportLogsServiceRequest,
    resource_logs=st.lists(
        st.builds(
            ResourceLogs,
            resource=_RESOURCES,
            scope_logs=st.lists(
                st.builds(ScopeLogs, scope=_SCOPES, log_records=st.lists(RECORDS, max_size=2)), max_size=1
            ),
        ),
        max_size=2,
    ),
)


def to_json(message: Any) -> bytes:  # noqa: ANN401  (protobuf has no types)
    """OTLP/JSON: the JSON of protobuf, but numbers for enumerations and hexadecimal ids."""
    return orjson.dumps(as_json(message))


def as_json(message: Any) -> dict[str, Any]:  # noqa: ANN401
    """The object of :func:`to_json`."""
    return _with_hex_ids(message, MessageToDict(message, use_integers_for_enums=True))


def _with_hex_ids(message: Any, found: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    for field, value in message.ListFields():
        name = field.json_name
        if name in {"traceId", "spanId", "parentSpanId"}:
            found[name] = value.hex()
        elif field.message_type is not None and field.is_repeated:
            for inner, part in zip(value, found[name], strict=True):
                _with_hex_ids(inner, part)
        elif field.message_type is not None:
            _with_hex_ids(value, found[name])
    return found
