from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.html_text import html_text


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("<p>one</p><p>two&amp;three</p>", "one\ntwo&three"),
        ("a<br/>b<!-- hid\nden -->c", "a\nbc"),
        ("<head><title>t</title></head><body>b", "b"),
        ("<style>p < q {}</style>x<script>if (a<b) {}</script>y", "xy"),
        ("5 < 6 and <3", "5 < 6 and <3"),
        ("<a href='x>y'>link</a>", "y'>link"),
        ("&lt;script&gt;stays text&lt;/script&gt;", "<script>stays text</script>"),
        ("never ended <!-- x <p>y", "never ended"),
    ],
)
def test_what_a_reader_would_see(given_: str, expected: str) -> None:
    assert html_text(given_) == expected


@given(st.text(alphabet="<>!-/ps cript&;\n", max_size=300))
def test_any_text(text: str) -> None:
    assert html_text(text).count("\n\n") == 0


@pytest.mark.parametrize("piece", ["<script", "<!--", "<", "&", "<p>", "<style></style"])
def test_it_is_linear(piece: str) -> None:
    begin = time.process_time()
    html_text(piece * 100_000)
    assert time.process_time() - begin < 5
