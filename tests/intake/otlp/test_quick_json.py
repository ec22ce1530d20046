from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from pullcord.intake.context import Limits
from pullcord.intake.otlp.quick import QuickSpan
from pullcord.intake.otlp.quick_json import read
from tests.intake.otlp.made import TRACES, to_json
from tests.intake.otlp.test_request import LEAF
from tests.intake.otlp.ways import PLAIN, context, json_told
from tests.intake.requests import PARENT, pairs, span, traces

ORDINARY = traces(
    span(
        parentSpanId=PARENT,
        kind=3,
        endTimeUnixNano="1780000000000000009",
        status={"code": 2, "message": "no"},
        attributes=[
            *pairs(gen__ai_operation_name="chat", n=5, x=0.5, yes=True),
            {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "a"}]}}},
        ],
    ),
    resource=pairs(service_name="copilot"),
)


def check_same(raw: bytes, limits: Limits = PLAIN) -> None:
    assert json_told(raw, limits, careful=False) == json_told(raw, limits, careful=True)


def spans(raw: bytes) -> list[object]:
    data: Any = read(raw, context())
    return [
        item for group in data["resourceSpans"] for scope in group["scopeSpans"] for item in scope["spans"]
    ]


def test_ordinary_spans_go_the_fast_way() -> None:
    (found,) = spans(ORDINARY)
    assert isinstance(found, QuickSpan)
    assert list(found.attributes.values()) == ["chat", 5, 0.5, True, ["a"]]
    check_same(ORDINARY)


@settings(max_examples=150, deadline=None)
@given(message=TRACES)
def test_what_exporters_send_is_read_as_by_the_careful_way(message: ExportTraceServiceRequest) -> None:
    check_same(to_json(message))


@settings(max_examples=150, deadline=None)
@given(leaves=st.lists(LEAF, max_size=3), escaped=st.booleans())
def test_odd_spans_are_read_as_by_the_careful_way(leaves: list[dict[str, object]], escaped: bool) -> None:  # noqa: FBT001
    raw = traces(*leaves, resource=pairs(gen__ai_system="x", tool_name="t"))
    check_same(raw.replace(b"e", b"\\u0065") if escaped else raw)


PIECES = [
    b"",
    b"\x01",
    b"\xff",
    b"\\ud83d",
    b"\\u0000",
    b"null",
    b"0",
    b'"',
    b"1e400",
    b"-0",
    b"18446744073709551616",
    b'"stringValue":1,',
    b'"intValue":"7",',
    b"[",
    b"}",
    b'"x":[[[[1]]]],',
    b"\n",
    b"NaN",
]


@settings(max_examples=500, deadline=None)
@given(
    place=st.integers(0, len(ORDINARY)),
    length=st.integers(0, 6),
    piece=st.sampled_from(PIECES) | st.binary(max_size=2),
)
def test_damaged_requests_are_read_as_by_the_careful_way(place: int, length: int, piece: bytes) -> None:
    check_same(ORDINARY[:place] + piece + ORDINARY[place + length :])


