from __future__ import annotations

import time
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.request import decode
from pullcord.model.event import LogSource
from tests.intake.requests import PARENT, SPAN, START, TRACE, logs, pairs, span, traces


def test_spans_get_logsource_asset_actor_and_site() -> None:
    agent = span(
        spanId=PARENT, attributes=pairs(gen__ai_operation_name="invoke_agent", gen__ai_agent_name="planner")
    )
    tool = span(
        parentSpanId=PARENT,
        attributes=pairs(gen__ai_operation_name="execute_tool", user_id="ann", pullcord_site="north"),
    )
    found, problems = decode(traces(tool, agent, resource=pairs(service_name="svc")), Context(source="f"))
    assert problems == []
    assert found[0].logsource == LogSource(product="ai", category="tool", service="svc")
    assert (found[0].asset, found[0].actor, found[0].site) == ("planner", "ann", "north")
    assert found[0].attributes["otel.scope.name"] == "lib"
    assert (found[0].id, found[0].source) == (f"{TRACE}:{SPAN}", "f")
    assert found[1].logsource.category == "agent"
    assert len(found[0].raw_digest) == 64


def test_old_conventions_arrive_under_present_names() -> None:
    tool = span(attributes=pairs(openinference_span_kind="TOOL", tool_name="send", input_value="{}"))
    (event,), _ = decode(traces(tool), Context())
    assert event.logsource.category == "tool"
    assert event.attributes["gen_ai.tool.call.arguments"] == "{}"


def test_traces_and_logs_in_one_record() -> None:
    data = orjson.loads(traces(span())) | orjson.loads(
        logs({"body": {"stringValue": "x"}, "timeUnixNano": START})
    )
    found, problems = decode(orjson.dumps(data), Context())
    assert [event.id.startswith("log:") for event in found] == [False, True]
    assert problems == []


def test_a_broken_span_does_not_take_its_neighbours_with_it() -> None:
    found, problems = decode(traces(span(), span(spanId=""), 5, span(spanId=PARENT)), Context())
    assert [event.span_id for event in found] == [SPAN, PARENT]
    assert [problem.cause.split(":")[0] for problem in problems] == [
        "resourceSpans[0].scopeSpans[0].spans[1]",
        "resourceSpans[0].scopeSpans[0].spans[2]",
    ]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"resourceSpans": 5}, "resourceSpans"),
        ({"resourceSpans": [5]}, "resourceSpans[0]"),
        ({"resourceSpans": [{"resource": 5}]}, "resourceSpans[0].resource"),
        ({"resourceSpans": [{"scopeSpans": 5}]}, "resourceSpans[0].scopeSpans"),
        ({"resourceLogs": [{"scopeLogs": [{"logRecords": 5}]}]}, "resourceLogs[0].scopeLogs[0].logRecords"),
    ],
)
def test_broken_structure_is_named(data: object, place: str) -> None:
    found, problems = decode(orjson.dumps(data), Context())
    assert found == []
    assert [problem.cause.split(":")[0] for problem in problems] == [place]


def test_before_scopes_were_called_scopes() -> None:
    old = {"instrumentationLibrary": {"name": "lib"}, "spans": [span()]}
    data = {"resourceSpans": [{"instrumentationLibrarySpans": [old]}]}
    (event,), _ = decode(orjson.dumps(data), Context())
    assert event.attributes["otel.scope.name"] == "lib"


def test_no_object_is_refused() -> None:
    with pytest.raises(UnreadableRecordError):
        decode(b"[]", Context())


def test_thirty_megabytes_in_four_seconds() -> None:
    text = "word " * 800
    one = [
        span(spanId=f"{n + 1:016x}", attributes=pairs(gen__ai_tool_name="t", a=1, text=text))
        for n in range(40)
    ]
    line = traces(*one)
    start, size = time.process_time(), 0
    while size < 30_000_000:
        size += len(line)
        assert len(decode(line, Context())[0]) == 40
    assert time.process_time() - start < 4


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "traceId",
    "spanId",
    "parentSpanId",
    "name",
    "kind",
    "startTimeUnixNano",
    "endTimeUnixNano",
    "attributes",
]
FIELDS += [
    "events",
    "links",
    "status",
    "body",
    "timeUnixNano",
    "observedTimeUnixNano",
    "eventName",
    "severityText",
]
ANY_VALUE = st.dictionaries(
    st.sampled_from(
        ["stringValue", "intValue", "doubleValue", "boolValue", "bytesValue", "arrayValue", "kvlistValue"]
    ),
    JSON,
    max_size=2,
)
PAIR = st.fixed_dictionaries(
    {
        "key": st.text(max_size=5)
        | st.sampled_from(["gen_ai.prompt.0.content", "llm.input_messages.1.message.role", "service.name"]),
        "value": ANY_VALUE | JSON,
    }
)
EVENT = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            ["gen_ai.choice", "gen_ai.tool.message", "exception", "gen_ai.content.prompt"]
        ),
        "attributes": st.lists(PAIR, max_size=3) | JSON,
    }
)
LEAF = st.fixed_dictionaries(
    {"traceId": st.just(TRACE) | JSON, "spanId": st.just(SPAN) | JSON},
    optional={
        "attributes": st.lists(PAIR, max_size=4),
        "events": st.lists(EVENT, max_size=3),
        "body": ANY_VALUE,
    },
) | st.dictionaries(st.sampled_from(FIELDS), JSON)


@given(st.lists(LEAF, max_size=3), st.sampled_from([traces, logs]))
def test_any_leaf_gives_events_or_problems(leaves: list[dict[str, object]], build: type[bytes]) -> None:
    found, problems = decode(build(*leaves), Context())
    assert len(found) + len(problems) == len(leaves)
    assert orjson.dumps([dict(event.attributes) for event in found])


@given(st.binary() | JSON.map(orjson.dumps))
def test_any_bytes(data: bytes) -> None:
    with suppress(UnreadableRecordError):
        assert isinstance(decode(data, Context()), tuple)
