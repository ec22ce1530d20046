from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context, Limits
from pullcord.intake.values import as_json, put
from pullcord.model.event import Value

ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def entered(value: object, key: str = "k", ctx: Context | None = None) -> dict[str, Value]:
    into: dict[str, Value] = {}
    put(into, key, value, ctx or Context())
    return into


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", {"k": "x"}),
        (True, {"k": True}),
        (None, {}),
        (2**63 - 1, {"k": 2**63 - 1}),
        (2**63, {"k": float(2**63)}),
        ([1, 2], {"k": [1, 2]}),
        ([1, None, 2], {"k": [1, 2]}),
        ([1, 2.5], {"k": [1.0, 2.5]}),
        ([True, False], {"k": [True, False]}),
        ([1, True, "a"], {"k": ["1", "true", "a"]}),
        ([1, 2**63], {"k": [1.0, float(2**63)]}),
        ([], {"k": []}),
        ([{"a": 1}], {"k": '[{"a":1}]'}),
        ({}, {"k": "{}"}),
        ({"a": {"b": 1, "c": [1]}, "d": {}}, {"k.a.b": 1, "k.a.c": [1], "k.d": "{}"}),
    ],
)
def test_shapes(value: object, expected: dict[str, Value]) -> None:
    assert entered(value) == expected


def test_structured_content_stays_json() -> None:
    key = "gen_ai.tool.call.arguments"
    assert entered({"to": "a"}, key) == {key: '{"to":"a"}'}


def test_floods_and_depth_become_json_text() -> None:
    many = {str(n): n for n in range(10)}
    assert entered(many, ctx=Context(limits=Limits(max_leaves=5))) == {"k": orjson.dumps(many).decode()}
    deep: object = 1
    for _ in range(300):
        deep = {"a": deep}
    ctx = Context()
    (text,) = entered(deep, ctx=ctx).values()
    assert isinstance(text, str)
    assert "\u2026" in text
    assert ctx.counters.truncated == 1


def test_long_names_are_dropped_and_counted() -> None:
    ctx = Context()
    assert entered(1, "x" * 600, ctx) == {}
    assert ctx.counters.dropped == 1


def test_deep_json_is_clipped() -> None:
    deep: object = []
    for _ in range(400):
        deep = [deep]
    assert as_json(deep, Context()).endswith("]" * 60)


@given(ANY)
def test_every_value_becomes_legal_attributes(value: object) -> None:
    for held in entered(value).values():
        kinds = {type(item) for item in held} if isinstance(held, list) else {type(held)}
        assert len(kinds) <= 1
        assert kinds <= {str, int, float, bool}
        assert orjson.dumps(held)
