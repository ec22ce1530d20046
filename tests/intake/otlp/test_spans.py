from __future__ import annotations

import orjson
import pytest

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.spans import draft
from tests.intake.requests import PARENT, SPAN, START, TRACE, pairs, span


def drafted(**changes: object) -> Draft:
    return draft(span(**changes), "s", {"service.name": "svc", "both": "resource"}, Context())


def test_a_span() -> None:
    found = drafted(
        parentSpanId=PARENT,
        kind=3,
        endTimeUnixNano=START + 5,
        status={"code": 2, "message": "failed"},
        attributes=pairs(both="span", gen__ai_tool_name="send"),
    )
    assert (found.id, found.trace_id, found.span_id, found.parent_span_id) == (
        f"{TRACE}:{SPAN}",
        TRACE,
        SPAN,
        PARENT,
    )
    assert found.time == START
    assert found.attributes == {
        "service.name": "svc",
        "both": "span",
        "gen_ai.tool.name": "send",
        "otel.span.name": "work",
        "otel.span.kind": "client",
        "otel.status_code": "error",
        "otel.status_message": "failed",
        "otel.duration_ns": 5,
    }


def test_a_lone_span_without_anything() -> None:
    found = draft({"traceId": TRACE, "spanId": SPAN}, "s", {}, Context())
    assert (found.time, found.parent_span_id) == (0, None)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("SPAN_KIND_SERVER", "server"),
        (1, "internal"),
        (99, "unspecified"),
        ("new", "unspecified"),
        (None, "unspecified"),
    ],
)
def test_kinds(kind: object, word: str) -> None:
    assert drafted(kind=kind).attributes["otel.span.kind"] == word


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"traceId": None}, "trace id or span id is missing"),
        ({"spanId": "0" * 16}, "trace id or span id is missing"),
        ({"startTimeUnixNano": "soon"}, "s.startTimeUnixNano"),
        ({"attributes": {}}, "s.attributes"),
        ({"status": 1}, "s.status"),
        ({"events": 1}, "s.events"),
        ({"links": 1}, "s.links"),
    ],
)
def test_broken_spans_are_named(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError) as error:
        drafted(**changes)
    assert cause in error.value.cause


def test_events_of_the_span_become_its_own_attributes() -> None:
    events = [
        {"name": "exception", "attributes": pairs(exception_type="IOError", both="no")},
        {"name": "gen_ai.user.message", "attributes": pairs(content="hello")},
        {"name": "note"},
        "junk",
    ]
    found = drafted(events=events).attributes
    assert found["exception.type"] == "IOError"
    assert found["both"] == "resource"
    assert found["otel.events"] == ["exception", "gen_ai.user.message", "note"]
    assert orjson.loads(str(found["gen_ai.input.messages"])) == [
        {"role": "user", "parts": [{"type": "text", "content": "hello"}]}
    ]


def test_links() -> None:
    found = drafted(links=[{"traceId": TRACE, "spanId": SPAN}, 5]).attributes
    assert found["otel.links"] == [f"{TRACE}:{SPAN}"]
