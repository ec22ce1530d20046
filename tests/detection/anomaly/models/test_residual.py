from __future__ import annotations

import random

import pytest

from pullcord.detection.anomaly.models.residual import Residual
from pullcord.detection.anomaly.parameters import Parameters
from pullcord.model.times import HOUR, SECOND

P = Parameters(warm_up=200, memory=2_000, weight=1 / 2_000)


class Plant:
    """A flow, a pressure that follows it, and a temperature that follows both."""

    def __init__(self) -> None:
        self.draw, self.flow, self.time = random.Random(8), 0.0, 0

    def readings(self) -> list[tuple[str, float]]:
        self.time += SECOND
        self.flow = 0.95 * self.flow + self.draw.gauss(0, 1)
        pressure = 4 + 0.5 * self.flow + self.draw.gauss(0, 0.05)
        heat = 300 - 3 * self.flow + 2 * pressure + self.draw.gauss(0, 0.3)
        return [("flow", 80 + self.flow), ("pressure", pressure), ("heat", heat)]

    def run(self, model: Residual, cycles: int, spoofed: float = 0.0) -> list[float]:
        found = []
        for _ in range(cycles):
            for tag, value in self.readings():
                number = value + spoofed if tag == "pressure" else value
                score = model.step((tag, number), self.time, P)
                if tag == "pressure" and score >= 0:
                    found.append(score)
        return found


def test_a_sensor_that_contradicts_the_others_stands_out_though_its_value_is_usual() -> None:
    plant, model = Plant(), Residual()
    calm = plant.run(model, 3_000)
    assert len(calm) > 2_000
    assert sorted(calm)[-20] < 4
    # Pressure varies by about 1.6, so one unit more is nothing unusual by itself.
    spoofed = plant.run(model, 5, spoofed=1.0)
    assert min(spoofed) > 8
    assert model.others == 2
    assert model.predicted == pytest.approx(300, abs=15)


def test_an_attack_teaches_little() -> None:
    plant, model = Plant(), Residual()
    plant.run(model, 3_000)
    plant.run(model, 60, spoofed=1.0)
    plant.run(model, 3)
    assert max(plant.run(model, 5, spoofed=1.0)) > 4


def test_old_values_of_the_others_say_nothing() -> None:
    plant, model = Plant(), Residual()
    plant.run(model, 1_000)
    assert model.step(("pressure", 4.0), plant.time + HOUR, P) == -1.0


def test_one_tag_alone_is_never_judged() -> None:
    model = Residual()
    assert {model.step(("a", float(i)), i, P) for i in range(1_000)} == {-1.0}


def test_tags_beyond_the_bound_are_not_related() -> None:
    model = Residual()
    for i in range(10):
        model.step((f"t{i}", 1.0), 0, P)
    assert len(model.tags) == 4


def test_a_machine_that_stands_still_teaches_nothing() -> None:
    plant, model = Plant(), Residual()
    for i in range(2_000):
        for tag in ("flow", "pressure", "heat"):
            assert model.step((tag, 1.0), i * SECOND, P) == -1.0
    plant.time = 2_000 * SECOND
    calm = plant.run(model, 3_000)
    assert sorted(calm)[-20] < 5


def test_numbers_stay_finite_without_news_and_with_extremes() -> None:
    model = Residual()
    draw = random.Random(1)
    for i in range(5_000):
        for tag in ("a", "b"):
            value = draw.random() if i < 100 else 5.0 if i < 4_000 else 1e15
            score = model.step((tag, value), i, P)
            assert score == score  # noqa: PLR0124  (not NaN)
    assert all(abs(s) < 1e6 for tag in model.tags for s in tag.spread)
    assert all(tag.seen for tag in model.tags)
