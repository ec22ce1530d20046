from __future__ import annotations

from hypothesis import given
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from pullcord.intake.otlp.messages import any_value, log_record, pairs, span
from tests.intake.otlp.made import RECORDS, VALUES, as_json


def ignore(_messages: int) -> None:
    """Count nothing."""


@given(value=VALUES)
def test_values_are_as_protobuf_writes_them(value: AnyValue) -> None:
    assert any_value(value, ignore) == as_json(value)


@given(record=RECORDS)
def test_log_records_are_as_otlp_json_writes_them_in_the_same_order(record: LogRecord) -> None:
    ours, theirs = log_record(record, ignore), as_json(record)
    # No list of attributes and an empty one are the same.
    assert list(ours) == list(theirs)
    assert ours == theirs


def test_a_span() -> None:
    message = Span(
        trace_id=b"\x01" * 16,
        span_id=b"\x02" * 8,
        name="work",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=7,
        end_time_unix_nano=9,
        attributes=[KeyValue(key="a", value=AnyValue(int_value=2**60))],
        events=[Span.Event(name="exception")],
        links=[Span.Link(trace_id=b"\x03" * 16, span_id=b"\x04" * 8)],
        status=Status(message="no", code=Status.STATUS_CODE_ERROR),
    )
    assert span(message, ignore) == {
        "traceId": "01" * 16,
        "spanId": "02" * 8,
        "parentSpanId": "",
        "name": "work",
        "kind": 3,
        "startTimeUnixNano": 7,
        "endTimeUnixNano": 9,
        "attributes": [{"key": "a", "value": {"intValue": str(2**60)}}],
        "events": [{"name": "exception", "attributes": []}],
        "links": [{"traceId": "03" * 16, "spanId": "04" * 8}],
        "status": {"message": "no", "code": 2},
    }


def test_everything_made_is_counted() -> None:
    counted: list[int] = []
    inner = AnyValue()
    inner.array_value.values.extend([AnyValue(bool_value=True), AnyValue(string_value="")])
    found = pairs([KeyValue(key="a", value=inner), KeyValue(key="b")], counted.append)
    values = [{"boolValue": True}, {"stringValue": ""}]
    assert found == [{"key": "a", "value": {"arrayValue": {"values": values}}}, {"key": "b"}]
    assert sum(counted) == 6
