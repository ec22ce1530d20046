from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.entry import (
    LONGEST_VALUE,
    MOST_ENTITIES,
    MOST_ID_BYTES,
    MOST_IDS,
    Context,
    Entry,
    Pool,
    bounded_entities,
    bounded_ids,
    bounded_name,
    clip,
    group_text,
    numbers,
    pack,
    texts,
)
from pullcord.model.event import SourceTrust, Value

CONTEXT = Context("s", None, None, SourceTrust.AUTHENTICATED, text=False, entities=("user:ann",))


@given(st.text(alphabet=st.characters(codec=None), max_size=200), st.text(max_size=200))
def test_clipped_values_are_short_and_still_differ(one: str, other: str) -> None:
    assert len(clip(one).encode("utf-8", "surrogatepass")) <= LONGEST_VALUE
    assert (clip(one) == clip(other)) == (one == other)


def test_names_that_are_too_long_are_left_out() -> None:
    assert bounded_name("ü" * 64) == "ü" * 64
    assert bounded_name("ü" * 65) is None
    assert bounded_name(None) is None
    assert bounded_entities(["a:1", "b:" + "x" * 90, "c:3"]) == ("a:1", "c:3")
    assert len(bounded_entities(f"a:{number}" for number in range(50))) == MOST_ENTITIES


@given(st.lists(st.text(min_size=1, max_size=512), min_size=1, max_size=30))
def test_the_newest_ids_are_kept(ids: list[str]) -> None:
    kept = bounded_ids(ids)
    assert list(kept) == ids[len(ids) - len(kept) :]
    assert 1 <= len(kept) <= MOST_IDS
    assert len(kept) == 1 or sum(len(each.encode()) for each in kept) <= MOST_ID_BYTES


def test_a_trace_that_is_part_of_the_id_is_not_kept_twice() -> None:
    for ids, trace, kept in (
        (("abc:1",), "abc", ""),
        (("abc:1",), "ab", "ab"),
        (("x", "abc:1"), "abc", ""),
        (("abc",), None, None),
    ):
        events, packed = pack(ids, trace)
        assert packed == kept
        entry = Entry(1, events, (), 1, CONTEXT, packed)
        assert (entry.ids, entry.trace_id) == (ids, trace)


def test_values_to_group_by() -> None:
    assert group_text("Ann") == "Ann"
    assert group_text(4.0) == group_text("4") == "4"
    assert group_text(["a", 1]) == "a, 1"
    assert group_text([str(number) for number in range(9)]) != group_text(
        [str(number) for number in [*range(8), 9]]
    )
    nothing: list[Value | None] = [None, "", " ", []]
    assert [group_text(value) for value in nothing] == [None] * 4


def test_values_to_measure() -> None:
    assert texts(["A", "", 1, True]) == (["a", "1", "true"], 0)
    assert texts(list(range(10)))[1] == 2
    assert texts(None) == ([], 0)
    assert numbers(["1", " 2", 2.5, True, "x", float("nan")]) == ([1, 2.5], 0)
    assert numbers(2**70) == ([float(2**70)], 0)
    assert numbers(10**500) == ([], 0)
    assert numbers(None) == ([], 0)


def test_equal_contexts_are_one_object_within_the_bound() -> None:
    pool = Pool(most=2)
    first = pool.share(CONTEXT)
    assert pool.share(Context(*CONTEXT)) is first
    for number in range(3):
        pool.share(CONTEXT._replace(asset=str(number)))
    assert pool.share(CONTEXT) == first
