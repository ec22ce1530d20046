from __future__ import annotations

import random

import pytest

from pullcord.detection.anomaly.models.page_hinkley import PageHinkley
from pullcord.detection.anomaly.parameters import Parameters, Side

P = Parameters(warm_up=100, memory=10_000, weight=1 / 10_000, slack=0.3)


def warm(p: Parameters = P) -> tuple[PageHinkley, random.Random]:
    model, draw = PageHinkley(), random.Random(4)
    for _ in range(2_000):
        model.step(draw.gauss(0, 1), 0, p)
    return model, draw


@pytest.mark.parametrize("move", [1.5, -1.5])
def test_a_change_of_the_mean_scores_in_either_direction(move: float) -> None:
    model, draw = warm()
    calm = max(model.step(draw.gauss(0, 1), 0, P) for _ in range(500))
    assert max(model.step(draw.gauss(move, 1), 0, P) for _ in range(60)) > 1.5 * calm


def test_after_an_anomaly_the_new_level_is_the_reference() -> None:
    model, draw = warm()
    loud = []
    for i in range(1_500):
        if model.step(draw.gauss(5, 1), 0, P) > 20:
            loud.append(i)
            model.alarmed(P)
    assert len(loud) > 1
    assert loud[-1] < 800
    assert model.level.mean == pytest.approx(5, abs=0.5)


def test_a_peek_is_the_next_upward_score() -> None:
    p = Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, side=Side.UPPER)
    model, _ = warm(p)
    assert model.peek(3.0, p) == model.step(3.0, 0, p)
    assert PageHinkley().peek(3.0, p) == -1.0


def test_only_the_suspicious_direction_scores() -> None:
    p = Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, side=Side.LOWER)
    model, _ = warm(p)
    assert [model.step(3.0, 0, p) for _ in range(100)][-1] == 0.0
