from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.formats.structured_data import structured_data


@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("- text", {}, "text"),
        ("-", {}, ""),
        ("", {}, ""),
        ('[a@1 b="c"] text', {"a@1.b": "c"}, "text"),
        ('[a b="c"][d e="f"]', {"a.b": "c", "d.e": "f"}, ""),
        ('[a b="1" b="2"]', {"a.b": ["1", "2"]}, ""),
        (r'[a b="q\"s\\t\]u\n"] x', {"a.b": 'q"s\\t]u\\n'}, "x"),
        ('[a b="c]d"] x', {"a.b": "c]d"}, "x"),
        ("[a] x", {}, "x"),
        ('[a b="c" x', {"a.b": "c"}, '[a b="c" x'),
        ("[not structured] x", {}, "[not structured] x"),
        ("text", {}, "text"),
    ],
)
def test_elements(text: str, found: dict[str, object], rest: str) -> None:
    named = {f"syslog.data.{name}": value for name, value in found.items()}
    assert structured_data(text) == (named, rest)


def test_names_are_bounded_and_time_is_linear() -> None:
    many = "".join(f'[a{number} b="c"]' for number in range(1_000))
    assert len(structured_data(many)[0]) == 256
    begin = time.process_time()
    structured_data("[a " + 'b="' * 100_000)
    structured_data('[a b="' + "\\" * 200_000)
    assert time.process_time() - begin < 5


@given(st.text(alphabet='[]"=\\ ab@-', max_size=60))
def test_any_text(text: str) -> None:
    _, rest = structured_data(text)
    assert text.endswith(rest)
