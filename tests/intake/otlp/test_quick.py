from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from pullcord.intake.context import Limits
from pullcord.intake.otlp.assets import AssetFinder
from pullcord.intake.otlp.proto import Signal
from pullcord.intake.otlp.quick import QuickSpan, draft, finish, settle
from pullcord.intake.otlp.shared import spread
from pullcord.intake.otlp.spans import draft as carefully
from pullcord.model.event import Event, LogSource, Value
from tests.intake.otlp.made import LOGS, to_json
from tests.intake.otlp.test_request import LEAF
from tests.intake.otlp.ways import NOW, context, json_told, proto_told
from tests.intake.requests import SPAN, START, TRACE, logs, pairs, span


def quick_span(attributes: dict[str, Value], **changes: Any) -> QuickSpan:  # noqa: ANN401
    fields: dict[str, Any] = {
        "trace": TRACE,
        "own": SPAN,
        "parent": None,
        "name": "work",
        "kind": "client",
        "start": START,
        "end": 0,
        "code": "unset",
        "message": "",
        "attributes": attributes,
        "size": 100,
    }
    return QuickSpan(**fields | changes)


def event(found: QuickSpan, shared: dict[str, Value], **limits: int) -> Event:
    ctx = context(Limits(**limits))
    made = draft(found, "s", spread(shared), ctx)
    return finish(made, AssetFinder([made]), "d", ctx)


def test_a_span_with_what_it_shares() -> None:
    attributes: dict[str, Value] = {"gen_ai.request.model": "m", "user.id": "ann", "host.name": "mine"}
    shared: dict[str, Value] = {"service.name": "svc", "host.name": "theirs", "pullcord.site": "north"}
    found = event(quick_span(attributes, end=START + 5, message="no"), shared)
    assert (found.id, found.time, found.received, found.raw_digest) == (f"{TRACE}:{SPAN}", START, NOW, "d")
    assert found.logsource == LogSource(product="ai", category="llm", service="svc")
    assert (found.site, found.asset, found.actor) == ("north", "svc", "ann")
    assert list(found.attributes.items()) == [
        ("service.name", "svc"),
        ("host.name", "mine"),
        ("pullcord.site", "north"),
        ("gen_ai.request.model", "m"),
        ("user.id", "ann"),
        ("otel.span.name", "work"),
        ("otel.span.kind", "client"),
        ("otel.status_code", "unset"),
        ("otel.status_message", "no"),
        ("otel.duration_ns", 5),
        ("gen_ai.operation.name", "chat"),
    ]
    assert shared == {"service.name": "svc", "host.name": "theirs", "pullcord.site": "north"}


def test_what_happened_within_a_span() -> None:
    told = [{"name": "exception", "attributes": pairs(exception_type="Timeout", tool_name="t")}]
    found = event(quick_span({"openinference.span.kind": "TOOL"}, more={"events": told}), {})
    assert found.attributes["exception.type"] == "Timeout"
    assert found.attributes["gen_ai.tool.name"] == "t"
    assert found.logsource.category == "tool"


def test_a_span_over_a_bound_is_cut() -> None:
    assert (
        len(event(quick_span({f"n{number}": number for number in range(9)}), {}, max_attributes=4).attributes)
        == 4
    )
    assert len(str(event(quick_span({"a": "x" * 900}, size=900), {}, max_event=300).attributes["a"])) < 300
    large = spread({"b": "x" * 900})
    ctx = context(Limits(max_event=300))
    made = draft(quick_span({}, size=1), "s", large, ctx)
    finish(made, AssetFinder([made]), "d", ctx)
    assert ctx.counters.truncated > 0


@pytest.mark.parametrize(
    "attributes",
    [pairs(gen__ai_tool_name="t"), pairs(llm_model__name="m", user_id="u"), pairs(pullcord_site="n"), []],
)
def test_a_settled_draft_is_under_present_names(attributes: list[dict[str, object]]) -> None:
    ctx = context()
    plain = carefully(span(attributes=attributes), "s", {"service.name": "svc"}, ctx)
    found = settle(plain, ctx)
    assert (found.id, found.time) == (f"{TRACE}:{SPAN}", START)
    told = json_told(logs({"attributes": attributes}), careful=True)
    assert json_told(logs({"attributes": attributes}), careful=False) == told


@settings(max_examples=150, deadline=None)
@given(message=LOGS)
def test_log_records_are_read_as_by_the_careful_way(message: ExportLogsServiceRequest) -> None:
    raw = message.SerializeToString()
    assert proto_told(raw, careful=False, signal=Signal.LOGS) == proto_told(
        raw, careful=True, signal=Signal.LOGS
    )
    assert json_told(to_json(message), careful=False) == json_told(to_json(message), careful=True)


@settings(max_examples=150, deadline=None)
@given(leaves=st.lists(LEAF, max_size=3))
def test_odd_log_records_are_read_as_by_the_careful_way(leaves: list[dict[str, object]]) -> None:
    assert json_told(logs(*leaves), careful=False) == json_told(logs(*leaves), careful=True)
