from __future__ import annotations

import random
from math import floor, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.conformal import BLOCKS, Quantile, Tail


class Slow:
    """The same window with every score kept, and the definition of the conformal p-value."""

    def __init__(self, quantile: Quantile) -> None:
        self.quantile, self.scores = quantile, list[float]()

    def add(self, score: float) -> None:
        self.scores.append(score)
        block = self.quantile.block
        if len(self.scores) == BLOCKS * block:
            self.scores = self.scores[block:]

    def p_value(self, score: float) -> float:
        return (1 + sum(one >= score for one in self.scores)) / (len(self.scores) + 1)


@given(
    rate=st.sampled_from([0.02, 0.05, 0.1, 0.25]),
    scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.0]) | st.floats(0, 10), max_size=400),
)
def test_the_threshold_is_that_of_the_whole_window(rate: float, scores: list[float]) -> None:
    quantile, tail = Quantile(rate), Tail()
    slow = Slow(quantile)
    for score in scores:
        p = slow.p_value(score)
        assert (score > tail.limit) == (p <= rate + 1e-9)
        if score > tail.limit:
            assert tail.p_value(score, quantile) == pytest.approx(p)
        tail.add(score, quantile)
        slow.add(score)
        assert tail.count(quantile) == len(slow.scores)


def test_a_block_of_equal_scores_ends_on_time() -> None:
    quantile, tail = Quantile(0.1), Tail()
    for _ in range(29):
        tail.add(0.0, quantile)
    assert (len(tail.blocks), tail.count(quantile)) == (2, 29)


def test_it_is_silent_with_fewer_scores_than_one_over_the_rate() -> None:
    quantile, tail = Quantile(0.01), Tail()
    for number in range(98):
        tail.add(float(number), quantile)
    assert tail.limit == inf
    tail.add(1.0, quantile)
    assert tail.limit == 97.0


def test_memory_does_not_grow_with_the_window() -> None:
    quantile, tail, draw = Quantile(0.001), Tail(), random.Random(1)
    for _ in range(30_000):
        tail.add(draw.random(), quantile)
    assert sum(map(len, tail.blocks)) <= BLOCKS * quantile.keep <= 40
    assert 6_000 <= tail.count(quantile) < 8_000


@pytest.mark.parametrize("rate", [0.01, 0.002])
def test_the_stated_rate_is_kept_for_exchangeable_scores(rate: float) -> None:
    draw, false, judged = random.Random(7), 0, 0
    for _ in range(10):
        quantile, tail = Quantile(rate), Tail()
        for _ in range(floor(20 / rate)):
            score = draw.lognormvariate(0, 2)
            if tail.limit < inf:
                judged += 1
                false += score > tail.limit
            tail.add(score, quantile)
    # Thresholds vary as well as counts, hence not three but four binomial deviations.
    assert 0.5 * rate < false / judged <= rate + 4 * (rate / judged) ** 0.5
