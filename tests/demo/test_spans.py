from __future__ import annotations

import json

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext

from pullcord.demo.spans import SessionSpans, make_tracer
from pullcord.demo.story import AGENT, SITE, SYSTEM
from tests.recordings.session import SessionWriter


def context_of(span: ReadableSpan) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


def session() -> tuple[list[ReadableSpan], list[str]]:
    kept = InMemorySpanExporter()
    parents: list[str] = []

    def carry_out(traceparent: str) -> str:
        parents.append(traceparent)
        return "found"

    with SessionSpans(make_tracer(kept), "look it up", think=0.001) as spans:
        assert spans.call("search", {"q": "x"}, carry_out) == "found"
        spans.answer("done")
    return list(kept.get_finished_spans()), parents


def test_they_are_what_the_recording_says() -> None:
    written = SessionWriter(name="one", agent=AGENT, start=0, user="look it up", system=SYSTEM)
    line = json.loads(written.call("search", {"q": "x"}, "found").answer("done").line())
    recorded = line["resourceSpans"][0]["scopeSpans"][0]["spans"]
    live, _ = session()
    assert [span.name for span in live] == [span["name"] for span in recorded]
    for now, then in zip(live, recorded, strict=True):
        assert set(now.attributes or {}) == {item["key"] for item in then["attributes"]}
    assert live[0].resource.attributes["service.name"] == AGENT
    assert live[0].resource.attributes["pullcord.site"] == SITE


def test_one_trace_root_last_and_the_call_knows_its_result() -> None:
    (first, tool, last, root), (parent,) = session()
    ids = {context_of(span).trace_id for span in (first, tool, last, root)}
    assert len(ids) == 1
    assert root.parent is None
    for span in (first, tool, last):
        assert span.parent is not None
        assert span.parent.span_id == context_of(root).span_id
    context = context_of(tool)
    assert parent == f"00-{context.trace_id:032x}-{context.span_id:016x}-01"
    (asked,) = json.loads(str((first.attributes or {})["gen_ai.output.messages"]))[0]["parts"]
    (seen,) = json.loads(str((last.attributes or {})["gen_ai.input.messages"]))[0]["parts"]
    assert asked["id"] == seen["id"] == (tool.attributes or {})["gen_ai.tool.call.id"]
    assert seen["response"] == "found"


def test_a_session_has_to_begin() -> None:
    with pytest.raises(RuntimeError):
        _ = SessionSpans(make_tracer(InMemorySpanExporter()), "x").trace_id
