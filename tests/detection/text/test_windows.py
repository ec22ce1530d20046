from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.text.windows import windows


def test_a_short_text_is_one_window() -> None:
    assert windows(0) == []
    assert windows(1) == [(0, 1)]
    assert windows(24) == [(0, 24)]


@given(st.integers(1, 5_000))
def test_every_word_is_in_a_small_window_and_the_number_is_bounded(count: int) -> None:
    found = windows(count)
    assert len(found) <= count / 7 + 6
    assert all(0 <= first < end <= count for first, end in found)
    covered = {word for first, end in found if end - first <= 24 for word in range(first, end)}
    assert covered == set(range(count))


def test_the_whole_of_a_middling_text_is_a_window_too() -> None:
    assert (0, 60) in windows(60)
    assert (0, 200) in windows(200)
