from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.json_text import load

MANY = 1_000_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    st.lists,
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b'{"a":1\0}', "binary"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b'{"a":NaN}', "no JSON"),
        (b'{"a":Infinity}', "no JSON"),
        (b'{"a":1e999}', "too large"),
        (b"[" * 100_000, "1,024 levels"),
        (b'{"a":', "too early"),
        (b"", "too early"),
    ],
)
def test_bad_json_is_explained(raw: bytes, cause: str) -> None:
    with pytest.raises(UnreadableRecordError) as error:
        load(raw, MANY)
    assert cause in error.value.cause


def test_too_many_containers() -> None:
    with pytest.raises(UnreadableRecordError, match="objects and arrays"):
        load(b"[" + b"{}," * 200 + b"{}]", 100)


def test_last_of_two_equal_keys_counts() -> None:
    assert load(b'{"a":1,"a":2}', MANY).value == {"a": 2}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (rb'"a\ud83d"', "a\ufffd"),
        (rb'"\udc00\ud83d\ude00\uD83D!"', "\ufffd\U0001f600\ufffd!"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\\ud83d \udc00"', "\\ud83d \ufffd"),
    ],
)
def test_half_pairs_are_replaced(raw: bytes, expected: str) -> None:
    assert load(raw, MANY) == (expected, True)


@given(JSON)
def test_reads_what_the_standard_library_writes(value: object) -> None:
    assert load(json.dumps(value).encode(), MANY).value == value


@given(st.text(st.characters(exclude_categories=())))
def test_never_yields_text_that_cannot_be_written(text: str) -> None:
    value = load(json.dumps(text).encode(), MANY).value
    assert isinstance(value, str)
    assert len(value.encode()) >= 0


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    with suppress(UnreadableRecordError):
        assert load(raw, MANY).replaced in (True, False)
