from __future__ import annotations

import random

import pytest

from pullcord.analysis.drift import cells_of, chi_square, edges_of, ks, ks_bound, psi, psi_bound, sketch


def test_equal_counts_have_no_psi_and_shifted_ones_have() -> None:
    assert psi([100, 100], [50, 50]) == pytest.approx(0, abs=1e-4)
    # By hand: shares 0.5, 0.5 → 0.8, 0.2 give 0.3 × ln 1.6 + 0.3 × ln 2.5.
    assert psi([50_000, 50_000], [80_000, 20_000]) == pytest.approx(0.4159, abs=1e-3)


def test_psi_of_an_empty_cell_is_finite() -> None:
    assert 0 < psi([10, 0], [0, 10]) < 20


@pytest.mark.parametrize(
    ("degrees", "rate", "point"),
    [(1, 0.05, 3.841), (2, 0.01, 9.210), (9, 0.01, 21.666), (9, 0.001, 27.877), (32, 0.01, 53.486)],
)
def test_chi_square_points_are_those_of_the_tables(degrees: int, rate: float, point: float) -> None:
    assert chi_square(degrees, rate) == pytest.approx(point, rel=0.02)


def test_ks_is_the_largest_distance() -> None:
    assert ks([1, 2, 3], [1, 2, 3]) == 0
    assert ks([1, 2, 3], [4, 5]) == 1
    assert ks([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert ks([1, 1, 1], [1, 1]) == 0


def test_bounds_hold_for_samples_of_one_distribution() -> None:
    draw, over = random.Random(3), {"psi": 0, "ks": 0}
    for _ in range(400):
        one, two = (sorted(draw.gauss(0, 1) for _ in range(n)) for n in (300, 100))
        edges = edges_of(one, 10)
        over["psi"] += psi(cells_of(edges, one), cells_of(edges, two)) > psi_bound(10, 300, 100, 0.05)
        over["ks"] += ks(one, two) > ks_bound(300, 100, 0.05)
    assert max(over.values()) <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5
    assert min(over.values()) > 0


def test_edges_divide_evenly_and_collapse_where_values_repeat() -> None:
    assert edges_of(list(range(100)), 4) == [25, 50, 75]
    assert edges_of([1.0] * 50, 10) == []
    assert cells_of([], [1.0, 2.0]) == [2]
    assert cells_of([1.0], [0.5, 1.0, 1.5]) == [1, 2]


def test_a_sketch_keeps_distances_about() -> None:
    draw = random.Random(5)
    ratios = []
    for _ in range(50):
        move = [draw.gauss(0, 1) for _ in range(512)]
        folded = sketch(move, 32)
        ratios.append(sum(x * x for x in folded) / sum(x * x for x in move))
    assert 0.8 < sum(ratios) / len(ratios) < 1.2
    assert sketch([1.0, 2.0], 8) == sketch([1.0, 2.0], 8)
