from __future__ import annotations

import json

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from pullcord.server.otlp_replies import JSON, PROTOBUF, media_of, status, success


@given(rejected=st.integers(1, 2**40), message=st.text(max_size=1_000))
def test_the_official_classes_read_a_partial_success(rejected: int, message: str) -> None:
    raw = success(PROTOBUF, rejected, message, "rejectedSpans")
    traces = ExportTraceServiceResponse.FromString(raw).partial_success
    assert (traces.rejected_spans, traces.error_message) == (rejected, message)
    logs = ExportLogsServiceResponse.FromString(raw).partial_success
    assert (logs.rejected_log_records, logs.error_message) == (rejected, message)


@given(code=st.integers(1, 16), message=st.text(max_size=1_000))
def test_the_official_class_reads_a_status(code: int, message: str) -> None:
    found = Status.FromString(status(PROTOBUF, code, message))
    assert (found.code, found.message) == (code, message)
    assert json.loads(status(JSON, code, message)) == {"code": code, "message": message}


def test_success_says_nothing_more() -> None:
    assert success(PROTOBUF, 0, "", "rejectedSpans") == b""
    assert success(JSON, 0, "", "rejectedSpans") == b"{}"


def test_a_long_message_is_cut() -> None:
    assert len(Status.FromString(status(PROTOBUF, 3, "x" * 5_000)).message) == 1_000


@pytest.mark.parametrize(
    ("sent", "media"),
    [
        ("application/x-protobuf", PROTOBUF),
        ("Application/X-Protobuf; v=1", PROTOBUF),
        ("application/json", JSON),
        ("", JSON),
    ],
)
def test_the_answer_has_the_encoding_of_the_request(sent: str, media: str) -> None:
    assert media_of(sent) == media
