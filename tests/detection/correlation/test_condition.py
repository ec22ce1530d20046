from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.condition import Comparison, read_comparison, shown
from pullcord.detection.correlation.rule import Seen
from pullcord.detection.errors import RuleError


def test_a_range_holds_between_its_ends() -> None:
    condition = read_comparison({"lte": 200, "gt": 100, "field": "x"})
    assert [condition.holds(number) for number in (100, 101, 200, 201)] == [False, True, True, False]
    assert condition.text == "more than 100 and at most 200"


def test_numbers_are_compared_exactly() -> None:
    condition = read_comparison({"eq": 0.1})
    assert condition.holds(Fraction(0.1))
    assert not condition.holds(Fraction(1, 10))
    assert read_comparison({"neq": 3}).holds(2)
    assert read_comparison({"eq": "0.1"}).holds(Fraction(0.1))
    assert read_comparison({"eq": "1"}).holds(1)


def test_conditions_without_a_lower_end_are_known() -> None:
    parts: list[dict[str, object]] = [{"lt": 3}, {"neq": 3}, {"gt": 1, "lt": 3}, {"eq": 3}]
    assert [read_comparison(each).open_below for each in parts] == [True, True, False, False]


def test_of_chains_the_longest_counts() -> None:
    assert Comparison((("gte", 2),)).holds(Seen((0b1, 0b101), 0b111))
    assert not Comparison((("gte", 3),)).holds(Seen((0b1, 0b101), 0b111))
    assert not Comparison((("gte", 1),)).holds(Seen((), 0))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({}, "compares nothing"),
        ({"gte": True}, "not a number"),
        ({"gte": "ten"}, "not a number"),
        ({"gte": "1e5"}, "not a number"),
        ({"gte": "9" * 20}, "too large"),
        ({"gte": float("nan")}, "not a number"),
        ({"gte": 10**400}, "too large"),
        ({"gt": 1, "gte": 2}, "no range"),
        ({"gt": 1, "lt": 5, "neq": 3}, "no range"),
        ({"gt": 5, "lt": 5}, "empty"),
        ({"gte": 6, "lte": 5}, "empty"),
    ],
)
def test_what_can_mean_nothing_is_refused(parts: dict[str, object], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        read_comparison(parts)


@given(st.one_of(st.integers(), st.fractions()))
def test_any_number_can_be_shown(number: int | Fraction) -> None:
    assert 0 < len(shown(number)) < 30


def test_numbers_are_shown_short() -> None:
    assert shown(Fraction(1, 3)) == "0.333333"
    assert shown(Fraction(4, 2)) == "2"
    assert shown(Fraction(10**400)) == "10^308 or more"
