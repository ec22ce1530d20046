from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pullcord.detection.regex import Regex
from pullcord.detection.regex_literals import required


@pytest.mark.parametrize(
    ("pattern", "flags", "texts"),
    [
        ("b+c$", "", [("b",), ("c",)]),
        ("Invoke-(Web|Rest)Request", "i", [("invoke-",), ("web", "rest"), ("request",)]),
        (r"\\cmd\.exe", "", [("\\cmd.exe",)]),
        ("(?:abc)?def", "", [("def",)]),
        ("(?i)ABC.{3,}x", "", [("abc",), ("x",)]),
        ("(abc|d*)x", "", [("x",)]),
        ("(ab){2}c", "", [("ab",), ("c",)]),
        ("(ab)*c", "", [("c",)]),
        ("ab(?!cd)e", "", [("ab",), ("e",)]),
        ("[ab]c", "", [("c",)]),
        ("aä", "i", [("a",)]),
        ("what?", "", [("wha",)]),
        (r"a\?b", "", [("a",), ("b",)]),
        ("[[:alpha:]]x", "", []),
        (r"\Qa.b\E", "", []),
        ("(", "", []),
        ("x" * 5_000, "", []),
    ],
)
def test_what_every_match_contains(pattern: str, flags: str, texts: list[tuple[str, ...]]) -> None:
    assert list(required(pattern, flags)) == texts


ATOMS = st.sampled_from(
    ["a", "B", "k", "s", ".", "[ab]", "\\.", "(?:ab|Bk)", "(a|b)", "(?:x?)", "((?:ab)*)", "ß"]
)
PATTERNS = st.lists(st.builds(str.__add__, ATOMS, st.sampled_from(["", "", "+", "{2}"])), max_size=6).map(
    "".join
)


@settings(max_examples=500)
@given(
    PATTERNS,
    st.sampled_from(["", "i", "is"]),
    st.text("abBkKsS\N{LATIN SMALL LETTER LONG S}\N{KELVIN SIGN}.xßẞ", max_size=12),
)
def test_a_match_contains_one_of_each_set(pattern: str, flags: str, text: str) -> None:
    try:
        regex = Regex(pattern, flags)
    except Exception:  # noqa: BLE001  (not a pattern)
        assume(False)  # noqa: FBT003
    if regex.search(text):
        folded = text.casefold()
        assert all(any(one in folded for one in texts) for texts in required(pattern, flags))


@settings(max_examples=200)
@given(st.data(), PATTERNS)
def test_texts_made_from_the_pattern_contain_them_too(data: st.DataObject, pattern: str) -> None:
    text = data.draw(st.from_regex(re.compile(pattern)))
    assert all(any(one in text.casefold() for one in texts) for texts in required(pattern, ""))
