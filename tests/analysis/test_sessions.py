from __future__ import annotations

import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.messages import MAX_TEXT
from pullcord.analysis.sessions import MAX_CALLS, build_session
from pullcord.model.event import Event, LogSource
from pullcord.model.session import AgentSession
from tests.seeds import printed

GENAI = LogSource(category="llm")


def said(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text} for text in texts]}


def span(time: int, operation: str, **fields: Any) -> Event:  # noqa: ANN401  (attributes of any type)
    """A span; ``tool_name="x"`` stands for the attribute ``gen_ai.tool.name``."""
    names = {
        "system": "gen_ai.system_instructions",
        "input": "gen_ai.input.messages",
        "output": "gen_ai.output.messages",
        "tool": "gen_ai.tool.name",
        "call": "gen_ai.tool.call.id",
        "arguments": "gen_ai.tool.call.arguments",
        "result": "gen_ai.tool.call.result",
        "error": "error.type",
    }
    attributes = {names[name]: value for name, value in fields.items() if name in names}
    own = {name: value for name, value in fields.items() if name not in names}
    return Event(
        id=f"t:{time}",
        time=time,
        logsource=GENAI,
        attributes={
            "gen_ai.operation.name": operation,
            **{k: v if isinstance(v, str) else json.dumps(v) for k, v in attributes.items()},
        },
        trace_id="t",
        span_id=f"s{time}",
        **own,
    )


def chat(time: int, *inputs: dict[str, Any], output: object = "ok", **fields: Any) -> Event:  # noqa: ANN401
    return span(time, "chat", input=list(inputs), output=output, **fields)


def tool(time: int, **fields: Any) -> Event:  # noqa: ANN401  (attributes of any type)
    return span(time, "execute_tool", **{"tool": "read_mail", "arguments": {"n": 1}, "result": "r", **fields})


def recorded() -> list[Event]:
    """Two user turns, three model steps, four calls; every span carries the whole history."""
    first, second = said("user", "read my mail"), said("user", "now write it")
    return [
        span(0, "invoke_agent", input=[first], asset="desk-helper", actor="jo"),
        chat(1, said("system", "be brief"), first, output=[said("assistant", "I look")], system="own rules"),
        tool(2),
        tool(3, tool="read_file"),
        chat(4, first, said("assistant", "I look"), second, output=[said("assistant", "I write")]),
        tool(5, tool="write_file"),
        chat(6, first, said("assistant", "I look"), second, said("assistant", "I write"), output=[]),
        tool(7, tool="send_mail", error="timeout"),
    ]


def test_a_session_is_put_back_together() -> None:
    session = build_session(recorded())
    assert session.users == ("read my mail", "now write it")
    assert session.system == "own rules\nbe brief"
    assert session.outputs == ("I look", "I write", "")
    assert [(call.tool, call.position, call.step, call.turn) for call in session.calls] == [
        ("read_mail", 0, 0, 0),
        ("read_file", 1, 0, 0),
        ("write_file", 2, 1, 1),
        ("send_mail", 3, 2, 1),
    ]
    assert [call.failed for call in session.calls] == [False, False, False, True]
    assert (session.trace_id, session.asset, session.actor) == ("t", "desk-helper", "jo")
    assert (session.first_time, session.last_time) == (0, 7)
    assert session.missing == ()


@given(st.randoms(use_true_random=False), st.integers(0, 4))
def test_spans_in_any_order_and_twice_over_give_the_same_session(shuffle: random.Random, twice: int) -> None:
    events = recorded()
    mixed = [*events, *events[:twice]]
    shuffle.shuffle(mixed)
    assert build_session(mixed) == build_session(events)


@pytest.mark.parametrize(
    ("inputs", "users"),
    [
        ([["a"], ["a"], ["a"]], ("a",)),
        ([["a"], ["a", "b"], ["a", "b", "c"]], ("a", "b", "c")),
        ([["a"], [" a\n "], ["a  "]], ("a",)),
        ([["a"], ["b"], ["a"]], ("a", "b")),
        ([[""], ["  "], []], ()),
    ],
)
def test_only_a_text_not_seen_before_starts_a_turn(inputs: list[list[str]], users: tuple[str, ...]) -> None:
    events = [chat(n, *(said("user", text) for text in texts)) for n, texts in enumerate(inputs)]
    assert build_session(events).users == users


def test_without_model_steps_every_call_is_its_own() -> None:
    session = build_session([tool(n) for n in range(3)])
    assert [call.step for call in session.calls] == [0, 1, 2]
    assert any("No model step" in reason for reason in session.missing)
    assert any("No message of the user" in reason for reason in session.missing)


def test_arguments_and_results_are_looked_up_by_call_id_before_and_after() -> None:
    asked = {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "arguments": {"to": "jo"}}]}
    told = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "sent"}]}
    events = [
        chat(0, said("user", "go"), output=[asked]),
        span(1, "execute_tool", tool="send", call="c1"),
        span(2, "execute_tool", tool="send", call="c2"),
        chat(3, said("user", "go"), told, output=[]),
    ]
    first, second = build_session(events).calls
    assert (first.arguments, first.result) == ({"to": "jo"}, "sent")
    assert (second.arguments, second.result) == (None, None)


