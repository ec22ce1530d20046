from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.correlation.entry import Context, Entry, Kept
from pullcord.detection.correlation.measures import Count, Distinct, Measure, Present, Ranked, Total
from pullcord.detection.correlation.rule import Number, Seen
from pullcord.model.event import SourceTrust

CONTEXT = Context(None, None, None, SourceTrust.AUTHENTICATED, text=False, entities=())


def entry(*values: Kept, rules: int = 1) -> Entry:
    return Entry(1, "e", values, rules, CONTEXT)


def slid(measure: Measure, entries: list[Entry], width: int) -> Number | Seen:
    """The measure of the last entries after all went through."""
    window: list[Entry] = []
    for each in entries:
        window.append(each)
        measure.add(each, window)
        gone, window = window[:-width], window[-width:]
        if gone:
            measure.remove(gone, window)
    return measure.read(window)


VALUES = st.lists(st.one_of(st.integers(-(2**62), 2**62), st.floats(-1e300, 1e300)), min_size=1, max_size=20)


@given(VALUES, st.integers(1, 5))
def test_sums_stay_exact_however_long_the_window_slides(values: list[float], width: int) -> None:
    entries = [entry(value) for value in values]
    left = [Fraction(value) for value in values[-width:]]
    assert slid(Total(mean=False), entries, width) == sum(left)
    assert slid(Total(mean=True), entries, width) == sum(left) / len(left)


@given(VALUES, st.integers(1, 5))
def test_ranks_stay_exact(values: list[float], width: int) -> None:
    left = sorted(map(Fraction, values[-width:]))
    entries = [entry(value) for value in values]
    assert slid(Ranked(Fraction(0)), entries, width) == left[0]
    assert slid(Ranked(Fraction(100)), entries, width) == left[-1]
    middle = (left[(len(left) - 1) // 2] + left[len(left) // 2]) / 2
    assert slid(Ranked(Fraction(50)), entries, width) == middle


@pytest.mark.parametrize(("percentile", "wanted"), [(25, 2), (90, Fraction(23, 5)), (95, Fraction(24, 5))])
def test_percentiles_are_interpolated(percentile: int, wanted: Fraction) -> None:
    assert slid(Ranked(Fraction(percentile)), [entry(value) for value in (5, 3, 1, 4, 2)], 5) == wanted


def test_counts() -> None:
    entries = [entry("a", "b"), entry("a"), entry("c"), entry("c")]
    assert slid(Count(), entries, 3) == 3
    assert slid(Distinct(), entries, 4) == 3
    assert slid(Distinct(), entries, 3) == 2
    assert slid(Distinct(), entries, 2) == 1


def test_which_rules_are_present() -> None:
    entries = [entry(rules=0b100), entry(rules=0b011), entry(rules=0b001)]
    assert slid(Present(3), entries, 3) == Seen((0b111,), 0b111)
    assert slid(Present(3), entries, 2) == Seen((0b011,), 0b011)
