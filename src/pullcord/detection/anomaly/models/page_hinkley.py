"""Page-Hinkley: the mean has moved away from the mean of everything since the last change (Page 1954, Hinkley 1971).

Unlike CUSUM it moves to the new level after an anomaly, within a few warm-ups: it tells changes, not states.
"""

from __future__ import annotations

import msgspec

from pullcord.detection.anomaly.models.cusum import CLIP
from pullcord.detection.anomaly.models.ewma import Ewma
from pullcord.detection.anomaly.parameters import Parameters, Side


class PageHinkley(msgspec.Struct, array_like=True):
    """Cumulated standardised deviations, and how low and high they have been.

    Attributes:
        level: mean and spread since the last change.
        rise, floor: the upward sum, less the slack, and its minimum.
        fall, roof: the downward sum, plus the slack, and its maximum.
    """

    level: Ewma = msgspec.field(default_factory=Ewma)
    rise: float = 0.0
    floor: float = 0.0
    fall: float = 0.0
    roof: float = 0.0

    def peek(self, value: float, p: Parameters) -> float:
        """The upward score that a value would make, without learning; negative while warming up."""
        if self.level.n < p.warm_up:
            return -1.0
        return max(0.0, self.rise + min(CLIP, self.level.z(value, p)) - p.slack - self.floor)

    def step(self, value: float, time: int, p: Parameters) -> float:
        """Score a value, then learn it; negative while warming up."""
        level = self.level
        if level.n < p.warm_up:
            return level.step(value, time, p)
        z = max(-CLIP, min(CLIP, level.z(value, p)))
        level.step(value, time, p)
        score = 0.0
        if p.side is not Side.LOWER:
            self.rise += z - p.slack
            self.floor = min(self.floor, self.rise)
            score = self.rise - self.floor
        if p.side is not Side.UPPER:
            self.fall += z + p.slack
            self.roof = max(self.roof, self.fall)
            score = max(score, self.roof - self.fall)
        return score

    def alarmed(self, p: Parameters) -> None:
        """An anomaly was seen: sums start again, and the reference moves as fast as after its warm-up."""
        self.level.n = p.warm_up
        self.rise = self.floor = self.fall = self.roof = 0.0
