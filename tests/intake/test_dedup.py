from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Counters
from pullcord.intake.dedup import Seen


@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_each_id_is_new_once(ids: list[str]) -> None:
    counters = Counters()
    seen = Seen(counters)
    assert [identity for identity in ids if seen.new(identity)] == list(dict.fromkeys(ids))
    assert counters.duplicates == len(ids) - len(set(ids))


def test_memory_is_bounded_and_forgetting_counted() -> None:
    counters = Counters()
    seen = Seen(counters, most=10)
    assert all(seen.new(str(n)) for n in range(16))
    assert counters.dedup_evicted == 10
    assert not seen.new("15"), "the young are remembered"
    assert seen.new("0"), "the old are forgotten"
