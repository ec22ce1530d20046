"""Exponentially weighted mean and variance with Huber's bounded influence, and the robust z of a value.

Roberts 1959 (EWMA), Huber 1964 (bounded influence). A value further than three standard deviations away moves the
reference only as much as one at three would, so that an attack does not pull its own reference.
"""

from __future__ import annotations

from math import sqrt
from statistics import fmean, median

import msgspec

from pullcord.detection.anomaly.parameters import Parameters, Side

CLIP = 3.0
START = 50
"""Values that the first median is taken of."""
_NORMAL_MEDIAN, _NORMAL_MEAN = 1.4826, 1.2533
"""Standard deviations of a normal distribution per median and per mean absolute deviation."""


class Ewma(msgspec.Struct, array_like=True):
    """The usual level and spread of one stream of numbers.

    Attributes:
        n: values seen, counted up to ``memory``.
        mean, var: of the values, in their unit and its square.
        first: the first values, until there are enough for a start.
        was_mean, was_sd: what the last score was measured against.
    """

    n: int = 0
    mean: float = 0.0
    var: float = 0.0
    first: list[float] = msgspec.field(default_factory=list)
    was_mean: float = 0.0
    was_sd: float = 0.0

    def z(self, value: float, p: Parameters) -> float:
        """Standard deviations above the mean, without learning."""
        sd, least = sqrt(self.var), p.least + p.relative * abs(self.mean)
        return (value - self.mean) / max(sd, least)

    def peek(self, value: float, p: Parameters) -> float:
        """The score of a value, without learning; negative while warming up."""
        if self.n < p.warm_up:
            return -1.0
        return sided(self.z(value, p), p.side)

    def step(self, value: float, _time: int, p: Parameters) -> float:
        """Score a value, then learn it; negative while warming up."""
        n, mean = self.n, self.mean
        move = value - mean
        if n < p.warm_up:
            self._warm_up(value, p)
            return -1.0
        sd, least = sqrt(self.var), p.least + p.relative * abs(mean)
        sd = max(sd, least)
        z = move / sd
        if z > CLIP:
            move = CLIP * sd
        elif z < -CLIP:
            move = -CLIP * sd
        if n < p.memory:
            self.n = n = n + 1
            weight = 1.0 / n
        else:
            weight = p.weight
        self.was_mean, self.was_sd = mean, sd
        self.mean = mean + weight * move
        self.var = (1.0 - weight) * (self.var + weight * move * move)
        if p.side is Side.UPPER:
            return max(0.0, z)
        return sided(z, p.side)

    def _warm_up(self, value: float, p: Parameters) -> None:
        """Median and median deviation of the first values, then means that bounded influence moves.

        A start from the plain variance would take an outlier among the first values for the usual spread, and as
        that faded each later outlier would look worse than all before it.
        """
        self.n += 1
        start = min(p.warm_up, START)
        if self.n <= start:
            self.first.append(value)
            if self.n == start:
                self.mean = median(self.first)
                away = [abs(one - self.mean) for one in self.first]
                sd = _NORMAL_MEDIAN * median(away) or _NORMAL_MEAN * fmean(away)
                self.var, self.first = sd * sd, []
            return
        sd = max(sqrt(self.var), p.least + p.relative * abs(self.mean))
        move = max(-CLIP * sd, min(CLIP * sd, value - self.mean))
        weight = 1.0 / self.n
        self.mean += weight * move
        self.var = (1.0 - weight) * (self.var + weight * move * move)

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: nothing to do, its influence is bounded."""


def sided(z: float, side: Side) -> float:
    """The nonconformity of a z: its size in the direction that matters, else 0."""
    if side is Side.BOTH:
        return abs(z)
    return max(0.0, z if side is Side.UPPER else -z)
