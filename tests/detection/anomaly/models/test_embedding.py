from __future__ import annotations

import random

from pullcord.detection.anomaly.models.embedding import WIDTH, EmbeddingDrift
from pullcord.detection.anomaly.parameters import Parameters

P = Parameters(reference=400, window=100, rate=0.01)
DRAW = random.Random(6)


def vectors(move: float, count: int) -> list[list[float]]:
    return [[DRAW.gauss(i % 3 + (move if i < 8 else 0), 1) for i in range(48)] for _ in range(count)]


def scores(model: EmbeddingDrift, move: float, count: int) -> list[float]:
    return [s for vector in vectors(move, count) if (s := model.step(vector, 0, P)) >= 0]


def test_a_move_of_the_mean_is_found() -> None:
    model = EmbeddingDrift()
    assert scores(model, 0, 400) == []
    assert sum(score > 1 for score in scores(model, 0, 2_000)) <= 2
    assert min(scores(model, 0.6, 300)) > 1
    assert model.distance > 32


def test_vectors_of_another_size_are_not_judged() -> None:
    model = EmbeddingDrift()
    scores(model, 0, 450)
    before = model.m
    assert model.step([1.0] * 12, 0, P) == -1.0
    assert model.m == before


def test_components_that_never_vary_are_no_division_by_zero() -> None:
    model = EmbeddingDrift()
    found = [model.step([1.0, 2.0, 3.0], 0, P) for _ in range(500)]
    assert max(found) == 0.0
    assert len(model.mean) == WIDTH
