from __future__ import annotations

import orjson

from pullcord.analysis.messages import messages
from pullcord.intake.context import Context, Limits
from pullcord.intake.messages import from_indexed, from_message_events
from pullcord.model.event import Value

CALLS = [{"id": "c1", "type": "function", "function": {"name": "send", "arguments": '{"to":"a"}'}}]


def read(found: dict[str, Value], side: str) -> list[dict[str, object]]:
    data = orjson.loads(str(found[f"gen_ai.{side}.messages"]))
    assert isinstance(data, list)
    return data


def test_message_events() -> None:
    found: dict[str, Value] = {}
    events: list[tuple[str, dict[str, object]]] = [
        ("gen_ai.system.message", {"content": "be good"}),
        ("gen_ai.user.message", {"content": [{"type": "text", "text": "hello"}]}),
        ("gen_ai.assistant.message", {"tool_calls": CALLS}),
        ("gen_ai.tool.message", {"id": "c1", "content": "done"}),
        ("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": {"content": "bye"}}),
        ("gen_ai.unknown", {"content": "x"}),
    ]
    from_message_events(events, found, Context())
    roles = [message["role"] for message in read(found, "input")]
    assert roles == ["system", "user", "assistant", "tool"]
    assert read(found, "input")[2]["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "send", "arguments": {"to": "a"}}
    ]
    assert read(found, "output") == [
        {"role": "assistant", "parts": [{"type": "text", "content": "bye"}], "finish_reason": "stop"}
    ]
    heard = list(messages(str(found["gen_ai.input.messages"]), "user"))
    assert heard[1].text == "hello"
    assert heard[3].responses == {"c1": "done"}


def test_whole_prompts() -> None:
    found: dict[str, Value] = {}
    prompt = '[{"role":"user","content":"hi"}]'
    from_message_events(
        [
            ("gen_ai.content.prompt", {"gen_ai.prompt": prompt}),
            ("gen_ai.content.completion", {"gen_ai.completion": "{"}),
        ],
        found,
        Context(),
    )
    assert read(found, "input") == [{"role": "user", "content": "hi"}]
    assert read(found, "output") == ["{"]  # type: ignore[comparison-overlap]


def test_present_form_wins() -> None:
    found: dict[str, Value] = {"gen_ai.input.messages": "[]"}
    from_message_events([("gen_ai.user.message", {"content": "x"})], found, Context())
    assert found == {"gen_ai.input.messages": "[]"}


def test_openllmetry() -> None:
    found: dict[str, Value] = {
        "gen_ai.prompt.1.content": "second",
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "first",
        "gen_ai.completion.0.finish_reason": "stop",
        "gen_ai.completion.0.tool_calls.0.id": "c1",
        "gen_ai.completion.0.tool_calls.0.name": "send",
        "gen_ai.completion.0.tool_calls.0.arguments": "{}",
        "gen_ai.prompt.odd": "stays",
    }
    from_indexed(found, Context())
    assert found["gen_ai.prompt.odd"] == "stays"
    assert [message["role"] for message in read(found, "input")] == ["system", "user"]
    assert read(found, "output")[0]["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "send", "arguments": {}}
    ]
    assert len(found) == 3


def test_openinference() -> None:
    start = "llm.output_messages.0.message"
    found: dict[str, Value] = {
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.contents.0.message_content.text": "look",
        "llm.input_messages.1.message.role": "tool",
        "llm.input_messages.1.message.tool_call_id": "c1",
        "llm.input_messages.1.message.content": "result",
        f"{start}.role": "assistant",
        f"{start}.tool_calls.0.tool_call.id": "c2",
        f"{start}.tool_calls.0.tool_call.function.name": "send",
        f"{start}.tool_calls.0.tool_call.function.arguments": '{"a":1}',
    }
    from_indexed(found, Context())
    assert read(found, "input") == [
        {"role": "user", "parts": [{"type": "text", "content": "look"}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "result"}]},
    ]
    assert read(found, "output")[0]["parts"] == [
        {"type": "tool_call", "id": "c2", "name": "send", "arguments": {"a": 1}}
    ]


def test_floods_are_bounded() -> None:
    found: dict[str, Value] = {f"gen_ai.prompt.{n}.content": "x" for n in range(50)}
    from_indexed(found, Context(limits=Limits(max_messages=10)))
    assert len(read(found, "input")) == 10
