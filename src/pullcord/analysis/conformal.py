"""Conformal thresholds from the largest recent scores only.

Split conformal prediction (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005; Laxhammar and
Falkman 2015 for its use on streams): if the score of the next benign value is exchangeable with ``n`` earlier ones,
``p = (1 + how many were at least as large) / (n + 1)`` is at most ``rate`` with probability at most ``rate``, whatever
the distribution. Only the largest ``rate × (n + 1)`` scores decide that, so only these are kept: the answer is exact,
the memory a few dozen numbers however long the window.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from math import floor, inf

import msgspec

BLOCKS = 4
"""The window moves by a quarter of its length at a time."""
DEPTH = 8
"""The window holds this many scores per expected false alarm, so that the threshold does not hang on one score."""


class Quantile:
    """What the tails of one false rate share.

    Args:
        rate: the false rate per score, more than 0 and at most 0.25.

    Attributes:
        block: scores in a block; the window holds three to four blocks, 6 to 8 times ``1 / rate`` scores.
        keep: how many of the largest scores of a block can ever matter.
    """

    __slots__ = ("block", "keep", "rate")

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.block = max(1, round(DEPTH / rate / BLOCKS))
        self.keep = floor(rate * (BLOCKS * self.block + 1)) + 1


class Tail(msgspec.Struct, array_like=True):
    """The largest scores of a sliding window, and the threshold that follows from them.

    Attributes:
        blocks: per block its largest scores, rising; the newest block last. A block that is not full has them all.
        newest: scores seen by the newest block; the others are full.
        due: at how many scores of the newest block the rank of the threshold rises.
        limit: the threshold: a score above it is an anomaly. Infinite with fewer than ``1 / rate - 1`` scores.
    """

    blocks: list[list[float]] = msgspec.field(default_factory=lambda: [[]])
    newest: int = 0
    due: int = 0
    limit: float = inf

    def add(self, score: float, quantile: Quantile) -> None:
        """Take in a score; amortised constant time."""
        self.newest += 1
        top = self.blocks[-1]
        if len(top) < quantile.keep:
            insort(top, score)
        elif score > top[0]:
            insort(top, score)
            del top[0]
        elif self.newest < min(self.due, quantile.block):
            return
        if self.newest >= quantile.block:
            self.blocks.append([])
            self.newest = 0
            if len(self.blocks) > BLOCKS:
                del self.blocks[0]
        self._decide(quantile)

    def count(self, quantile: Quantile) -> int:
        """How many scores the window holds."""
        return (len(self.blocks) - 1) * quantile.block + self.newest

    def p_value(self, score: float, quantile: Quantile) -> float:
        """The share of recent scores that were at least as large; exact for a score above the threshold."""
        above = sum(len(top) - bisect_left(top, score) for top in self.blocks)
        return (1 + above) / (self.count(quantile) + 1)

    def _decide(self, quantile: Quantile) -> None:
        known = self.count(quantile) + 1
        rank = floor(quantile.rate * known + 1e-9)
        self.due = self.newest + max(1, floor((rank + 1) / quantile.rate - known))
        if rank:
            self.limit = sorted(score for top in self.blocks for score in top)[-rank]
        else:
            self.limit = inf