VALUES = [
    {},
    {"intValue": 5, "stringValue": "a"},
    {"stringValue": None, "intValue": 5},
    {"intValue": "x"},
    {"intValue": "99999999999999999999"},
    {"intValue": 2**63},
    {"intValue": -(2**63)},
    {"intValue": "-5"},
    {"intValue": 1.5},
    {"doubleValue": "NaN"},
    {"doubleValue": 3},
    {"doubleValue": "1e5"},
    {"doubleValue": True},
    {"bytesValue": "AQI="},
    {"kvlistValue": {"values": pairs(a=1)}},
    {"arrayValue": {}},
    {"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "a"}]}},
    {"arrayValue": None},
    {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": 2}]}},
    {"arrayValue": {"values": [{"intValue": "99999999999999999999"}]}},
    {"arrayValue": {"values": [{"doubleValue": 1.5}, {"doubleValue": 2}]}},
    {"arrayValue": {"values": [{"doubleValue": 1.5}, {"doubleValue": "NaN"}]}},
    {"arrayValue": {"values": [{"boolValue": True}, {"boolValue": False}]}},
    {"arrayValue": {"values": [{"boolValue": True}, {"intValue": 1}]}},
    {"arrayValue": {"values": [{"arrayValue": {"values": []}}]}},
    {"arrayValue": {"values": []}},
    {"newValue": 1},
    {"arrayValue": {"values": [{"stringValue": "a", "intValue": 1}]}},
    {"intValue": "\u0665"},
    None,
    5,
    {"arrayValue": {"values": [{"stringValue": "a"}], "more": 1}},
]


@pytest.mark.parametrize("value", VALUES)
def test_odd_values(value: object) -> None:
    check_same(traces(span(attributes=[{"key": "a", "value": value}, *pairs(b="c")])))


CHANGES: list[dict[str, object]] = [
    {"traceId": "0" * 32},
    {"traceId": "AAAAAAAAAAAAAAAAAAAAAQ=="},
    {"traceId": "zz" * 16},
    {"traceId": "ABCDEF12" * 4},
    {"traceId": "ab cd" + "0" * 27},
    {"spanId": "0" * 16},
    {"spanId": ""},
    {"parentSpanId": "0" * 16},
    {"parentSpanId": None},
    {"parentSpanId": "x"},
    {"startTimeUnixNano": "0"},
    {"startTimeUnixNano": -5},
    {"startTimeUnixNano": str(2**63)},
    {"startTimeUnixNano": "\u0661"},
    {"startTimeUnixNano": 1.5e18},
    {"endTimeUnixNano": "0"},
    {"endTimeUnixNano": 0},
    {"endTimeUnixNano": ""},
    {"endTimeUnixNano": 5},
    {"kind": "SPAN_KIND_CLIENT"},
    {"kind": -1},
    {"kind": 99},
    {"kind": True},
    {"kind": 2.0},
    {"status": {}},
    {"status": None},
    {"status": {"code": "STATUS_CODE_ERROR"}},
    {"status": {"code": 7}},
    {"status": 5},
    {"name": None},
    {"name": ""},
    {"attributes": None},
    {"attributes": [5]},
    {"more": 1},
    {"flags": 257},
    {"events": 5},
    {"events": None},
    {"events": [{"name": "gen_ai.choice", "attributes": pairs(content="a")}]},
    {"events": [{"name": "exception", "attributes": 5}]},
    {"links": [{"traceId": "t"}]},
    {"attributes": [{"key": "a"}]},
    {"attributes": [{"key": "a" * 600, "value": {"stringValue": "x"}}]},
    {"attributes": pairs(gen__ai_prompt_0_content="hello", llm_model__name="m")},
    {"attributes": pairs(a=1) + pairs(a="x")},
    {"attributes": pairs(pullcord_logsource_category="access")},
    {"attributes": pairs(openinference_span_kind="TOOL", input_value="{}")},
    {"attributes": pairs(ot_value=5)},
    {"attributes": pairs(gen__ai_request_model="m")},
    {"attributes": pairs(user_id="", user_name="n")},
]


@pytest.mark.parametrize("change", CHANGES)
def test_odd_fields(change: dict[str, object]) -> None:
    check_same(traces(span(), span(**{"spanId": PARENT, **change}), resource=pairs(service_name="s")))


@pytest.mark.parametrize(
    "data",
    [
        {"resourceSpans": None},
        {"resourceSpans": [{"scopeSpans": None}]},
        {"resourceSpans": [{"resource": None, "scopeSpans": [{"spans": [span()]}]}]},
        {"resourceSpans": [{"resource": 5, "scopeSpans": [{"scope": 5, "spans": [span(), 5]}]}]},
        {"resourceSpans": [{"instrumentationLibrarySpans": [{"spans": [span()]}]}]},
        {"resourceSpans": [{"schemaUrl": "u", "scopeSpans": [{"spans": [span()], "schemaUrl": "u"}]}]},
        {"resourceSpans": [], "resourceLogs": [{"scopeLogs": [{"logRecords": [{}]}]}]},
        {"resourceLogs": []},
        [],
    ],
)
def test_odd_structures(data: object) -> None:
    check_same(orjson.dumps(data))


def test_bounds_bite_alike() -> None:
    many = traces(*[span(spanId=f"{n:016x}", attributes=pairs(a=1, b="x" * 99)) for n in range(1, 20)])
    for limits in (
        {"max_containers": 30},
        {"max_containers": 160},
        {"max_containers": 161},
        {"max_attributes": 3},
        {"max_event": 100},
        {"max_key": 0},
        {"max_spread": 10},
        {"max_document": 10},
    ):
        check_same(many, Limits(**limits))


@pytest.mark.parametrize(
    "number", [b"18446744073709551616", b"9223372036854775808", b"-9223372036854775809", b"1e30"]
)
@pytest.mark.parametrize("value", [b"doubleValue", b"intValue"])
def test_wide_numbers(number: bytes, value: bytes) -> None:
    raw = traces(
        span(
            attributes=pairs(n=5),
            startTimeUnixNano=7,
            events=[{"name": "exception", "attributes": pairs(m=5)}],
        )
    )
    check_same(raw.replace(b'"intValue":5', b'"' + value + b'":' + number))
    check_same(raw.replace(b":7", b":" + number))
