from __future__ import annotations

import random
from math import inf

from pullcord.detection.anomaly.judge import ADMITTED, RECOVERY, Basis, Court, Judge, coarse
from pullcord.model.times import HOUR, MINUTE, SECOND

AGAIN = HOUR


def court(bound: float = inf, persist: int = 1) -> Court:
    return Court(0.01, bound, 0.0, AGAIN, persist)


def calibrated(shared: Court) -> Judge:
    judge, draw = Judge(), random.Random(1)
    for _ in range(650):
        judge.settle(draw.random(), 0, shared)
    judge.calm, judge.open = 0, False
    return judge


def test_it_is_silent_without_scores_pool_or_bound() -> None:
    judge, shared = Judge(), court()
    assert judge.settle(1e9, 0, shared) is None
    assert judge.threshold(shared) == (inf, Basis.SILENT)


def test_an_own_threshold_comes_first_then_the_pool_then_the_bound() -> None:
    shared = court(bound=7.0)
    assert Judge().threshold(shared) == (7.0, Basis.BOUND)
    for _ in range(5):
        calibrated(shared)
    limit, basis = Judge().threshold(shared)
    assert basis is Basis.POOLED
    assert 0.9 < limit <= 1.0
    assert calibrated(shared).threshold(shared)[1] is Basis.OWN


def test_four_entities_are_no_pool() -> None:
    shared = court(bound=7.0)
    for _ in range(4):
        calibrated(shared)
    assert shared.pool.entities == 4
    assert Judge().threshold(shared)[1] is Basis.BOUND


def test_what_was_shown_before_is_not_told_on_borrowed_grounds() -> None:
    shared, judge = court(bound=2.0), Judge()
    assert judge.settle(5.0, 0, shared) is True
    for _ in range(2 * RECOVERY):
        judge.settle(1.0, 0, shared)
    assert judge.settle(4.0, 0, shared) is None
    assert judge.settle(6.0, 0, shared) is True


def test_a_lasting_anomaly_is_told_once_and_again_after_an_hour() -> None:
    shared = court()
    judge = calibrated(shared)
    told = [judge.settle(9.0 + i / 1e6, i * MINUTE, shared) for i in range(130)]
    assert [i for i, one in enumerate(told) if one] == [0, 60, 120]
    assert None not in told


def test_a_time_from_the_future_does_not_silence_it() -> None:
    shared = court()
    judge = calibrated(shared)
    assert judge.settle(9.0, 10**6 * HOUR, shared) is True
    assert [judge.settle(9.1, i * MINUTE, shared) for i in range(2)] == [True, False]


def test_it_is_told_again_after_recovery() -> None:
    shared = court()
    judge = calibrated(shared)
    assert judge.settle(9.0, 0, shared) is True
    for second in range(RECOVERY - 1):
        judge.settle(0.5, second * SECOND, shared)
    assert judge.settle(9.5, 10 * SECOND, shared) is False
    for second in range(RECOVERY):
        judge.settle(0.5, second * SECOND, shared)
    assert judge.settle(9.6, 20 * SECOND, shared) is True


def test_an_attack_that_lasts_does_not_raise_the_threshold_to_itself() -> None:
    shared = court()
    judge = calibrated(shared)
    assert all(judge.settle(9.0, i * SECOND, shared) is not None for i in range(2_000))
    assert judge.admitted == ADMITTED
    assert judge.threshold(shared)[0] < 9.0


def test_a_growing_score_is_judged_but_not_kept() -> None:
    shared = court()
    judge = calibrated(shared)
    before = judge.tail.count(shared.quantile)
    assert [judge.look(score, 0, shared) for score in (0.1, 5.0, 6.0)] == [None, True, False]
    assert judge.tail.count(shared.quantile) == before
    assert judge.keep(6.0, shared) is True
    assert judge.keep(0.1, shared) is False
    assert judge.tail.count(shared.quantile) == before + 2


def test_only_anomalies_in_a_row_are_told_where_that_is_asked() -> None:
    shared = court(persist=3)
    judge = calibrated(shared)
    scores = (9.0, 9.0, 0.1, 9.0, 9.0, 9.0)
    told = [judge.settle(score, i * SECOND, shared) for i, score in enumerate(scores)]
    assert told == [False, False, None, False, False, True]


def test_it_remembers_what_the_anomaly_exceeded() -> None:
    shared = court()
    judge = calibrated(shared)
    limit = judge.threshold(shared)[0]
    judge.settle(9.0, 0, shared)
    assert (judge.over, judge.basis) == (limit, Basis.OWN)
    chance, known = judge.chance
    assert chance == 1 / (known + 1)


def test_a_pool_takes_scores_of_young_entities_only() -> None:
    shared = court()
    judge = calibrated(shared)
    assert shared.pool.tail.count(shared.quantile) == 99
    shared.touched = False
    judge.settle(0.5, 0, shared)
    assert not shared.touched
    assert shared.pool.entities == 1


def test_something_much_worse_is_told_at_once() -> None:
    shared = court()
    judge = calibrated(shared)
    told = [judge.settle(score, i * SECOND, shared) for i, score in enumerate((3.0, 3.1, 12.2, 12.3))]
    assert told == [True, False, True, False]


def test_small_scores_are_never_told_however_calm_it_was() -> None:
    shared = Court(0.01, inf, 2.0, AGAIN)
    judge = Judge()
    for _ in range(200):
        judge.settle(0.0, 0, shared)
    assert judge.threshold(shared)[0] == 0.0
    assert [judge.settle(score, 0, shared) for score in (0.1, 1.9, 2.1)] == [None, None, True]


def test_the_last_bits_of_a_score_make_no_record() -> None:
    assert coarse(0.8451) == coarse(0.8452)
    assert coarse(0.0) == 0.0
    for score in (0.013, 1.0, 3.3, 47.0, 1e9):
        assert 0.96 * score < coarse(score) <= score
