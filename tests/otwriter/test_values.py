from __future__ import annotations

from enum import IntEnum

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.ot import Interlock
from pullcord.otwriter.allow_list import LONGEST_TEXT, UNREADABLE
from pullcord.otwriter.values import as_text, holds, typed

KINDS = [
    "Boolean",
    "SByte",
    "Byte",
    "Int16",
    "UInt16",
    "Int32",
    "UInt32",
    "Int64",
    "UInt64",
    "String",
    "Float",
]


class Phase(IntEnum):
    RUN = 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (Phase.RUN, "4"),
        (1.5, "1.5"),
        ("AUTO", "AUTO"),
        (None, UNREADABLE),
        ([1, 2], UNREADABLE),
        (b"x", UNREADABLE),
        ("a\x00b", UNREADABLE),
    ],
)
def test_scalars_become_text_and_the_rest_is_unreadable(value: object, text: str) -> None:
    assert as_text(value) == text


@given(st.text(min_size=LONGEST_TEXT + 1, max_size=400))
def test_long_text_never_equals_a_value_of_a_list(text: str) -> None:
    assert as_text(text) == UNREADABLE or len(as_text(text)) == LONGEST_TEXT + 1


def test_booleans_in_a_list_may_be_written_either_way() -> None:
    assert holds(Interlock(node="n", allowed=("True",)), "true")
    assert holds(Interlock(node="n", allowed=("true",)), "true")
    assert not holds(Interlock(node="n", allowed=("True",)), "false")
    assert not holds(Interlock(node="n", allowed=("Auto",)), "auto")


@given(
    st.text(max_size=8) | st.integers().map(str) | st.sampled_from(["true", "false"]), st.sampled_from(KINDS)
)
def test_a_typed_value_reads_back_as_its_text_or_is_refused(text: str, kind: str) -> None:
    try:
        found = typed(text, ua.VariantType[kind])
    except ValueError:
        return
    assert found.VariantType is ua.VariantType[kind]
    assert str(found.Value).lower() == text or found.Value == text or int(found.Value) == int(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("256", "Byte"),
        ("-1", "UInt16"),
        ("1", "Boolean"),
        ("1.0", "Float"),
        ("1_0", "Int32"),
        ("--1", "Int32"),
        ("٣", "Int32"),
        ("", "Int32"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, kind: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        typed(text, ua.VariantType[kind])
