"""What is known of one entity under one declaration, and its byte form."""

from __future__ import annotations

from typing import Any, Generic, Protocol, TypeVar

import msgspec

from pullcord.detection.anomaly.collect import Batch, Bins, Sessions
from pullcord.detection.anomaly.judge import Judge
from pullcord.detection.anomaly.parameters import Parameters
from pullcord.detection.anomaly.profile import Profile

SETTLED = 8
"""Scores after which an entity is no longer a stranger that makes room first."""

Collector = Bins | Sessions | Batch | None
ModelT = TypeVar("ModelT")
CollectorT = TypeVar("CollectorT", bound=Collector)


class Model(Protocol):
    """Turns a reading into a score (negative: not to be judged) and learns it."""

    def step(self, reading: Any, time: int, p: Parameters, /) -> float:  # noqa: ANN401  (each model its own)
        """Score a reading against what was learned before it, then learn it."""
        ...

    def alarmed(self, p: Parameters, /) -> None:
        """The score was an anomaly."""
        ...


class Track(msgspec.Struct, Generic[ModelT, CollectorT], array_like=True):
    """One entity.

    Attributes:
        fingerprint: of the declaration; another one cannot use it.
        used: running number of its last use; the smallest makes room first.
        entity: site and parts of the entity.
        model, judge: what judges it.
        collector: what its values are collected in, if they are.
        profile: its week, if hours of the week count.
        last: its last value and when, if changes are judged.
        known: whether it is kept among the known entities.
    """

    fingerprint: str
    used: int
    entity: tuple[str, ...]
    model: ModelT
    judge: Judge
    collector: CollectorT
    profile: Profile | None = None
    last: tuple[float, int] | None = None
    known: bool = False

    def settled(self) -> bool:
        """Whether it is no stranger any more; once true always true."""
        tail = self.judge.tail
        return tail.newest >= SETTLED or len(tail.blocks) > 1
