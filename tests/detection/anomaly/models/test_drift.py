from __future__ import annotations

import random

import pytest

from pullcord.detection.anomaly.models.drift import CLASSES, ClassDrift, Drift
from pullcord.detection.anomaly.models.seen import mark
from pullcord.detection.anomaly.parameters import Parameters

P = Parameters(reference=300, window=200, rate=0.01)


def blocks(draw: random.Random, mean: float, count: int, model: Drift) -> list[float]:
    return [s for _ in range(count * P.window) if (s := model.step(draw.gauss(mean, 1), 0, P)) >= 0]


def test_one_score_per_block_once_the_reference_is_full() -> None:
    model, draw = Drift(), random.Random(1)
    assert [model.step(draw.random(), 0, P) for _ in range(300)] == [-1.0] * 300
    assert len(blocks(draw, 0.5, 3, model)) == 3
    assert model.known_mean() == pytest.approx(0.5, abs=0.1)


def test_the_same_distribution_stays_below_the_bound_and_a_shifted_one_does_not() -> None:
    model, draw = Drift(), random.Random(1)
    for _ in range(300):
        model.step(draw.gauss(0, 1), 0, P)
    assert sum(score > 1 for score in blocks(draw, 0, 50, model)) <= 3
    assert min(blocks(draw, 1, 5, model)) > 1
    assert model.mean == pytest.approx(1, abs=0.3)


def test_a_constant_that_stays_one_is_no_drift_and_a_new_one_is() -> None:
    model = Drift()
    scores = [model.step(0.1, 0, P) for _ in range(700)]
    assert max(scores) == 0.0
    assert max(model.step(0.2, 0, P) for _ in range(200)) > 1


def test_slow_drift_cannot_become_the_reference() -> None:
    model, draw, last = Drift(), random.Random(1), 0.0
    for i in range(20_000):
        score = model.step(draw.gauss(i / 10_000, 1), 0, P)
        last = score if score >= 0 else last
    assert last > 1


def test_extreme_numbers_are_taken() -> None:
    model = Drift()
    for value in [1e15, -1e15, 0.0] * 400:
        model.step(value, 0, P)
    assert len(model.reference) == 1_200


def mix(model: ClassDrift, shares: dict[str, int], count: int, p: Parameters) -> list[float]:
    draw = random.Random(3)
    names, weights = list(shares), list(shares.values())
    return [s for name in draw.choices(names, weights, k=count) if (s := model.step(name, 0, p)) >= 0]


def test_another_mix_of_classes_is_found_with_the_class_that_moved() -> None:
    p, model = Parameters(reference=1_000, window=200, rate=0.01), ClassDrift()
    usual = {"good": 90, "scratch": 8, "dent": 2}
    assert sum(score > 1 for score in mix(model, usual, 21_000, p)) <= 4
    assert min(mix(model, {"good": 98, "scratch": 1, "dent": 1}, 1_000, p)) > 0
    assert max(mix(model, {"good": 70, "scratch": 28, "dent": 2}, 1_000, p)) > 1
    assert model.moved in (mark("good"), mark("scratch"))
    assert abs(model.now - model.was) > 0.1


def test_a_class_that_was_never_there_is_a_change() -> None:
    p, model = Parameters(reference=500, window=100, rate=0.01), ClassDrift()
    mix(model, {"good": 1}, 500, p)
    assert mix(model, {"odd": 1}, 100, p)[0] > 1


def test_classes_are_bounded() -> None:
    p, model = Parameters(reference=500, window=10_000, rate=0.01), ClassDrift()
    for i in range(3_000):
        model.step(f"c{i}", 0, p)
    assert len(model.reference) <= CLASSES + 1
    assert len(model.block) <= CLASSES + 1
