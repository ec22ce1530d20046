from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.behaviour.memory import Memory, Record, key_of, print_of, split
from pullcord.detection.stream import MOST_KEY, MOST_VALUE
from pullcord.model.times import HOUR


class Count(Record, array_like=True):
    number: int = 0


def filled(most: int = 3) -> Memory[Count]:
    memory = Memory("count", Count, most)
    for number in range(most):
        memory.put(str(number), Count(number=number))
    return memory


def test_the_least_recently_used_is_forgotten_and_counted() -> None:
    memory = filled()
    memory.get("0", HOUR)
    memory.put("new", Count())
    assert memory.get("1", 0) is None
    assert memory.get("0", 0) is not None
    assert (len(memory), memory.evicted) == (3, 1)
    assert memory.changed()["count:1"] is None


def test_use_within_the_hour_moves_nothing_and_writes_nothing() -> None:
    memory = filled()
    memory.changed()
    memory.get("0", HOUR - 1)
    assert memory.changed() == {}
    assert memory.oldest() == ("0", Count(turn=1, number=0))


def test_a_restored_memory_goes_on_as_the_old_one_would() -> None:
    old = filled()
    state = {key: value for key, value in old.changed().items() if value is not None}
    old.get("0", HOUR)
    old.drop("2")
    for key, value in old.changed().items():
        if value is None:
            del state[key]
        else:
            state[key] = value
    new = Memory("count", Count, 3)
    assert new.restore(split(dict(reversed(state.items())))["count"]) == 0
    for memory in (old, new):
        memory.put("a", Count(number=7))
        memory.put("b", Count(number=8))
    assert old.changed() == new.changed()
    assert old.oldest() == new.oldest()


def test_with_less_room_the_oldest_go_from_the_store_too() -> None:
    old = filled()
    entries = split({key: value for key, value in old.changed().items() if value is not None})["count"]
    small = Memory("count", Count, 2)
    assert small.restore(entries) == 0
    assert (len(small), small.evicted, small.changed()) == (2, 1, {"count:0": None})


def test_no_name_is_taken_for_two() -> None:
    assert key_of("a", "b\x1fc") != key_of("a\x1fb", "c")
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of(None) != key_of("")


def test_damaged_entries_are_left_out_and_counted() -> None:
    memory = filled()
    damaged = {"a": b"", "b": b"\xc1", "c": b"x" * (MOST_VALUE + 1), "d": b"\x93\x01\x02\xa1x"}
    assert memory.restore(damaged) == len(damaged)
    assert len(memory) == 0


@given(st.dictionaries(st.text(max_size=40), st.binary(max_size=200), max_size=8))
def test_whatever_was_stored_restores_without_failing(entries: dict[str, bytes]) -> None:
    memory = Memory("count", Count, 4)
    damaged = sum(memory.restore(part) for part in split(entries).values())
    assert 0 <= damaged <= len(entries)
    memory.put("x", Count())
    assert len(memory) <= 4


@given(st.lists(st.one_of(st.none(), st.text(st.characters(), max_size=600)), min_size=1, max_size=4))
def test_keys_are_short_whatever_the_names(parts: list[str | None]) -> None:
    key = key_of(*parts)
    assert len(f"some-prefix:{key}") <= MOST_KEY
    assert key == key_of(*parts)
    assert key != key_of(*parts, "more")


@given(st.text(st.characters(), max_size=600))
def test_fingerprints_fit_64_bits(text: str) -> None:
    assert 0 <= print_of(text) < 2**63
    assert print_of(text) == print_of(text)


def test_fingerprints_are_the_same_in_every_run() -> None:
    assert print_of("press-4") == 3829107665220050455
