from __future__ import annotations

from hypothesis import given
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from pullcord.intake.otlp.lean import lean_span
from tests.intake.otlp.made import SPANS


def test_fields_are_those_of_opentelemetry() -> None:
    full, lean = Span.DESCRIPTOR.fields_by_name, lean_span().DESCRIPTOR.fields_by_name
    assert {name: field.number for name, field in lean.items()} == {
        name: field.number for name, field in full.items()
    }
    for name, field in lean.items():
        if full[name].message_type is None and full[name].enum_type is None:
            assert field.type == full[name].type
            assert field.is_repeated == full[name].is_repeated


@given(span=SPANS)
def test_what_it_keeps_as_bytes_is_what_was_sent(span: Span) -> None:
    found = lean_span().FromString(span.SerializeToString())
    assert (found.trace_id, found.name, found.kind) == (span.trace_id, span.name, span.kind)
    assert list(found.attributes) == [pair.SerializeToString() for pair in span.attributes]
    assert len(found.events) == len(span.events)
    assert list(found.status) == ([span.status.SerializeToString()] if span.HasField("status") else [])


def test_it_is_made_once() -> None:
    assert lean_span() is lean_span()
