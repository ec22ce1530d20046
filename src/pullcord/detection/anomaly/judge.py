"""When a score is an anomaly, and when that is worth telling.

The threshold is the conformal quantile of the entity's own recent scores. An entity with too few of them borrows the
quantile of all young entities of the same declaration; where these are too few as well, the bound that the model has
by itself (if it has one) counts; otherwise nothing is judged.

An entity that stays anomalous is told once, and again after ``again``, when it gets much worse, or after it has
recovered: ``RECOVERY`` values in a row without an anomaly. An attack must not teach the threshold that it is normal,
so at most ``ADMITTED`` anomalous scores of an episode are kept. Benign anomalies come singly, so hardly any of them
is lost by that.
"""

from __future__ import annotations

from enum import StrEnum
from math import floor, frexp, inf, ldexp

import msgspec

from pullcord.analysis.conformal import Quantile, Tail

RECOVERY = 5
_GRAINS = 64
ADMITTED = 3
WORSE = 4.0
"""An anomaly this many times as large as the one told is told at once: a small one must not hide a large one."""
LEAST_ENTITIES = 5
"""Entities that must have given scores before their pool says something about others."""


class Basis(StrEnum):
    """Where a threshold comes from."""

    OWN = "own"
    POOLED = "pooled"
    BOUND = "bound"
    SILENT = "silent"


class Pool(msgspec.Struct, array_like=True):
    """Scores of the young entities of one declaration.

    Attributes:
        fingerprint: of the declaration.
        tail: their largest.
        entities: how many entities have given any.
    """

    fingerprint: str = ""
    tail: Tail = msgspec.field(default_factory=Tail)
    entities: int = 0


class Court:
    """What the judges of one declaration share.

    Args:
        rate: the stated false rate.
        bound: the model's own threshold at that rate; infinite where it has none.
        floor: scores up to this are never worth telling, however calm the entity has been.
        again: nanoseconds after which an entity that stays anomalous is told again.
        persist: anomalies in a row that are worth telling.
        least: entities that make a pool.

    Attributes:
        pool: scores of young entities.
        touched: whether the pool has changed since it was last saved.
    """

    __slots__ = ("again", "bound", "floor", "least", "persist", "pool", "quantile", "touched")

    def __init__(
        self,
        rate: float,
        bound: float,
        floor: float,
        again: int,
        persist: int = 1,
        least: int = LEAST_ENTITIES,
    ) -> None:
        self.quantile = Quantile(rate)
        self.bound = bound
        self.floor = floor
        self.again = again
        self.persist = persist
        self.least = least
        self.pool = Pool()
        self.touched = False

    def fallback(self) -> tuple[float, Basis]:
        """The threshold of an entity that has none of its own."""
        if self.pool.entities >= self.least and self.pool.tail.limit < inf:
            return self.pool.tail.limit, Basis.POOLED
        return self.bound, Basis.BOUND if self.bound < inf else Basis.SILENT


class Judge(msgspec.Struct, array_like=True):
    """Judges the scores of one entity.

    Attributes:
        tail: its largest recent scores.
        calm: values without anomaly that are missing until it has recovered; 0: nothing is going on.
        admitted: anomalous scores kept in this episode.
        streak: anomalies in a row.
        open: whether the episode was told.
        told: when the last anomaly was told, nanoseconds UTC.
        worst: its score.
        over: the threshold that the last anomaly exceeded.
        basis: where that came from.
        chance: share of the scores behind it that were at least as large, and how many these are.
    """

    tail: Tail = msgspec.field(default_factory=Tail)
    calm: int = 0
    admitted: int = 0
    streak: int = 0
    open: bool = False
    told: int = 0
    worst: float = 0.0
    over: float = 0.0
    basis: Basis = Basis.SILENT
    chance: tuple[float, int] = (0.0, 0)

    def threshold(self, court: Court) -> tuple[float, Basis]:
        """What a score must exceed, and where that comes from."""
        tail = self.tail
        if tail.limit < inf:
            return tail.limit, Basis.OWN
        limit, basis = court.fallback()
        # What the entity itself has shown before is not worth telling on borrowed grounds.
        return max(limit, *(top[-1] for top in tail.blocks if top), limit), basis

    def settle(self, score: float, time: int, court: Court) -> bool | None:
        """Judge a final score and keep it.

        Returns:
            None if it is no anomaly; else whether it is worth telling.
        """
        if score > court.floor:
            score = coarse(score)
        elif not self.calm and self.tail.limit < inf:
            # The commonest case by far, without a detour.
            self.tail.add(score, court.quantile)
            return None
        told = self._judge(score, time, court)
        self._take_in(score, court, anomalous=told is not None)
        return told

    def look(self, score: float, time: int, court: Court) -> bool | None:
        """Judge a score without keeping it, because it can still grow; returns as ``settle`` does."""
        return self._judge(coarse(score), time, court)

    def keep(self, score: float, court: Court) -> bool:
        """Keep a final score that was looked at while it grew; returns whether it is anomalous."""
        score = coarse(score)
        anomalous = score > max(court.floor, self.threshold(court)[0])
        if anomalous:
            self.calm = RECOVERY
        self._take_in(score, court, anomalous=anomalous)
        return anomalous

    def _judge(self, score: float, time: int, court: Court) -> bool | None:
        limit = self.tail.limit
        if score <= limit and (limit < inf or score <= self.threshold(court)[0]):
            return None
        if score <= court.floor:
            return None
        self.calm = RECOVERY
        self.streak += 1
        told = self.open and abs(time - self.told) < court.again and score < WORSE * self.worst
        if told or self.streak < court.persist:
            return False
        self.open, self.told, self.worst = True, time, score
        self.over, self.basis = self.threshold(court)
        tail = court.pool.tail if self.basis is Basis.POOLED else self.tail
        self.chance = tail.p_value(score, court.quantile), tail.count(court.quantile)
        return True

    def _take_in(self, score: float, court: Court, *, anomalous: bool) -> None:
        if not anomalous:
            self._keep(score, court)
            if self.calm:
                self.calm, self.streak = self.calm - 1, 0
                if not self.calm:
                    self.admitted, self.open = 0, False
        elif self.admitted < ADMITTED:
            self.admitted += 1
            self._keep(score, court)

    def _keep(self, score: float, court: Court) -> None:
        tail = self.tail
        if tail.limit == inf:
            pool = court.pool
            pool.entities += not tail.newest
            pool.tail.add(score, court.quantile)
            court.touched = True
        tail.add(score, court.quantile)


def coarse(score: float) -> float:
    """A score to about two digits, so that the last bits of a slowly moving reference make no record."""
    mantissa, exponent = frexp(score)
    return ldexp(floor(mantissa * _GRAINS), exponent) / _GRAINS
