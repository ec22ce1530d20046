from __future__ import annotations

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.finding import Finding, Severity
from pullcord.model.noun import Noun, canonical, digest, digest_bytes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Pair(Noun, frozen=True, kw_only=True):
    b: int
    a: dict[str, int]


def test_canonical_bytes_are_sorted_and_without_blanks() -> None:
    assert canonical(Pair(b=1, a={"z": 1, "ä": 2, "a": 3})) == '{"a":{"a":3,"z":1,"ä":2},"b":1}'.encode()


@given(JSON)
def test_canonical_reads_back_as_the_same_value(value: object) -> None:
    assert msgspec.json.decode(canonical(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2, max_size=8))
def test_the_order_of_a_mapping_does_not_count(value: dict[str, int]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_digests_are_sha_256_in_hexadecimal() -> None:
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest_bytes(b"weld") == hashlib.sha256(b"weld").hexdigest()


def test_a_noun_is_frozen() -> None:
    pair = Pair(b=1, a={})
    with pytest.raises(AttributeError):
        pair.b = 2  # type: ignore[misc]  # that is the point


def test_an_unknown_field_is_refused_and_a_known_noun_survives() -> None:
    found = Finding(
        id="f", rule_id="r", title="t", severity=Severity.HIGH, time=-(2**63), event_ids=("e", "d")
    )
    assert msgspec.json.decode(canonical(found), type=Finding) == found
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"b":1,"a":{},"c":0}', type=Pair)
