"""Whether two samples come from the same distribution: PSI, Kolmogorov-Smirnov, distance of means, with their bounds.

All bounds are asymptotic and hold if the values are independent of each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import log, sqrt
from statistics import NormalDist


def psi(reference: Sequence[float], current: Sequence[float]) -> float:
    """Population stability index of two rows of counts over the same cells; half a count is added to each cell."""
    n, m = sum(reference) + 0.5 * len(reference), sum(current) + 0.5 * len(current)
    total = 0.0
    for a, b in zip(reference, current, strict=True):
        p, q = (a + 0.5) / n, (b + 0.5) / m
        total += (q - p) * log(q / p)
    return total


def psi_bound(cells: int, n: int, m: int, rate: float) -> float:
    """What the PSI of samples of ``n`` and ``m`` from one distribution exceeds with probability ``rate``.

    Asymptotically ``(1/n + 1/m) × χ²`` with ``cells - 1`` degrees of freedom (Yurdakul 2018).
    """
    return (1 / n + 1 / m) * chi_square(max(1, cells - 1), rate)


def chi_square(degrees: int, rate: float) -> float:
    """The point that χ² exceeds with probability ``rate`` (exact to two degrees, then Wilson and Hilferty 1931)."""
    if degrees == 1:
        return NormalDist().inv_cdf(1 - rate / 2) ** 2
    if degrees == 2:  # noqa: PLR2004
        return -2 * log(rate)
    scaled = 2 / (9 * degrees)
    return degrees * max(0.0, 1 - scaled + NormalDist().inv_cdf(1 - rate) * sqrt(scaled)) ** 3


def ks(reference: Sequence[float], current: Sequence[float]) -> float:
    """The largest distance of the two empirical distributions; both rising."""
    i = j = 0
    n, m, largest = len(reference), len(current), 0.0
    while i < n and j < m:
        point = min(reference[i], current[j])
        while i < n and reference[i] <= point:
            i += 1
        while j < m and current[j] <= point:
            j += 1
        largest = max(largest, abs(i / n - j / m))
    return largest


def ks_bound(n: int, m: int, rate: float) -> float:
    """What the two-sample distance exceeds with probability ``rate``, whatever the distribution (Smirnov 1948)."""
    return sqrt(-log(rate / 2) / 2 * (1 / n + 1 / m))


def cells_of(edges: Sequence[float], values: Sequence[float]) -> list[int]:
    """Counts of values between rising edges: below the first, …, above the last."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[bisect_right(edges, value)] += 1
    return counts


def edges_of(rising: Sequence[float], cells: int) -> list[float]:
    """Edges that divide a rising sample into about equal parts; fewer where values repeat."""
    n = len(rising)
    return sorted({rising[n * cell // cells] for cell in range(1, cells)} - {rising[0]})


def sketch(vector: Sequence[float], width: int) -> list[float]:
    """A long vector in ``width`` numbers whose distances are about the same (count sketch: Charikar et al. 2002).

    Each component is added to a place, with a sign, that a fixed hash of its number gives.
    """
    folded = [0.0] * width
    for number, value in enumerate(vector):
        # Knuth's multiplicative hash: cheap, the same on every machine.
        mixed = (number * 2_654_435_761 + 40_503) & 0xFFFFFFFF
        folded[(mixed >> 8) % width] += value if mixed & 0x80000000 else -value
    return folded
