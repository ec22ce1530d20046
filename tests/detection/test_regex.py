from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.errors import RuleError
from pullcord.detection.regex import PATTERN_LIMIT, POLICY, Regex, linear_search, nested_repetition


def test_it_searches_anywhere_with_case() -> None:
    assert Regex("b+c").search("abbcd")
    assert not Regex("B+c").search("abbcd")


@pytest.mark.parametrize(("flags", "text"), [("i", "XABX"), ("m", "x\nab"), ("s", "a\nb")])
def test_flags(flags: str, text: str) -> None:
    pattern = {"i": "ab", "m": "^ab", "s": "a.b"}[flags]
    assert Regex(pattern, flags).search(text)
    assert not Regex(pattern).search(text)


def test_look_around_falls_back_to_re() -> None:
    regex = Regex(r"ab(?!c)", "i")
    assert not regex.linear
    assert regex.search("ABd")
    assert not regex.search("ABc")


def test_what_explodes_in_re_is_linear_here() -> None:
    regex = Regex(r"(a+)+$")
    start = time.process_time()
    assert regex.linear
    assert not regex.search("a" * 50_000 + "b")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "pattern", [r"(a+)+(?=b)", r"(a|aa)*(?=b)", r"((ab)*c)*(?!d)", r"(a{1,50}){1,50}(?=b)"]
)
def test_a_backtracking_pattern_that_may_explode_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="exponential"):
        Regex(pattern)


@pytest.mark.parametrize("pattern", ["(", "(?=a", "a" * (PATTERN_LIMIT + 1), r"(?=a)a*b*c*d*e*"])
def test_invalid_or_excessive_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(RuleError):
        Regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "nested"), [(r"(a*)*", True), (r"(a)*", False), (r"[(*]+", False), (r"\(a*\)*", False)]
)
def test_nested_repetition(pattern: str, nested: bool) -> None:  # noqa: FBT001
    assert nested_repetition(pattern) is nested


def test_lone_surrogates_do_not_raise() -> None:
    assert Regex("^.$").search("\ud800")


def test_the_policy_of_the_parser_accepts_what_we_accept() -> None:
    assert POLICY.regex_engine.compile("a(?=b)").search("ab")
    assert POLICY.regex_engine.compile("A", 2).search("a")
    with pytest.raises(POLICY.regex_engine.error):
        POLICY.regex_engine.compile("(")


@given(st.text(max_size=30))
def test_any_pattern_compiles_or_is_refused(pattern: str) -> None:
    regex = None
    with contextlib.suppress(RuleError):
        regex = Regex(pattern)
    assert regex is None or isinstance(regex.search("some text"), bool)


def test_linear_search_says_what_it_cannot_do() -> None:
    assert linear_search(r"(a)\1") is None
