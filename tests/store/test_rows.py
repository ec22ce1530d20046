from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.finding import Finding
from pullcord.store import rows
from pullcord.store.errors import CorruptRowError, UnstorableError
from pullcord.store.rows import chunks, decode, encode
from tests.contracts.nouns import explanation, finding


@given(st.lists(st.integers(), max_size=50), st.integers(1, 10))
def test_chunks_lose_nothing(values: list[int], size: int) -> None:
    parts = list(chunks(values, size))
    assert [value for part in parts for value in part] == values
    assert all(0 < len(part) <= size for part in parts)


def test_a_noun_comes_back() -> None:
    assert decode(Finding, encode(finding("f", -1)), "findings", "f") == finding("f", -1)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_damage(body: bytes) -> None:
    with pytest.raises(CorruptRowError, match="row 'key' of table findings"):
        decode(Finding, body, "findings", "key")


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_gives_damage_or_another_sound_noun(place: int, change: int) -> None:
    body = bytearray(encode(finding("f")))
    body[place % len(body)] ^= change
    try:
        found = decode(Finding, bytes(body), "findings", "f")
    except CorruptRowError:
        return
    assert isinstance(found, Finding)


def test_what_could_not_be_read_back_is_refused() -> None:
    with pytest.raises(UnstorableError, match="cannot be written"):
        encode(msgspec.structs.replace(explanation("t"), score=float("nan")))


def test_a_body_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_BODY", 100)
    with pytest.raises(UnstorableError, match="over the limit of 100"):
        encode(finding("f" * 100))
