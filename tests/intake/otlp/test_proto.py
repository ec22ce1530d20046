from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from pullcord.intake.context import Context, Limits
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp import proto, request
from pullcord.intake.otlp.proto import Signal
from pullcord.intake.protobuf import field
from pullcord.model.event import Event, SourceTrust
from pullcord.model.noun import digest_bytes
from tests.intake.otlp.made import LOGS, TRACES, to_json

CTX = Context(source="gateway", received=1_780_000_000_000_000_000, trust=SourceTrust.AUTHENTICATED)


def context(**limits: int) -> Context:
    return Context(limits=Limits(**limits))


def both(message: Any, signal: Signal) -> tuple[list[Event], list[Event], int, int]:  # noqa: ANN401
    plain, plain_problems = request.decode(to_json(message), CTX)
    packed, problems = proto.decode(message.SerializeToString(), signal, CTX)
    bare = [msgspec.structs.replace(event, raw_digest="") for event in plain]
    return (
        bare,
        [msgspec.structs.replace(event, raw_digest="") for event in packed],
        len(plain_problems),
        len(problems),
    )


@settings(max_examples=60, deadline=None)
@given(message=TRACES)
def test_spans_are_the_same_in_both_encodings(message: ExportTraceServiceRequest) -> None:
    plain, packed, plain_problems, problems = both(message, Signal.TRACES)
    assert packed == plain
    assert problems == plain_problems


@settings(max_examples=60, deadline=None)
@given(message=LOGS)
def test_log_records_are_the_same_in_both_encodings(message: ExportLogsServiceRequest) -> None:
    plain, packed, plain_problems, problems = both(message, Signal.LOGS)
    assert packed == plain
    assert problems == plain_problems


def packed(*spans: bytes) -> bytes:
    """A request around the bytes of spans."""
    return field(1, field(2, b"".join(field(2, span) for span in spans)))


GOOD = b"\x0a\x10" + b"t" * 16 + b"\x12\x08" + b"s" * 8


def test_ids_are_hexadecimal_and_the_digest_is_of_the_body() -> None:
    raw = packed(GOOD)
    (event,), problems = proto.decode(raw, Signal.TRACES, CTX)
    assert event.id == f"{'74' * 16}:{'73' * 8}"
    assert (event.source, event.trust, event.raw_digest) == ("gateway", CTX.trust, digest_bytes(raw))
    assert problems == []


@pytest.mark.parametrize("broken", [b"\x0a\xff", b"\x2a\x02\xff\xfe", b"\x0b", b"\x0a\x10t"])
def test_one_broken_span_leaves_the_others(broken: bytes) -> None:
    found, problems = proto.decode(packed(GOOD, broken, GOOD), Signal.TRACES, CTX)
    assert len(found) == 2
    assert [problem.cause.split(":")[0] for problem in problems] == [
        "resourceSpans[0].scopeSpans[0].spans[1]"
    ]
    assert problems[0].cure


@pytest.mark.parametrize("raw", [b"\xff", b"\x0a\x05ab", b"\x0a", b"\x0b\x0c", b"{}"])
def test_a_request_that_is_no_protobuf(raw: bytes) -> None:
    with pytest.raises(UnreadableRecordError, match="no valid protobuf"):
        proto.decode(raw, Signal.TRACES, CTX)


@given(raw=st.binary(max_size=200), signal=st.sampled_from(Signal))
def test_any_bytes_are_events_or_a_complaint(raw: bytes, signal: Signal) -> None:
    try:
        found, problems = proto.decode(raw, signal, CTX)
    except UnreadableRecordError:
        assert raw
    else:
        assert all(isinstance(event, Event) for event in found)
        assert all(problem.cure for problem in problems)


@given(cut=st.integers(0, 400), message=TRACES)
@settings(max_examples=100, deadline=None)
def test_a_request_cut_short(cut: int, message: ExportTraceServiceRequest) -> None:
    whole = message.SerializeToString()
    try:
        found, _ = proto.decode(whole[:cut], Signal.TRACES, CTX)
    except UnreadableRecordError:
        assert cut < len(whole)
    else:
        assert len(found) <= len(proto.decode(whole, Signal.TRACES, CTX)[0])


def test_nesting_deeper_than_protobuf_goes_hides_nothing() -> None:
    value = b"\x0a\x01x"
    for _ in range(600):
        value = field(5, field(1, value))
    span = GOOD + field(9, field(1, b"deep") + field(2, value))
    ctx = context()
    ((event,), problems) = proto.decode(packed(span), Signal.TRACES, ctx)
    assert (event.id, problems, ctx.counters.truncated) == (f"{'74' * 16}:{'73' * 8}", [], 1)
    assert str(event.attributes["deep"]).startswith("[[[")


def test_empty_messages_cannot_fill_the_memory() -> None:
    spans = packed(*[b""] * 50)
    assert len(proto.decode(spans, Signal.TRACES, context(max_containers=60))[1]) == 50
    with pytest.raises(UnreadableRecordError, match="more than 40 messages in one request"):
        proto.decode(spans, Signal.TRACES, context(max_containers=40))
    events = packed(GOOD + b"\x5a\x00" * 30)
    with pytest.raises(UnreadableRecordError, match="more than 20 messages in one request"):
        proto.decode(events, Signal.TRACES, context(max_containers=20))


def test_bounds_on_attributes_hold() -> None:
    message = ExportTraceServiceRequest()
    span = message.resource_spans.add().scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    for number in range(30):
        span.attributes.add(key=f"made.up.{number}").value.int_value = number
    ctx = context(max_attributes=10)
    ((event,), _) = proto.decode(message.SerializeToString(), Signal.TRACES, ctx)
    assert len(event.attributes) == 10
    assert ctx.counters.dropped > 0


def test_a_resource_in_two_parts_is_merged_as_protobuf_does() -> None:
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "copilot"
    group.scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    first = group.SerializeToString()
    whole = field(1, first + field(1, group.resource.SerializeToString()))
    assert len(ExportTraceServiceRequest.FromString(whole).resource_spans[0].resource.attributes) == 2
    ((event,), problems) = proto.decode(whole, Signal.TRACES, CTX)
    assert (event.asset, problems) == ("copilot", [])
