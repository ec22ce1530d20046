from __future__ import annotations

import random

from pullcord.detection.anomaly.models.cusum import Cusum
from pullcord.detection.anomaly.parameters import Parameters, Side

P = Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, slack=0.5)


def warm(p: Parameters = P) -> tuple[Cusum, random.Random]:
    model, draw = Cusum(), random.Random(2)
    for _ in range(2_000):
        model.step(draw.gauss(0, 1), 0, p)
    return model, draw


def test_it_warms_up_in_silence() -> None:
    model = Cusum()
    assert {model.step(float(i), 0, P) for i in range(100)} == {-1.0}
    assert model.peek(1.0, P) >= 0.0


def test_a_small_shift_that_lasts_adds_up_where_one_value_says_nothing() -> None:
    model, draw = warm()
    calm = max(model.step(draw.gauss(0, 1), 0, P) for _ in range(500))
    shifted = max(model.step(draw.gauss(1.2, 1), 0, P) for _ in range(60))
    assert shifted > 1.5 * calm


def test_one_wild_value_adds_little() -> None:
    model, _ = warm()
    model.alarmed(P)
    assert model.step(1e9, 0, P) <= 4.0


def test_only_the_suspicious_direction_adds_up() -> None:
    model, _ = warm(Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, side=Side.LOWER))
    p = Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, side=Side.LOWER)
    assert [model.step(3.0, 0, p) for _ in range(10)][-1] == 0.0
    assert [model.step(-3.0, 0, p) for _ in range(10)][-1] > 10


def test_a_peek_is_the_next_upward_score() -> None:
    p = Parameters(warm_up=100, memory=1_000, weight=1 / 1_000, side=Side.UPPER)
    model, _ = warm(p)
    assert model.peek(2.0, p) == model.step(2.0, 0, p)


def test_after_an_anomaly_it_starts_again_with_the_same_reference() -> None:
    model, _ = warm()
    model.step(3.0, 0, P)
    mean = model.level.mean
    model.alarmed(P)
    assert (model.up, model.down, model.level.mean) == (0.0, 0.0, mean)
