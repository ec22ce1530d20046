from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis import sessions
from pullcord.analysis.sessions import build_session
from tests.analysis.traces import ORDER, chat, event, tool

ANSWER = json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": "Looking."}]}])
SPANS = [
    chat(1, ORDER, **{"gen_ai.output.messages": ANSWER, "gen_ai.system_instructions": "Be brief."}),
    tool(2, "list_work_orders", '{"machine": {"line": 4, "names": ["press", "ram"]}}', "none"),
    chat(3, None),
    tool(4, "close_order", "WO-7", "error", **{"error.type": "Timeout"}),
]


def test_spans_in_any_order_make_the_same_session() -> None:
    shuffled = SPANS * 2  # and delivered twice
    random.Random(3).shuffle(shuffled)
    built = build_session(shuffled)
    assert built == build_session(SPANS)
    first, second = built.calls
    assert (first.step, second.step, first.failed, second.failed) == (0, 1, False, True)
    assert first.arguments == {"machine.line": "4", "machine.names.0": "press", "machine.names.1": "ram"}
    assert second.arguments == {"$": "WO-7"}
    assert (built.users, built.system, built.outputs) == ((ORDER,), "Be brief.", ("Looking.", ""))
    assert (built.first_time, built.last_time, built.missing) == (1_000_000_000, 4_000_000_000, ())


def test_a_turn_is_a_new_user_message_whether_history_is_repeated_or_not() -> None:
    def history(*texts: str) -> str:
        return json.dumps([{"role": "user", "content": text} for text in texts])

    only_new = [chat(1, "one"), tool(2, "a", "{}", ""), chat(3, "two"), tool(4, "b", "{}", "")]
    whole = [
        chat(1, **{"gen_ai.input.messages": history("one")}),
        tool(2, "a", "{}", ""),
        chat(3, **{"gen_ai.input.messages": history("one", "two")}),
        tool(4, "b", "{}", ""),
        chat(5, **{"gen_ai.input.messages": history("one", "two", "one")}),
        tool(6, "c", "{}", ""),
    ]
    assert build_session(only_new).users == build_session(whole).users == ("one", "two")
    assert [call.turn for call in build_session(whole).calls] == [0, 1, 1]


def test_content_a_tool_span_lacks_is_found_in_the_messages_by_call_id() -> None:
    request = [{"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "arguments": {"line": 4}}]}]
    answer = [{"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": {"ok": True}}]}]
    built = build_session(
        [
            chat(1, ORDER, **{"gen_ai.output.messages": json.dumps(request)}),
            tool(2, "get_recipe", None, None, **{"gen_ai.tool.call.id": "c1"}),
            chat(3, **{"gen_ai.input.messages": json.dumps(answer)}),
        ]
    )
    assert (built.calls[0].arguments, built.calls[0].result) == ({"line": "4"}, '{"ok":true}')


def test_what_was_not_captured_is_named_and_never_guessed() -> None:
    built = build_session([chat(1), tool(2, "get_recipe", None, None), tool(3, "get_recipe", "{}", None)])
    assert [call.arguments for call in built.calls] == [None, {}]
    assert built.missing == (
        "The arguments of 1 of 2 tool calls were not captured.",
        "The results of 2 of 2 tool calls were not captured.",
        "No message of the user was captured.",
    )
    assert build_session([]).missing == ("There were no events.",)


def test_without_model_steps_every_call_is_its_own_step() -> None:
    built = build_session([tool(1, "a", "{}", "x"), tool(2, "b", "{}", "y")])
    assert [call.step for call in built.calls] == [0, 1]
    assert "every tool call counts as its own step" in " ".join(built.missing)


def test_bounds_bite_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MAX_CALLS", 2)
    monkeypatch.setattr(sessions, "MAX_SESSION_TEXT", 10)
    built = build_session([chat(1, ORDER), *(tool(n, "a", "{}", "x" * 8) for n in range(2, 6))])
    assert [call.result for call in built.calls] == ["x" * 8, "xx"]
    assert "2 tool calls beyond the first 2 were left out." in built.missing
    assert "1 tool results were longer than what is kept of them." in built.missing


DEEP = '[{"role": "user", "parts": ' + "[" * 50_000 + "]" * 50_000 + "}]"


@pytest.mark.parametrize("hostile", [DEEP, "[[[{", "\x00", "[null, 7, {}]", '[{"parts": 3}]', "[" + "1," * 9])
def test_hostile_messages_do_no_harm(hostile: str) -> None:
    names = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions")
    built = build_session([chat(1, **dict.fromkeys(names, hostile)), tool(2, "a", hostile, hostile)])
    assert built.calls[0].result == hostile


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["role", "parts", "content", "type", "id", "text", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(value=JSON, other=st.lists(st.text(max_size=5), max_size=3))
def test_any_content_makes_a_session(value: object, other: list[str]) -> None:
    text = json.dumps(value)
    built = build_session(
        [
            chat(1, **{"gen_ai.input.messages": text, "gen_ai.output.messages": other}),
            tool(2, "a", text, text),
            event(3, "agent", {"gen_ai.system_instructions": text}),
            event(4, "weather", {"gen_ai.tool.call.result": text}),
        ]
    )
    assert len(built.calls) == 1
    assert all(isinstance(leaf, str) for leaf in (built.calls[0].arguments or {}).values())
