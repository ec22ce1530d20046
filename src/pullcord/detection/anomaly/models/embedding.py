"""Drift of embeddings: how far the mean of a block has moved from the mean of the reference.

Vectors are folded into ``WIDTH`` numbers first (count sketch). The distance is in standard errors, summed over the
folded components: about χ² with ``WIDTH`` degrees of freedom if nothing has moved.
"""

from __future__ import annotations

import msgspec

from pullcord.analysis.drift import chi_square, sketch
from pullcord.detection.anomaly.parameters import Parameters

WIDTH = 32
MOST = 8_192
"""Components read of a vector."""


class EmbeddingDrift(msgspec.Struct, array_like=True):
    """Sums of the folded vectors of the reference and of the current block.

    Attributes:
        size: components of the vectors; vectors of another size are not judged.
        n, m: vectors in the reference and in the block.
        mean, square: of the reference, per folded component: mean, and summed squared deviations from it.
        block: sums of the block.
        distance: of the last full block.
    """

    size: int = 0
    n: int = 0
    m: int = 0
    mean: list[float] = msgspec.field(default_factory=lambda: [0.0] * WIDTH)
    square: list[float] = msgspec.field(default_factory=lambda: [0.0] * WIDTH)
    block: list[float] = msgspec.field(default_factory=lambda: [0.0] * WIDTH)
    distance: float = 0.0

    def step(self, vector: list[float], _time: int, p: Parameters) -> float:
        """Take in a vector; the score at the end of a block, else negative."""
        if not self.size:
            self.size = len(vector)
        if len(vector) != self.size:
            return -1.0
        folded = sketch(vector[:MOST], WIDTH)
        if self.n < p.reference:
            self.n += 1
            for i, x in enumerate(folded):
                move = x - self.mean[i]
                self.mean[i] += move / self.n
                self.square[i] += move * (x - self.mean[i])
            return -1.0
        self.m += 1
        self.block = [total + x for total, x in zip(self.block, folded, strict=True)]
        if self.m < p.window:
            return -1.0
        error = 1 / self.n + 1 / self.m
        self.distance = sum(
            (total / self.m - mean) ** 2 / max(square / (self.n - 1) * error, 1e-18)
            for total, mean, square in zip(self.block, self.mean, self.square, strict=True)
        )
        self.m, self.block = 0, [0.0] * WIDTH
        return self.distance / chi_square(WIDTH, p.rate)

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: the reference stays."""