def test_what_the_own_span_says_comes_before_what_messages_say() -> None:
    told = {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "other"}]}
    (call,) = build_session([tool(0, call="c1", result="own"), chat(1, told)]).calls
    assert call.result == "own"


def test_where_content_was_not_captured_it_says_so() -> None:
    session = build_session([span(0, "chat"), span(1, "execute_tool", tool="a"), tool(2)])
    assert (session.calls[0].arguments, session.calls[0].result) == (None, None)
    assert session.calls[1].arguments == {"n": "1"}
    assert session.missing == (
        "The arguments of 1 of 2 tool calls were not captured.",
        "The results of 1 of 2 tool calls were not captured.",
        "No message of the user was captured.",
    )


def test_no_events_and_foreign_events_are_an_empty_session_that_says_so() -> None:
    assert build_session([]) == AgentSession(trace_id="", calls=(), missing=("There were no events.",))
    other = Event(id="x", time=1, logsource=LogSource(category="firewall"), attributes={"a": 1})
    session = build_session([other])
    assert session.calls == ()
    assert "No tool call was recorded." in session.missing


@pytest.mark.parametrize(
    ("category", "attributes", "calls", "steps"),
    [
        ("tool", {}, 1, 0),
        (None, {"gen_ai.tool.name": "x"}, 1, 0),
        ("llm", {}, 0, 1),
        (None, {"gen_ai.operation.name": "generate_content"}, 0, 1),
        ("agent", {}, 0, 0),
        ("tool", {"gen_ai.operation.name": "chat"}, 0, 1),
    ],
)
def test_what_a_span_is(category: str | None, attributes: dict[str, str], calls: int, steps: int) -> None:
    event = Event(id="x", time=1, logsource=LogSource(category=category), attributes=attributes)
    session = build_session([event])
    assert (len(session.calls), len(session.outputs)) == (calls, steps)


HOSTILE = st.sampled_from(
    [
        "",
        "{",
        "[[[[",
        "[" * 50_000,
        '{"role": 7, "parts": {"a": 1}}',
        '[{"role": null, "content": [null, 1, {"type": "tool_call", "id": {}}]}]',
        '[{"parts": [{"type": "tool_result", "tool_use_id": "c", "content": [[[{}]]]}]}]',
        '"\\ud800"',
        "\x00\ud800",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "gen_ai.operation.name",
            "gen_ai.system_instructions",
            "gen_ai.input.messages",
            "gen_ai.output.messages",
            "gen_ai.tool.name",
            "gen_ai.tool.call.id",
            "gen_ai.tool.call.arguments",
            "gen_ai.tool.call.result",
            "error.type",
        ]
    ),
    HOSTILE
    | st.sampled_from(["chat", "execute_tool", "invoke_agent", "c"])
    | st.text(st.characters(), max_size=20)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(st.text(max_size=5), max_size=3),
)


@given(st.lists(st.tuples(ATTRIBUTES, st.integers(-(2**63), 2**63 - 1)), max_size=8))
def test_whatever_attributes_hold_a_session_comes_out(drawn: list[tuple[dict[str, Any], int]]) -> None:
    events = [
        Event(id=str(n), time=time, logsource=GENAI, attributes=attributes)
        for n, (attributes, time) in enumerate(drawn)
    ]
    session = build_session(events)
    assert [call.position for call in session.calls] == list(range(len(session.calls)))
    for call in session.calls:
        assert 0 <= call.turn <= max(0, len(session.users) - 1)
        assert 0 <= call.step < len(events)
    assert [call.time for call in session.calls] == sorted(call.time for call in session.calls)
    unseen = any(call.arguments is None or call.result is None for call in session.calls)
    assert bool(session.missing) or not unseen


def test_calls_are_bounded_and_the_rest_is_counted() -> None:
    session = build_session([tool(n) for n in range(MAX_CALLS + 7)])
    assert MAX_CALLS == 5_000
    assert len(session.calls) == MAX_CALLS
    assert f"7 tool calls beyond the first {MAX_CALLS} were left out." in session.missing


def test_results_are_bounded_one_by_one_and_together() -> None:
    session = build_session([tool(n, result="a" * (MAX_TEXT + 1)) for n in range(34)])
    lengths = [len(call.result or "") for call in session.calls]
    assert lengths == [MAX_TEXT] * 32 + [0, 0]
    assert session.calls[-1].result is None
    assert "34 tool results were longer than what is kept of them." in session.missing
    assert "The results of 2 of 34 tool calls were not captured." in session.missing


def test_a_session_does_not_hang_on_the_seed_of_hashes() -> None:
    data = msgspec.json.encode(recorded())
    program = (
        "import msgspec\n"
        "from pullcord.analysis.sessions import build_session\n"
        "from pullcord.model.event import Event\n"
        f"print(msgspec.json.encode(build_session(msgspec.json.decode({data!r}, type=list[Event]))))\n"
    )
    assert len(printed(program)) == 1
