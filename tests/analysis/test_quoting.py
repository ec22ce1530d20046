from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.quoting import LONGEST, quoted


@given(st.text(max_size=500))
def test_always_one_short_printable_line(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable()
    assert len(shown) <= LONGEST + 2


def test_cut_and_cleaned() -> None:
    assert quoted("a\n\x1b[31mb") == "“a [31mb”"
    assert quoted("x" * 100) == f"“{'x' * 59}…”"
