from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.types import SigmaCasedString, SigmaString

from pullcord.detection.errors import RuleError
from pullcord.detection.sigma_text import Shape, TextPattern, test_any
from tests.detection.reference import text_holds

# Imported under its product name; not a test.
test_any.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("abc", Shape.EQUALS),
        ("abc*", Shape.PREFIX),
        ("*abc", Shape.SUFFIX),
        ("*abc*", Shape.CONTAINS),
        ("a*c", Shape.OTHER),
        ("a?c", Shape.OTHER),
        ("*", Shape.OTHER),
        ("", Shape.OTHER),
    ],
)
def test_shapes(pattern: str, shape: Shape) -> None:
    assert TextPattern(SigmaString(pattern)).shape is shape


def test_escapes_and_backslashes() -> None:
    assert TextPattern(SigmaString(r"a\*b")).test("a*b")
    assert not TextPattern(SigmaString(r"a\*b")).test("axb")
    assert TextPattern(SigmaString(r"*\cmd.exe")).test(r"c:\cmd.exe")


def test_case_folds_by_unicode_unless_cased() -> None:
    assert TextPattern(SigmaString("STRASSE")).test("straße".casefold())
    cased = TextPattern(SigmaCasedString("Abc"))
    assert cased.cased
    assert cased.test("Abc")
    assert not cased.test("abc")


def test_overlapping_ends_do_not_count_twice() -> None:
    assert not TextPattern(SigmaString("ab*ba")).test("aba")
    assert TextPattern(SigmaString("ab*ba")).test("abba")


def test_anywhere() -> None:
    assert TextPattern(SigmaString("b?d"), anywhere=True).test("abcde")
    assert TextPattern(SigmaString("bc"), anywhere=True).shape is Shape.CONTAINS


def test_a_placeholder_is_refused() -> None:
    with pytest.raises(RuleError, match="admins"):
        TextPattern(SigmaString("%admins%").insert_placeholders())


@pytest.mark.parametrize("shape", [Shape.EQUALS, Shape.PREFIX, Shape.SUFFIX, Shape.CONTAINS])
def test_several_needles(shape: Shape) -> None:
    test = test_any(shape, ("ab", "cd"))
    assert test("ab")
    assert test("cd")
    assert not test("xx")


ALPHABET = "aAbß*?\\."


@given(st.text(ALPHABET, max_size=8), st.text(ALPHABET, max_size=10), st.booleans())
def test_it_agrees_with_the_reference(pattern: str, text: str, cased: bool) -> None:  # noqa: FBT001
    string = SigmaCasedString(pattern) if cased else SigmaString(pattern)
    expected = text_holds(string, text, cased=cased)
    assert TextPattern(string).test(text if cased else text.casefold()) is expected
