from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.view import BACKTRACKING_LIMIT, Scalar, View, as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [("A", "A"), (True, "true"), (False, "false"), (7, "7"), (4.0, "4"), (0.25, "0.25"), (1e300, "1e+300")],
)
def test_text_of_a_value(value: Scalar, text: str) -> None:
    assert as_text(value) == text


def test_a_number_too_long_to_print_is_hexadecimal() -> None:
    assert as_text(1 << 100_000).startswith("0x1")


def test_a_missing_field_is_empty_and_a_list_its_elements() -> None:
    view = View({"a": "X", "b": ["Y", "Z"]})
    assert list(view.values("c")) == []
    assert list(view.folded("b")) == ["y", "z"]
    assert list(view.texts(None)) == ["X", "Y", "Z"]


def test_long_values_are_cut_and_counted_once() -> None:
    view = View({"a": "x" * (BACKTRACKING_LIMIT + 1), "b": "y"})
    assert [len(text) for text in view.capped("a")] == [BACKTRACKING_LIMIT]
    assert list(view.capped("b")) == ["y"]
    view.capped("a")
    assert view.cuts == 1


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans()))
def test_every_value_has_a_text(value: Scalar) -> None:
    assert isinstance(as_text(value), str)
