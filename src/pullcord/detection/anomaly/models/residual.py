"""Cross-sensor physics: each tag of an asset predicted from the others, and how far it is from the prediction.

Recursive least squares with forgetting (Ljung 1999, chapter 11), one linear relation per tag, learned with bounded
influence: what is further than three residual deviations away teaches only as much as that. A sensor that is spoofed
alone no longer fits what the other sensors say. With two tags it cannot be told which of them lies.
"""

from __future__ import annotations

from math import sqrt

import msgspec

from pullcord.detection.anomaly.models.seen import mark
from pullcord.detection.anomaly.parameters import Parameters

SLOTS = 4
_TRIAL = 50
"""Values of a tag that its unit (mean and deviation) is taken from; repeated values do not count, so that a machine
that stands still teaches nothing."""
_MOST_UNITS = 1e6
_MOST_VARIANCE = 1e4
_CLIP = 3.0
_LEAST = 1e-4
"""Least residual deviation, in deviations of the tag."""


class Tag(msgspec.Struct, array_like=True):
    """One tag: its unit, its last value, and the relation that predicts it.

    Attributes:
        key: digest of its name.
        n, mean, var: of its first values; fixed after ``_TRIAL``.
        last, time: its last value, in its unit once that is fixed, and when, nanoseconds UTC.
        theta: weights of the other slots; at its own slot the constant.
        spread: covariance of the weights, row after row.
        seen: values the relation has learned, counted up to the memory.
        var_residual: of the residuals, in squared deviations of the tag.
    """

    key: int
    n: int = 0
    mean: float = 0.0
    var: float = 0.0
    last: float = 0.0
    time: int = 0
    theta: list[float] = msgspec.field(default_factory=lambda: [0.0] * SLOTS)
    spread: list[float] = msgspec.field(
        default_factory=lambda: [100.0 if i % (SLOTS + 1) == 0 else 0.0 for i in range(SLOTS * SLOTS)]
    )
    seen: int = 0
    var_residual: float = 1.0

    def unit(self) -> float:
        """One standard deviation in the unit of the tag."""
        return max(sqrt(self.var), 1e-6 * abs(self.mean), 1e-12)


class Residual(msgspec.Struct, array_like=True):
    """The tags of one asset.

    Attributes:
        tags: up to four, in the order they appeared; further ones are not related.
        predicted, residual: of the last value judged: prediction in the unit of the tag, and its usual error.
        others: tags that the last prediction rests on.
    """

    tags: list[Tag] = msgspec.field(default_factory=list)
    predicted: float = 0.0
    residual: float = 0.0
    others: int = 0

    def step(self, reading: tuple[str, float], time: int, p: Parameters) -> float:
        """Score the value of a tag, then learn; negative while learning, or if the others are too old."""
        name, value = reading
        own = self._slot(mark(name), p)
        if own < 0:
            return -1.0
        tag = self.tags[own]
        if tag.n < _TRIAL:
            if value != tag.last:
                tag.n += 1
                move = value - tag.mean
                tag.mean += move / tag.n
                tag.var += (move * (value - tag.mean) - tag.var) / tag.n
                tag.last = value
            return -1.0
        tag.last = max(-_MOST_UNITS, min(_MOST_UNITS, (value - tag.mean) / tag.unit()))
        tag.time = time
        phi = [0.0] * SLOTS
        known = 0
        for number, other in enumerate(self.tags):
            if other.n < _TRIAL:
                continue
            if abs(time - other.time) > p.stale:
                return -1.0
            known += 1
            phi[number] = 1.0 if other is tag else other.last
        self.others = known - 1
        return self._judge(tag, tag.last, phi, p) if self.others else -1.0

    def _slot(self, key: int, p: Parameters) -> int:
        for number, tag in enumerate(self.tags):
            if tag.key == key:
                return number
        if len(self.tags) >= p.tags:
            return -1
        self.tags.append(Tag(key=key))
        return len(self.tags) - 1

    def _judge(self, tag: Tag, x: float, phi: list[float], p: Parameters) -> float:
        guess = sum(weight * f for weight, f in zip(tag.theta, phi, strict=True))
        turned = [
            sum(s * f for s, f in zip(tag.spread[row : row + SLOTS], phi, strict=True))
            for row in range(0, SLOTS * SLOTS, SLOTS)
        ]
        known = sum(f * t for f, t in zip(phi, turned, strict=True))
        sd = max(_LEAST, sqrt(tag.var_residual))
        error, usual = x - guess, sd * sqrt(1 + known)
        self.predicted, self.residual = tag.mean + guess * tag.unit(), usual * tag.unit()
        bounded = max(-_CLIP * usual, min(_CLIP * usual, error)) if tag.seen >= p.warm_up else error
        self._learn(tag, bounded, turned, known, p)
        return abs(error) / usual if tag.seen > p.warm_up else -1.0

    @staticmethod
    def _learn(tag: Tag, error: float, turned: list[float], known: float, p: Parameters) -> None:
        keep = 1 - p.weight
        gain = [t / (keep + known) for t in turned]
        tag.theta = [weight + g * error for weight, g in zip(tag.theta, gain, strict=True)]
        spread = [s - gain[i // SLOTS] * turned[i % SLOTS] for i, s in enumerate(tag.spread)]
        # Without news about a direction forgetting would let its variance grow without end.
        if max(spread[:: SLOTS + 1]) / keep <= _MOST_VARIANCE:
            spread = [s / keep for s in spread]
        tag.spread = spread
        tag.seen = min(tag.seen + 1, p.memory + p.warm_up)
        weight = 1 / min(tag.seen, p.memory)
        tag.var_residual += weight * (error * error / (1 + known) - tag.var_residual)

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: nothing to do, its influence is bounded."""
