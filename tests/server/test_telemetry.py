from __future__ import annotations

import gzip

import httpx
import orjson
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from pullcord.model.event import SourceTrust
from tests.server.fakes import FIELD, NOW, SOURCE, Client, House, bearer
from tests.server.live import running

RESOURCE = Resource({"service.name": "maintenance-copilot"})
LINE = {"id": "a", "time": "2026-06-01T08:00:00Z", "logsource": {"product": "ai"}, "attributes": {"x": 1}}
NDJSON, PROTO, JSON = "application/x-ndjson", "application/x-protobuf", "application/json"


def request(spans: int = 1, broken: int = 0) -> bytes:
    message = ExportTraceServiceRequest()
    scope = message.resource_spans.add().scope_spans.add()
    for number in range(spans):
        scope.spans.add(trace_id=bytes([number + 1]) * 16, span_id=b"s" * 8, name="work")
    for _ in range(broken):
        scope.spans.add(name="without ids")
    return bytes(message.SerializeToString())


def test_spans_of_the_real_exporter_arrive(house: House) -> None:
    with running(house) as url:
        exporter = OTLPSpanExporter(
            f"{url}/v1/traces", headers=bearer(SOURCE), compression=Compression.Gzip, timeout=10
        )
        provider = TracerProvider(resource=RESOURCE)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        with provider.get_tracer("lib").start_as_current_span("execute_tool x") as span:
            span.set_attribute("gen_ai.tool.name", "write_recipe")
            span.set_attribute("numbers", [1, 2, 3])
            span.set_attribute("share", 0.5)
        provider.shutdown()
    (event,) = house.intake.events
    context = span.get_span_context()
    assert event.id == f"{context.trace_id:032x}:{context.span_id:016x}"
    assert event.attributes["gen_ai.tool.name"] == "write_recipe"
    assert event.attributes["numbers"] == [1, 2, 3]
    assert event.attributes["share"] == 0.5
    assert (event.asset, event.logsource.category) == ("maintenance-copilot", "tool")
    assert (event.source, event.trust, event.received) == ("gateway", SourceTrust.AUTHENTICATED, NOW)


def test_logs_of_the_real_exporter_arrive(house: House) -> None:
    with running(house) as url:
        exporter = OTLPLogExporter(f"{url}/v1/logs", headers=bearer(FIELD), compression=Compression.Gzip)
        provider = LoggerProvider(resource=RESOURCE)
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
        provider.get_logger("lib").emit(
            LogRecord(
                timestamp=NOW,
                severity_number=SeverityNumber.WARN,
                severity_text="WARN",
                body="a recipe was written",
                attributes={"ot.node": "WI07.Limit"},
            )
        )
        provider.shutdown()
    (event,) = house.intake.events
    assert event.id.startswith("log:")
    assert event.time == NOW
    assert event.attributes["otel.log.body"] == "a recipe was written"
    assert event.attributes["ot.node"] == "WI07.Limit"
    assert (event.source, event.trust) == ("field", SourceTrust.ATTACKER_WRITABLE)


def test_success_is_empty_in_the_encoding_of_the_request(client: Client) -> None:
    proto = client.post("/v1/traces", content=request(), headers=bearer(SOURCE, content_type=PROTO))
    assert (proto.status_code, proto.headers["content-type"], proto.content) == (200, PROTO, b"")
    plain = client.post("/v1/logs", content=b"{}", headers=bearer(SOURCE, content_type=JSON))
    assert (plain.status_code, plain.headers["content-type"], plain.json()) == (200, JSON, {})


def test_a_broken_span_is_a_partial_success(client: Client, house: House) -> None:
    answer = client.post(
        "/v1/traces", content=request(2, broken=3), headers=bearer(SOURCE, content_type=PROTO)
    )
    found = ExportTraceServiceResponse.FromString(answer.content)
    assert answer.status_code == 200
    assert found.partial_success.rejected_spans == 3
    assert "trace id or span id is missing" in found.partial_success.error_message
    assert len(house.intake.events) == 2


def test_a_broken_log_is_a_partial_success_in_json(client: Client) -> None:
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}, 7]}]}]}
    answer = client.post("/v1/logs", content=orjson.dumps(body), headers=bearer(SOURCE, content_type=JSON))
    assert answer.json()["partialSuccess"]["rejectedLogRecords"] == "1"
    assert not ExportLogsServiceResponse.FromString(b"").HasField("partial_success")


