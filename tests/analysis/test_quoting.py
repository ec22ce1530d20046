from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.quoting import LONGEST, quoted


@given(st.text(st.characters(), max_size=400))
def test_it_is_one_short_printable_line_in_quotes(text: str) -> None:
    shown = quoted(text)
    assert (shown[0], shown[-1]) == ("“", "”")
    assert len(shown) <= LONGEST + 2
    assert shown.isprintable()


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=LONGEST))
def test_short_plain_text_stays_as_it_is(text: str) -> None:
    assert quoted(text) == f"“{text}”"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "“”"),
        ("two\nlines\r\n\tand  blanks ", "“two lines and blanks”"),
        ("\x1b[31mred\x1b[0m", "“[31mred [0m”"),
        ("gnp.\u202eexe", "“gnp. exe”"),
        ("zero\u200bwidth", "“zero width”"),
        ("\ud800", "“”"),
    ],
)
def test_what_could_deceive_a_reader_is_gone(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_a_long_text_ends_in_dots() -> None:
    assert quoted("a" * LONGEST) == f"“{'a' * LONGEST}”"
    assert quoted("a" * (LONGEST + 1)) == f"“{'a' * (LONGEST - 1)}…”"
