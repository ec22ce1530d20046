from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.entry import Context, Entry
from pullcord.detection.correlation.ordered import Ordered
from pullcord.detection.correlation.rule import Seen
from pullcord.model.event import SourceTrust

CONTEXT = Context(None, None, None, SourceTrust.AUTHENTICATED, text=False, entities=())
RULES = 4


def entries_of(steps: list[tuple[int, int]]) -> list[Entry]:
    found: list[Entry] = []
    now = 0
    for step, rules in steps:
        now += step
        found.append(Entry(now, str(len(found)), (), rules, CONTEXT))
    return found


def chains(window: list[Entry]) -> set[int]:
    """Every set of rules with as many entries one after the other, by trying all."""
    rows = [row for length in range(1, RULES + 1) for row in combinations(range(RULES), length)]
    return {
        sum(1 << place for place in row)
        for row in rows
        if any(
            all(entry.rules >> place & 1 for place, entry in zip(row, chosen, strict=True))
            for chosen in combinations(window, len(row))
        )
    }


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 15)), min_size=1, max_size=9), st.integers(1, 9))
def test_chains_are_those_of_the_window(steps: list[tuple[int, int]], width: int) -> None:
    sets, lengths = Ordered(RULES, by_sets=True), Ordered(RULES, by_sets=False)
    window: list[Entry] = []
    for entry in entries_of(steps):
        window.append(entry)
        gone, kept = window[:-width], window[-width:]
        for measure in (sets, lengths):
            measure.add(entry, window)
            measure.remove(gone, kept)
        window = kept
        expected = chains(window)
        present = expected & {1 << place for place in range(RULES)}
        read = sets.read(window)
        assert isinstance(read, Seen)
        assert (set(read.chains), read.present) == (expected, sum(present))
        longest = max(mask.bit_count() for mask in expected)
        assert lengths.read(window) == Seen(((1 << longest) - 1,), sum(present))


def test_an_entry_that_comes_late_is_sorted_in() -> None:
    measure = Ordered(2, by_sets=False)
    second, first = Entry(5, "b", (), 0b10, CONTEXT), Entry(3, "a", (), 0b01, CONTEXT)
    measure.add(second, [second])
    assert measure.read([second]) == Seen((0b1,), 0b10)
    measure.add(first, [first, second])
    assert measure.read([first, second]) == Seen((0b11,), 0b11)
    measure.remove([first, second], [])
    assert measure.read([]) == Seen((0,), 0)
