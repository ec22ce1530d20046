from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.time_parts import time_part

MOMENT = 1_767_323_045  # 2026-01-02T03:04:05Z, a Friday in ISO week 1


@pytest.mark.parametrize(
    ("part", "number"), [("MINUTE", 4), ("HOUR", 3), ("DAY", 2), ("WEEK", 1), ("MONTH", 1), ("YEAR", 2026)]
)
@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T05:04:05.123+02:00",
        "2026-01-02 03:04:05.9",
        MOMENT,
        MOMENT * 1_000,
        MOMENT * 1_000_000,
        MOMENT * 1_000_000_000,
        float(MOMENT),
    ],
)
def test_parts(value: str | float, part: str, number: int) -> None:
    assert time_part(value, part) == number


@pytest.mark.parametrize(
    "value", ["", "noon", "2026-13-01T00:00:00Z", "2026-02-30 00:00:00", True, 0, 23, -5, 1e30, float("nan")]
)
def test_what_is_no_time_has_no_part(value: str | float) -> None:
    assert time_part(value, "HOUR") is None


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans()))
def test_nothing_raises(value: str | float) -> None:
    assert time_part(value, "YEAR") is None or isinstance(time_part(value, "YEAR"), int)
