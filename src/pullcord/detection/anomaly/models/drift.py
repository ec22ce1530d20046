"""Drift of scores or classes: each block of values against a fixed reference, by PSI and Kolmogorov-Smirnov.

The reference is what came first and stays: slow drift cannot become the new normal. A new version of a model is a
new entity where the declaration names the version. The score is the larger of PSI and KS, each over its own bound at
half the false rate, so the model has a threshold of its own: 1.
"""

from __future__ import annotations

from array import array
from bisect import insort

import msgspec

from pullcord.analysis.drift import cells_of, edges_of, ks, ks_bound, psi, psi_bound
from pullcord.detection.anomaly.models.seen import mark
from pullcord.detection.anomaly.parameters import Parameters

CELLS = 10
CLASSES = 32
_REST = 0
_LEAST_EXPECTED = 5


class Drift(msgspec.Struct, array_like=True):
    """Numbers: a sorted reference, and the block that is being filled.

    Attributes:
        reference: 32-bit floats, rising once complete.
        block: values of the current block.
        psi, ks: of the last full block.
        mean: of the last full block.
    """

    reference: bytes = b""
    block: list[float] = msgspec.field(default_factory=list)
    psi: float = 0.0
    ks: float = 0.0
    mean: float = 0.0

    def step(self, value: float, _time: int, p: Parameters) -> float:
        """Take in a value; the score at the end of a block, else negative."""
        # The reference is kept in 32 bits, so the block is compared in 32 bits.
        x = array("f", [value])[0] if abs(value) < 1e38 else value  # noqa: PLR2004
        if len(self.reference) < 4 * p.reference:
            values = list(array("f", self.reference))
            insort(values, x)
            self.reference = array("f", values).tobytes()
            return -1.0
        self.block.append(x)
        if len(self.block) < p.window:
            return -1.0
        known, current = list(array("f", self.reference)), sorted(self.block)
        self.block = []
        n, m = len(known), len(current)
        edges = edges_of(known, CELLS)
        self.psi = psi(cells_of(edges, known), cells_of(edges, current))
        self.ks = ks(known, current)
        self.mean = sum(current) / m
        half = p.rate / 2
        return max(self.psi / psi_bound(len(edges) + 1, n, m, half), self.ks / ks_bound(n, m, half))

    def known_mean(self) -> float:
        """Mean of the reference."""
        values = array("f", self.reference)
        return sum(values) / max(1, len(values))

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: the reference stays."""


class ClassDrift(msgspec.Struct, array_like=True):
    """Classes: counts of the reference, and of the block that is being filled.

    Attributes:
        reference, block: digest of a class → how often; what is beyond ``CLASSES`` counts under 0.
        psi: of the last full block.
        moved: digest of the class whose share changed most in the last full block.
        was, now: its shares.
    """

    reference: dict[int, int] = msgspec.field(default_factory=dict)
    block: dict[int, int] = msgspec.field(default_factory=dict)
    psi: float = 0.0
    moved: int = 0
    was: float = 0.0
    now: float = 0.0

    def step(self, value: str, _time: int, p: Parameters) -> float:
        """Take in a class; the score at the end of a block, else negative."""
        known = self.reference
        n = sum(known.values())
        filling = known if n < p.reference else self.block
        key = mark(value)
        if key not in filling and len(filling) >= CLASSES:
            key = _REST
        filling[key] = filling.get(key, 0) + 1
        m = sum(self.block.values())
        if m < p.window:
            return -1.0
        kept = [key for key, count in known.items() if key != _REST and count * m >= _LEAST_EXPECTED * n]
        rare = n - sum(known[key] for key in kept)
        before = [*(known[key] for key in kept), rare]
        after = [self.block.get(key, 0) for key in kept]
        after.append(m - sum(after))
        self.psi = psi(before, after)
        self.moved = max(
            (*known, *self.block), key=lambda k: abs(self.block.get(k, 0) / m - known.get(k, 0) / n)
        )
        self.was, self.now = known.get(self.moved, 0) / n, self.block.get(self.moved, 0) / m
        self.block = {}
        return self.psi / psi_bound(len(before), n, m, p.rate)

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: the reference stays."""