def test_lines_are_accepted_counted_and_rejected_by_line(client: Client, house: House) -> None:
    second = LINE | {"id": "b"}
    body = b"\n".join([orjson.dumps(LINE), b"oops", b"", orjson.dumps(LINE), orjson.dumps(second)])
    answer = client.post("/api/v1/events", content=body, headers=bearer(SOURCE, content_type=NDJSON))
    found = answer.json()
    assert (found["accepted"], found["duplicates"], found["rejected_total"]) == (3, 0, 1)
    assert [line["line"] for line in found["rejected"]] == [2]
    again = client.post("/api/v1/events", content=body, headers=bearer(SOURCE, content_type=NDJSON))
    assert again.json()["duplicates"] == 3
    assert {event.id for event in house.intake.events} == {"a", "b"}


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress)]
)
def test_packed_lines(client: Client, encoding: str, pack: object) -> None:
    assert callable(pack)
    headers = bearer(SOURCE, content_type=NDJSON, content_encoding=encoding)
    answer = client.post("/api/v1/events", content=pack(orjson.dumps(LINE)), headers=headers)
    assert answer.json()["accepted"] == 1


def test_a_body_over_the_bound(client: Client, house: House) -> None:
    headers = bearer(SOURCE, content_type=NDJSON)
    announced = client.post("/api/v1/events", content=b" " * (1 << 20) + b"x", headers=headers)
    assert (announced.status_code, announced.json()["code"]) == (413, "PC-6003")
    parts = (b" " * (1 << 18) for _ in range(6))
    streamed = client.post("/api/v1/events", content=parts, headers=headers)
    assert (streamed.status_code, house.intake.events) == (413, [])


def test_a_body_up_to_the_bound(client: Client) -> None:
    body = b"\n".join([orjson.dumps(LINE | {"id": str(number)}) for number in range(8_000)])
    assert 1 << 19 < len(body) < 1 << 20
    answer = client.post("/api/v1/events", content=body, headers=bearer(SOURCE, content_type=NDJSON))
    assert answer.json()["accepted"] == 8_000


def test_a_bomb(client: Client) -> None:
    headers = bearer(SOURCE, content_type=NDJSON, content_encoding="gzip")
    answer = client.post("/api/v1/events", content=gzip.compress(b"\n" * (64 << 20)), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "PC-6003")


def test_when_intake_is_full_senders_are_told_to_come_again(client: Client, house: House) -> None:
    house.be_busy()
    otlp = client.post("/v1/traces", content=request(), headers=bearer(SOURCE, content_type=PROTO))
    assert (otlp.status_code, otlp.headers["retry-after"]) == (503, "1")
    assert b"PC-6101" in otlp.content
    lines = client.post(
        "/api/v1/events", content=orjson.dumps(LINE), headers=bearer(SOURCE, content_type=NDJSON)
    )
    assert (lines.status_code, lines.headers["retry-after"], lines.json()["code"]) == (429, "1", "PC-6101")


def test_an_unexpected_error_shows_nothing_of_the_inside(client: Client, house: House) -> None:
    house.intake.error = RuntimeError("/secret/place")
    answer = client.post(
        "/api/v1/events", content=orjson.dumps(LINE), headers=bearer(SOURCE, content_type=NDJSON)
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "PC-0000")
    assert "secret" not in answer.text


def test_a_foreign_content_type_or_encoding(client: Client) -> None:
    wrong = client.post("/api/v1/events", content=b"{}", headers=bearer(SOURCE, content_type="text/plain"))
    assert (wrong.status_code, wrong.json()["code"]) == (415, "PC-6004")
    headers = bearer(SOURCE, content_type=NDJSON, content_encoding="br")
    assert client.post("/api/v1/events", content=b"{}", headers=headers).status_code == 415


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.builds(lambda cut: request(3)[:cut], st.integers(0, 200)),
        st.builds(lambda cut, byte: request(2)[:cut] + byte, st.integers(0, 100), st.binary(max_size=9)),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=9),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["resourceSpans", "scopeSpans", "spans", "traceId", "id"]), inner
                )
            ),
        ).map(orjson.dumps),
    ),
    path=st.sampled_from(["/v1/traces", "/v1/logs", "/api/v1/events"]),
    media=st.sampled_from([PROTO, JSON, NDJSON, ""]),
    encoding=st.sampled_from(["", "gzip", "zstd", "deflate"]),
)
def test_no_body_is_an_internal_error(
    client: Client, body: bytes, path: str, media: str, encoding: str
) -> None:
    headers = bearer(SOURCE, content_type=media, content_encoding=encoding)
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code in {200, 400, 415}, answer.text


def test_the_real_exporter_survives_a_wrong_token(house: House) -> None:
    with running(house) as url:
        answer = httpx.post(
            f"{url}/v1/traces", content=request(), headers=bearer("nobody", content_type=PROTO)
        )
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROTO)
    assert house.intake.events == []
