from __future__ import annotations

import numpy as np
import pytest

from pullcord.investigation.features import INDEX, NAMES
from pullcord.investigation.model import PairModel, chance, linear
from pullcord.investigation.ranking import WIDTHS
from pullcord.investigation.weights import Linear, read_weights
from tests.investigation.weights_json import encoded


def row(**features: float) -> list[float]:
    numbers = [0.0] * len(NAMES)
    for name, value in features.items():
        numbers[INDEX[name]] = value
    return numbers


def test_scores_are_the_weighted_mean_of_linear_model_and_trees() -> None:
    model = PairModel(read_weights(encoded(), WIDTHS))
    matrix = np.array([row(), row(strong_first=3), row(call_acts=1), row(call_acts=0.5, strong_first=1)])
    assert model(matrix).tolist() == pytest.approx([-0.5, 2.5, 1.5, 0.5])


def test_without_trees_and_without_rows() -> None:
    model = PairModel(read_weights(encoded(trees=[]), WIDTHS))
    assert model(np.array([row(strong_first=1)])).tolist() == pytest.approx([0.5])
    assert model(np.zeros((0, len(NAMES)))).shape == (0,)


def test_many_rows_score_as_few_do() -> None:
    model = PairModel(read_weights(encoded(), WIDTHS))
    many = np.array([row(strong_first=n % 4, call_acts=n % 2) for n in range(9_001)])
    assert model(many)[-5:].tolist() == model(many[-5:]).tolist()


def test_chance_is_a_probability_even_far_out() -> None:
    model = Linear([1.0], [2.0], [3.0], 0.5)
    assert linear(model, np.array([[3.0]])).tolist() == [3.5]
    assert chance(model, (1.0,)) == pytest.approx(0.6225, abs=1e-4)
    assert 0.0 < chance(model, (-1e9,)) < chance(model, (1e9,)) < 1.0
