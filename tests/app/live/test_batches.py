from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.live.batches import decode_batch, encode_batch
from pullcord.store.errors import LakeDamagedError, UnstorableError
from tests.app.build import event

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63), st.booleans()
)


@given(st.lists(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES)))
def test_what_goes_in_comes_out(attributes: list[dict[str, str | int | bool]]) -> None:
    events = [event(f"e{number}", number, attributes=one) for number, one in enumerate(attributes)]
    assert decode_batch(1, encode_batch(events)) == events


def test_an_event_that_the_lake_would_refuse_is_refused() -> None:
    with pytest.raises(UnstorableError, match="bad-one"):
        encode_batch([event("good"), event("bad-one", attributes={"text": "\ud800"})])


def test_a_damaged_batch_is_named() -> None:
    with pytest.raises(LakeDamagedError, match="batch 7 "):
        decode_batch(7, encode_batch([event("a")])[:-3])


def test_numbers_that_json_does_not_know_are_kept_as_words() -> None:
    (found,) = decode_batch(1, encode_batch([event("a", attributes={"share": float("nan")})]))
    assert found == msgspec.structs.replace(event("a"), attributes={"share": "NaN"})
