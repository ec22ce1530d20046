from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.expression import compile_expression, parse_expression
from pullcord.detection.correlation.rule import Seen
from pullcord.detection.errors import RuleError

PLACES = {"a": 0, "b": 1, "c": 2}


def holds(text: str, mask: int) -> bool:
    return compile_expression(text, parse_expression(text), PLACES).holds(Seen((mask,), mask))


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("a", {1, 3, 5, 7}),
        ("a and b", {3, 7}),
        ("a or b and c", {1, 3, 5, 6, 7}),
        ("(a or b) and c", {5, 6, 7}),
        ("not a and b", {2, 6}),
        ("not (a or b)", {0, 4}),
        ("NOT not a", {1, 3, 5, 7}),
        ("a AND b and c", {7}),
    ],
)
def test_words_bind_as_in_sigma(text: str, masks: set[int]) -> None:
    assert {mask for mask in range(8) if holds(text, mask)} == masks


def test_what_is_negated_must_not_have_been_seen_at_all() -> None:
    condition = compile_expression("a and not b", parse_expression("a and not b"), PLACES)
    assert not condition.holds(Seen((0b001,), 0b011))
    assert condition.holds(Seen((0b001,), 0b101))
    assert not condition.holds(3)
    assert condition.text == '"a and not b"'


def test_rules_are_named_by_ids_too() -> None:
    rule_id = "0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001"
    assert parse_expression(f"({rule_id} or b) and b").names() == (rule_id, "b")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "too early"),
        ("a and", "too early"),
        ("a b", "'b' was not expected"),
        ("(a", "not closed"),
        ("a)", "was not expected"),
        ("or a", "was not expected"),
        ("(" * 200 + "a" + ")" * 200, "deeper"),
        ("not " * 200 + "a", "deeper"),
        ("a or " * 2_000 + "a", "longer"),
    ],
)
def test_others_are_refused(text: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        parse_expression(text)


@given(
    st.lists(st.sampled_from(["a", "b", "and", "or", "not", "(", ")", "1 of them", "\0", "ß"]), max_size=60)
)
def test_any_text_is_read_or_refused(words: list[str]) -> None:
    text = " ".join(words)
    try:
        names = parse_expression(text).names()
    except RuleError:
        return
    assert set(names) <= set(text.replace("(", " ").replace(")", " ").split())
