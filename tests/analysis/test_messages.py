from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.messages import (
    MAX_DEPTH,
    MAX_JSON,
    MAX_LEAVES,
    MAX_PARTS,
    MAX_TEXT,
    Message,
    flatten,
    messages,
    parse,
    plain,
)

KEYS = st.sampled_from(
    [
        "role",
        "parts",
        "content",
        "type",
        "id",
        "text",
        "arguments",
        "input",
        "response",
        "result",
        "output",
        "x",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["user", "text", "tool_call", "tool_result", "tool_call_response"])
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


def listed(value: object, role: str = "user") -> list[Message]:
    return list(messages(json.dumps(value), role))


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_a_message_or_none(text: str) -> None:
    assert len(list(messages(text, "user"))) <= max(1, len(text))
    assert len(flatten(text)) <= MAX_LEAVES
    assert isinstance(plain(parse(text)), str)


@given(VALUES)
def test_any_json_is_read(value: object) -> None:
    for message in listed(value):
        assert isinstance(message.text, str)
        assert all(isinstance(text, str) for text in message.responses.values())
    assert all(isinstance(text, str) for text in flatten(json.dumps(value)).values())


@given(VALUES.filter(lambda value: isinstance(value, list | dict | str)))
def test_json_survives_reading(value: object) -> None:
    assert json.dumps(parse(json.dumps(value))) == json.dumps(value)


def test_a_number_beyond_64_bits_does_no_harm() -> None:
    assert flatten(f'{{"n": {2**70}}}').keys() == {"n"}
    assert flatten(f'{{"n": {"9" * 5_000}}}').keys() <= {"n", "$"}


@pytest.mark.parametrize("text", ["", "plain", "{broken", '{"a": 1} and more', "[1,", "42", "null"])
def test_what_is_no_json_is_text(text: str) -> None:
    assert parse(text) == text
    assert list(messages(text, "user")) == [Message("user", text, {}, {})]


def test_deep_json_is_text_or_cut() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert parse(deep) == deep
    nested = "[" * 200 + '"x"' + "]" * 200
    (path,) = flatten(nested)
    assert path.count(".") == MAX_DEPTH - 1
    assert list(messages(nested, "user")) == []


def test_json_that_is_too_long_is_text() -> None:
    text = '"' + "a" * MAX_JSON + '"'
    assert parse(text) is text
    (message,) = messages(text, "user")
    assert len(message.text) == MAX_TEXT


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "parts": [{"type": "text", "content": "hello"}]},
        {"role": "User", "content": "hello"},
        {"role": "user", "content": [{"type": "text", "text": "hello"}]},
        {"role": "user", "parts": ["hello"]},
        {"type": "text", "content": "hello"},
        "hello",
    ],
)
def test_all_shapes_of_a_message_say_the_same(item: object) -> None:
    assert listed([item]) == listed(item) == [Message("user", "hello", {}, {})]


def test_the_parts_of_a_message_are_joined_and_unknown_ones_left_out() -> None:
    parts = [{"type": "text", "content": "a"}, {"type": "image", "content": "b"}, 7, None, {"content": "c"}]
    assert listed({"role": "assistant", "parts": parts})[0].text == "a\nc"


@pytest.mark.parametrize(
    "part",
    [
        {"type": "tool_call", "id": "c1", "name": "t", "arguments": {"a": 1}},
        {"type": "tool_use", "id": "c1", "name": "t", "input": {"a": 1}},
    ],
)
def test_calls_are_found_by_their_id(part: dict[str, Any]) -> None:
    assert listed({"role": "assistant", "parts": [part]})[0].requests == {"c1": {"a": 1}}


@pytest.mark.parametrize(
    "part",
    [
        {"type": "tool_call_response", "id": "c1", "response": "done"},
        {"type": "tool_result", "tool_use_id": "c1", "content": "done"},
        {"type": "function_call_output", "call_id": "c1", "output": "done"},
    ],
)
def test_results_are_found_by_their_id(part: dict[str, Any]) -> None:
    assert listed({"role": "tool", "parts": [part]})[0].responses == {"c1": "done"}


@pytest.mark.parametrize("identity", [None, 7, ["c1"], {"a": 1}])
def test_a_call_or_result_without_a_usable_id_is_left_out(identity: object) -> None:
    parts = [{"type": "tool_call", "id": identity}, {"type": "tool_result", "tool_use_id": identity}]
    assert listed({"role": "tool", "parts": parts}) == [Message("tool", "", {}, {})]


def test_messages_and_parts_are_bounded() -> None:
    assert len(listed(["a"] * (MAX_PARTS + 5))) == MAX_PARTS
    (message,) = listed({"role": "user", "parts": ["a"] * (MAX_PARTS + 5)})
    assert message.text.count("a") == MAX_PARTS
    (message,) = listed({"role": "user", "parts": ["a" * (MAX_TEXT - 5)] * 3})
    assert len(message.text) == MAX_TEXT


def test_arguments_are_flattened_to_dotted_paths() -> None:
    text = json.dumps(
        {"to": ["a", "b"], "mail": {"body": "c", "urgent": True, "size": 3}, "none": None, "e": []}
    )
    assert flatten(text) == {
        "to.0": "a",
        "to.1": "b",
        "mail.body": "c",
        "mail.urgent": "true",
        "mail.size": "3",
        "e": "[]",
    }
    assert flatten(json.dumps({"k" * 500: 1})) == {"k" * 200: "1"}
    assert flatten("plain") == {"$": "plain"}
    assert flatten("{}") == {}


@pytest.mark.parametrize(
    "value", [list(range(5_000)), {str(n): n for n in range(5_000)}, [[n] * 10 for n in range(500)]]
)
def test_arguments_are_bounded(value: object) -> None:
    assert len(flatten(json.dumps(value))) == MAX_LEAVES


def test_any_value_as_text() -> None:
    assert plain("a") == "a"
    assert plain({"a": [1, None]}) == '{"a":[1,null]}'
    assert len(plain("a" * (MAX_TEXT + 1))) == MAX_TEXT
    assert len(plain(["a" * (MAX_TEXT + 1)])) == MAX_TEXT
