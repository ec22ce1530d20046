from __future__ import annotations

import pytest

from pullcord.detection.atoms import (
    LONGEST,
    Anchor,
    Equal,
    Literal,
    Number,
    Present,
    best,
    either,
    every,
    literal,
    literals,
)


@pytest.mark.parametrize("text", ["ab", "", "a", "^", " -", "a\0bc"])
def test_what_gates_nothing_is_not_looked_for(text: str) -> None:
    assert literal(text, "a") is None


@pytest.mark.parametrize("text", ["abc", "^^", "${", "\N{CYRILLIC SMALL LETTER A}", "123456789"])
def test_what_is_rare_enough_is(text: str) -> None:
    assert literal(text, "a") == Literal(text, "a")


@pytest.mark.parametrize(
    ("anchor", "part", "kept"),
    [
        (Anchor.ANYWHERE, "end", Anchor.ANYWHERE),
        (Anchor.START, "start", Anchor.START),
        (Anchor.END, "end", Anchor.END),
        (Anchor.WHOLE, "end", Anchor.END),
    ],
)
def test_of_a_long_literal_a_part_is_looked_for(anchor: Anchor, part: str, kept: Anchor) -> None:
    text = "c:\\windows\\system32\\somewhere\\deep\\tool.exe"
    expected = text[:LONGEST] if part == "start" else text[-LONGEST:]
    assert literal(text, "a", anchor) == Literal(expected, "a", kept)


def test_one_that_cannot_be_looked_for_spoils_the_clause() -> None:
    assert literals(["abc", "ab"], "a") == ()
    assert literals(["wxyz", "wxyz"], "a") == ((Literal("wxyz", "a"),),)
    assert literals([], "a") == ()


def test_all_of_keeps_every_clause_and_one_of_the_best_of_each() -> None:
    rare, common = (Literal("a rare literal", "a"),), (Present("a"),)
    number = (Number("b", 1),)
    assert every([(common, rare), (number,)]) == (rare, number, common)
    assert either([(common, rare), (number,)]) == ((*rare, *number),)
    assert either([(rare,), ()]) == ()


def test_what_was_measured_counts_more_than_a_guess_and_what_many_rules_name_counts_less() -> None:
    rare, number = (Literal("a rare literal", "a"),), (Equal("b", "x"),)
    assert best((rare, number), {}, {}) == rare
    assert best((rare, number), {rare: 0.9}, {}) == number
    assert best((rare, number), {}, {rare[0]: 1_000}) == number
    assert best((), {}, {}) is None
