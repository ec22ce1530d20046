from __future__ import annotations

import json

import pytest

from pullcord.analysis.messages import MAX_LEAVES, flatten, messages, parse, plain


@pytest.mark.parametrize(
    ("written", "role", "text"),
    [
        ('[{"role":"User","parts":[{"type":"text","content":"a"},{"type":"text","content":"b"}]}]', "user", "a\nb"),
        ('[{"role":"system","content":"c"}]', "system", "c"),
        ('[{"role":"user","content":[{"type":"input_text","text":"d"},"e"]}]', "user", "d\ne"),
        ('[{"type":"text","content":"f"}]', "fallback", "f"),
        ('["g"]', "fallback", "g"),
        ("plain words", "fallback", "plain words"),
        ("{broken", "fallback", "{broken"),
    ],
)
def test_shapes_of_messages(written: str, role: str, text: str) -> None:
    found = list(messages(written, "fallback"))
    assert [(message.role, message.text) for message in found] == [(role, text)]


def test_a_tool_result_inside_a_user_message_is_no_word_of_the_user() -> None:
    part = {"type": "tool_result", "tool_use_id": "c9", "content": "poison"}
    (message,) = messages(json.dumps([{"role": "user", "content": [part]}]), "user")
    assert (message.text, message.responses) == ("", {"c9": "poison"})


def test_flatten_keeps_paths_and_bounds() -> None:
    assert flatten('{"a": {"b": [1, null, true]}, "c": [], "d": "x"}') == {
        "a.b.0": "1",
        "a.b.2": "true",
        "c": "[]",
        "d": "x",
    }
    assert (flatten("{}"), flatten("just text"), flatten('"quoted"')) == ({}, {"$": "just text"}, {"$": "quoted"})
    assert len(flatten(json.dumps(list(range(5 * MAX_LEAVES))))) == MAX_LEAVES


def test_depth_ends_in_text_not_in_an_error() -> None:
    deep = json.dumps(["x"])
    for _ in range(60):
        deep = f'{{"k": {deep}}}'
    (path,) = flatten(deep)
    assert path.count("k") == 24
    assert isinstance(parse("[" * 100_000), str)
    assert plain({"a": [1]}) == '{"a":[1]}'
