from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from pullcord.intake.context import Limits
from pullcord.intake.otlp.quick_proto import SpanReader
from pullcord.intake.protobuf import field
from tests.intake.otlp.made import TRACES
from tests.intake.otlp.ways import NOW, PLAIN, proto_told


def text(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def ordinary(**more: Any) -> Span:  # noqa: ANN401
    return Span(trace_id=b"t" * 16, span_id=b"s" * 8, name="work", start_time_unix_nano=NOW, **more)


def packed(*spans: bytes) -> bytes:
    resource = field(1, field(1, text("service.name", "copilot").SerializeToString()))
    return field(1, resource + field(2, b"".join(field(2, span) for span in spans)))


def check_same(raw: bytes, limits: Limits = PLAIN) -> None:
    assert proto_told(raw, limits, careful=False) == proto_told(raw, limits, careful=True)


FULL = ordinary(
    parent_span_id=b"p" * 8,
    kind=3,
    end_time_unix_nano=NOW + 7,
    status=Status(code=Status.STATUS_CODE_ERROR, message="no"),
    attributes=[
        text("gen_ai.operation.name", "chat"),
        text("long", "\u00e4" * 300),
        text("empty", ""),
        KeyValue(key="whole", value=AnyValue(int_value=-5)),
        KeyValue(key="large", value=AnyValue(int_value=2**62)),
        KeyValue(key="real", value=AnyValue(double_value=0.5)),
        KeyValue(key="none", value=AnyValue(double_value=float("nan"))),
        KeyValue(key="yes", value=AnyValue(bool_value=True)),
        KeyValue(key="raw", value=AnyValue(bytes_value=b"\x01" * 200)),
        KeyValue(
            key="list",
            value=AnyValue(
                array_value=ArrayValue(values=[AnyValue(string_value="a"), AnyValue(string_value="")])
            ),
        ),
    ],
)


def test_ordinary_spans_go_the_fast_way() -> None:
    counted: list[int] = []
    found = SpanReader(counted.append).read(FULL.SerializeToString())
    assert found is not None
    assert list(found.attributes.values()) == [
        "chat",
        "\u00e4" * 300,
        "",
        -5,
        2**62,
        0.5,
        "NaN",
        True,
        "AQEB" * 66 + "AQE=",
        ["a", ""],
    ]
    assert sum(counted) == 22
    check_same(packed(FULL.SerializeToString()))


@settings(max_examples=200, deadline=None)
@given(message=TRACES)
def test_what_exporters_send_is_read_as_by_the_careful_way(message: ExportTraceServiceRequest) -> None:
    check_same(message.SerializeToString())


WHOLE = packed(FULL.SerializeToString(), ordinary().SerializeToString())


@settings(max_examples=600, deadline=None)
@given(
    place=st.integers(0, len(WHOLE)),
    length=st.integers(0, 3),
    piece=st.binary(max_size=3),
)
def test_damaged_requests_are_read_as_by_the_careful_way(place: int, length: int, piece: bytes) -> None:
    check_same(WHOLE[:place] + piece + WHOLE[place + length :])


@settings(max_examples=400, deadline=None)
@given(place=st.integers(0, len(FULL.SerializeToString())), piece=st.binary(min_size=1, max_size=1))
def test_spans_with_a_changed_byte_are_read_as_by_the_careful_way(place: int, piece: bytes) -> None:
    data = FULL.SerializeToString()
    check_same(packed(data[:place] + piece + data[place + 1 :]))


KEY = field(1, b"a")
HOLD = field(2, field(1, b"x"))


@pytest.mark.parametrize(
    "pair",
    [
        b"",
        KEY,
        HOLD,
        HOLD + KEY,
        KEY + HOLD + HOLD,
        KEY + KEY + HOLD,
        KEY + HOLD + field(2, b""),
        KEY + field(2, b""),
        KEY + HOLD + field(3, b"more"),
        KEY + field(2, field(1, b"x") + field(1, b"y")),
        field(1, b"") + HOLD,
        KEY + field(2, b"\x18\x05\x0a\x01x"),
        KEY + field(2, b"\x0a\x01x\x18\x05"),
        KEY + field(2, b"\x10\x02"),
        KEY + field(2, b"\x18" + b"\xff" * 9 + b"\x7f"),
        KEY + field(2, b"\x18\x85\x00"),
        KEY + field(2, b"\x0a\x81\x00x"),
        KEY + field(2, b"\x0a\x01\xff"),
        field(1, b"\xff") + HOLD,
        KEY + b"\x12\x83\x00\x0a\x01x",
        KEY + field(2, b"\x1a\x01x"),
        KEY + field(2, field(5, field(1, field(1, b"x") + field(1, b"y")))),
        KEY + field(2, field(5, b"")),
        KEY + field(2, field(5, field(2, b"x"))),
        KEY + field(2, field(5, field(1, b"\x18\x05"))),
        KEY + field(2, field(6, field(1, KEY + HOLD))),
        field(1, b"k" * 200) + HOLD,
        field(1, b"k" * 600) + HOLD,
        KEY + field(2, field(5, field(1, b""))),
        KEY + HOLD[:-1],
        b"\x0a\x01",
        b"\x0a\xff\x01a",
        b"\x0b\x0c",
        KEY + field(2, field(1, b"x" * 126)),
        KEY + field(2, field(1, b"x" * 125)),
        KEY + field(2, field(1, b"x" * 20_000)),
    ],
)
def test_odd_attributes(pair: bytes) -> None:
    span = ordinary(attributes=[text("b", "c")]).SerializeToString()
    check_same(packed(span + field(9, pair), span + field(9, pair) + field(9, KEY + HOLD)))


@pytest.mark.parametrize(
    "more",
    [
        field(1, b"u" * 16),
        field(1, b"\0" * 16),
        field(1, b"short"),
        field(2, b"\0" * 8),
        field(4, b"\0" * 8),
        field(4, b"odd"),
        field(3, b"\xff"),
        field(5, b"\xff"),
        field(15, b""),
        field(15, b"\x18\x02") + field(15, b"\x12\x01m"),
        field(15, b"\x18\x63"),
        field(15, b"\x0f"),
        b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x38\x05",
        b"\x39" + b"\xff" * 8,
        b"\x41" + b"\0" * 8,
        b"\x41" + b"\xff" * 8,
        field(11, field(2, b"exception") + field(3, KEY + HOLD)),
        field(11, field(2, b"gen_ai.user.message") + field(3, field(1, b"content") + HOLD)),
        field(11, b"\xff"),
        field(13, field(1, b"t" * 16)),
        field(13, b"\x08"),
        field(99, b"more"),
        b"\x0b\x0c",
        b"\x0b",
    ],
)
def test_odd_fields(more: bytes) -> None:
    check_same(packed(FULL.SerializeToString() + more, ordinary().SerializeToString()))


@pytest.mark.parametrize(
    "pairs",
    [
        [text("gen_ai.system", "x"), text("gen_ai.prompt.0.content", "hello")],
        [text("openinference.span.kind", "TOOL"), text("input.value", "{}")],
        [
            text("pullcord.logsource.product", "mlflow"),
            text("pullcord.site", "north"),
            text("user.name", "ann"),
        ],
        [text("service.name", "other"), text("service.name", "last")],
    ],
)
def test_old_names_and_what_a_source_states(pairs: list[KeyValue]) -> None:
    check_same(packed(ordinary(attributes=pairs).SerializeToString()))


def test_bounds_bite_alike() -> None:
    raw = packed(*[FULL.SerializeToString()] * 5)
    for limits in (
        {"max_containers": 100},
        {"max_containers": 120},
        {"max_containers": 121},
        {"max_containers": 2},
        {"max_attributes": 3},
        {"max_event": 100},
        {"max_key": 4},
        {"max_spread": 10},
    ):
        check_same(raw, Limits(**limits))
