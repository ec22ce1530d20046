from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.anomaly.models.adwin import BUCKETS, EVERY, ROWS, Adwin
from pullcord.detection.anomaly.parameters import Parameters, Side

P = Parameters(warm_up=100, rate=0.001)


def scores(model: Adwin, values: list[float], p: Parameters = P) -> list[float]:
    return [score for value in values if (score := model.step(value, 0, p)) >= 0]


@given(st.lists(st.floats(0, 1, width=16), min_size=1, max_size=300))
def test_buckets_add_up_to_the_values(values: list[float]) -> None:
    model = Adwin()
    for value in values:
        model._insert(value)
    assert model.width == len(values)
    assert sum(map(sum, model.sums)) == pytest.approx(sum(values))
    assert all(len(row) <= BUCKETS for row in model.sums)


def test_it_looks_at_every_32nd_value() -> None:
    draw = random.Random(1)
    assert len(scores(Adwin(), [draw.random() for _ in range(3_200)])) == 100 - 100 // EVERY


def test_a_steady_stream_stays_below_its_bound() -> None:
    draw = random.Random(1)
    assert max(scores(Adwin(), [float(draw.random() < 0.1) for _ in range(50_000)])) < 1.0


@pytest.mark.parametrize(("side", "found"), [(Side.BOTH, True), (Side.UPPER, True), (Side.LOWER, False)])
def test_a_change_is_found_and_the_old_part_forgotten(side: Side, *, found: bool) -> None:
    draw, p = random.Random(1), Parameters(warm_up=100, rate=0.001, side=side)
    model = Adwin()
    scores(model, [float(draw.random() < 0.05) for _ in range(5_000)], p)
    after = [model.step(float(draw.random() < 0.3), 0, p) for _ in range(400)]
    assert (max(after) > 1.0) is found
    assert (model.width < 1_000) is found


def test_it_remembers_both_parts() -> None:
    draw, model = random.Random(1), Adwin()
    scores(model, [float(draw.random() < 0.05) for _ in range(5_000)])
    while model.step(float(draw.random() < 0.3), 0, P) <= 1.0:
        pass
    assert model.old_mean < 0.1 < model.new_mean


def test_values_outside_the_range_count_as_its_ends() -> None:
    model = Adwin()
    for value in (1e300, -1e300):
        model.step(value, 0, P)
    assert model.sums[0] == [1.0, 0.0]


def test_its_memory_is_bounded() -> None:
    model = Adwin()
    for _ in range(60_000):
        model._insert(0.5)
    assert sum(map(len, model.sums)) <= ROWS * BUCKETS
    assert model.width == sum(len(row) << i for i, row in enumerate(model.sums))


def test_an_alarm_drops_the_old_part() -> None:
    draw, model = random.Random(1), Adwin()
    scores(model, [draw.random() for _ in range(3_200)])
    model.split = 100
    model.alarmed(P)
    assert model.width <= 100
    assert model.peek(1.0, P) == -1.0
