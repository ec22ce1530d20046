"""CUSUM: small shifts that last add up, single outliers do not (Page 1954).

Values are standardised by a slow, robust reference and clipped at ``CLIP`` standard deviations, so that one wild value
is no shift. After an anomaly the sums start again at nothing, the reference stays.
"""

from __future__ import annotations

import msgspec

from pullcord.detection.anomaly.models.ewma import Ewma
from pullcord.detection.anomaly.parameters import Parameters, Side

CLIP = 4.0


class Cusum(msgspec.Struct, array_like=True):
    """Two sums of standardised deviations beyond the slack.

    Attributes:
        level: the reference.
        up, down: sums in either direction, in standard deviations.
    """

    level: Ewma = msgspec.field(default_factory=Ewma)
    up: float = 0.0
    down: float = 0.0

    def peek(self, value: float, p: Parameters) -> float:
        """The upward score that a value would make, without learning; negative while warming up."""
        if self.level.n < p.warm_up:
            return -1.0
        return max(0.0, self.up + min(CLIP, self.level.z(value, p)) - p.slack)

    def step(self, value: float, time: int, p: Parameters) -> float:
        """Score a value, then learn it; negative while warming up."""
        level = self.level
        if level.n < p.warm_up:
            return level.step(value, time, p)
        z = max(-CLIP, min(CLIP, level.z(value, p)))
        level.step(value, time, p)
        if p.side is not Side.LOWER:
            self.up = max(0.0, self.up + z - p.slack)
        if p.side is not Side.UPPER:
            self.down = max(0.0, self.down - z - p.slack)
        return max(self.up, self.down)

    def alarmed(self, _p: Parameters) -> None:
        """An anomaly was seen: start again."""
        self.up = self.down = 0.0
