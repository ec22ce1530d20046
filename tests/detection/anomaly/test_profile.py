from __future__ import annotations

import pytest

from pullcord.detection.anomaly.profile import LEAST_WEEKS, SLOTS, Profile
from pullcord.model.times import HOUR

WEEK = SLOTS * HOUR


def level(hour: int) -> float:
    return 10.0 if hour % 24 in range(6, 18) else 1.0


def learned(weeks: int) -> Profile:
    profile = Profile()
    for hour in range(weeks * SLOTS):
        profile.learn(hour * HOUR, level(hour), 100.0)
    return profile


def test_before_two_weeks_the_mean_of_all_hours_is_expected() -> None:
    profile = learned(1)
    assert not profile.seasonal(WEEK + 3 * HOUR)
    assert profile.expected(WEEK + 3 * HOUR) == pytest.approx(5.5, abs=0.5)


@pytest.mark.parametrize("hour", [3, 12])
def test_after_that_the_same_hour_of_other_weeks(hour: int) -> None:
    profile = learned(LEAST_WEEKS)
    when = LEAST_WEEKS * WEEK + hour * HOUR
    assert profile.seasonal(when)
    assert profile.expected(when) == pytest.approx(level(hour))


def test_many_values_of_one_hour_are_one_week() -> None:
    profile = Profile()
    for minute in range(60):
        profile.learn(minute * HOUR // 60, 5.0, 100.0)
    assert profile.weeks[0] == 1
    assert profile.expected(0) == pytest.approx(5.0)


def test_a_wild_value_moves_an_hour_by_no_more_than_the_bound() -> None:
    profile = learned(3)
    profile.learn(3 * WEEK, 1e9, 2.0)
    assert profile.expected(4 * WEEK) < level(0) + 2.0
