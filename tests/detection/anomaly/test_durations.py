from __future__ import annotations

import pytest

from pullcord.detection.anomaly.durations import duration, spoken
from pullcord.model.times import DAY, HOUR, MINUTE, SECOND


@pytest.mark.parametrize(
    ("text", "length"), [("30s", 30 * SECOND), ("5m", 5 * MINUTE), ("1h", HOUR), ("366d", 366 * DAY)]
)
def test_a_duration_is_read(text: str, length: int) -> None:
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "5", "0s", "-1s", "5 m", "1w", "367d", "9999999d", "1.5h", "٣s"])
def test_anything_else_is_not(text: str) -> None:
    assert duration(text) is None


def test_it_is_spoken_in_the_largest_even_unit() -> None:
    lengths = (DAY, 2 * HOUR, 90 * MINUTE, 15 * SECOND, SECOND // 2)
    assert [spoken(length) for length in lengths] == ["1 day", "2 hours", "90 minutes", "15 s", "0.5 s"]
