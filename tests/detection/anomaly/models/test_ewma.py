from __future__ import annotations

import random

import pytest

from pullcord.detection.anomaly.models.ewma import Ewma, sided
from pullcord.detection.anomaly.parameters import Parameters, Side

P = Parameters(warm_up=50, memory=200, weight=1 / 200)


def warm(p: Parameters = P, seed: int = 1) -> Ewma:
    model, draw = Ewma(), random.Random(seed)
    for _ in range(1_000):
        model.step(draw.gauss(100, 10), 0, p)
    return model


def test_it_starts_from_medians_and_stays_silent_so_long() -> None:
    values, model = [3.0, 5.0, 4.0, 8.0, 1e6], Ewma()
    p = Parameters(warm_up=5)
    assert [model.step(value, 0, p) for value in values] == [-1.0] * 5
    assert (model.mean, model.var**0.5) == (5.0, pytest.approx(2 * 1.4826))
    assert model.first == []
    assert Ewma().peek(1e9, p) == -1.0


def test_a_start_without_a_median_deviation_takes_the_mean_one() -> None:
    model, p = Ewma(), Parameters(warm_up=4)
    for value in (1.0, 1.0, 1.0, 5.0):
        model.step(value, 0, p)
    assert model.var**0.5 == pytest.approx(1.2533)


def test_a_wild_value_among_the_first_does_not_become_the_spread() -> None:
    model, draw = Ewma(), random.Random(1)
    for i in range(50):
        model.step(1e9 if i % 10 == 5 else draw.gauss(100, 10), 0, P)
    assert model.var**0.5 == pytest.approx(10, rel=0.6)


def test_the_score_is_the_distance_in_deviations() -> None:
    model = warm()
    assert model.mean == pytest.approx(100, abs=3)
    assert model.var**0.5 == pytest.approx(10, rel=0.2)
    peeked = model.peek(150, P)
    assert model.step(150, 0, P) == pytest.approx(peeked)
    assert peeked == pytest.approx(5, rel=0.3)


def test_a_wild_value_moves_the_reference_no_more_than_one_at_three_deviations() -> None:
    wild, bounded = warm(), warm()
    wild.step(1e12, 0, P)
    bounded.step(bounded.mean + 3 * bounded.var**0.5, 0, P)
    assert (wild.mean, wild.var) == pytest.approx((bounded.mean, bounded.var))


@pytest.mark.parametrize(("side", "up", "down"), [(Side.UPPER, 2, 0), (Side.LOWER, 0, 2), (Side.BOTH, 2, 2)])
def test_only_the_suspicious_direction_scores(side: Side, up: float, down: float) -> None:
    assert (sided(2.0, side), sided(-2.0, side)) == (up, down)


def test_a_constant_is_no_division_by_zero() -> None:
    model = Ewma()
    for _ in range(500):
        assert model.step(7.0, 0, P) <= 0
    assert model.step(7.01, 0, P) == pytest.approx(0.01 / 0.07)
    zero = Ewma()
    for _ in range(500):
        zero.step(0.0, 0, P)
    assert zero.step(1.0, 0, P) > 1e6


def test_it_follows_a_level_that_stays() -> None:
    model = warm()
    for _ in range(2_000):
        model.step(300.0, 0, P)
    assert model.mean == pytest.approx(300, rel=0.01)
