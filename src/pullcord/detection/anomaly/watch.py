"""One declaration at work: from what was read of an event to an anomaly worth telling."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, NamedTuple

import msgspec

from pullcord.detection.anomaly.collect import Batch, Bins, Sessions
from pullcord.detection.anomaly.declaration import Declaration, DetectorKind, Of
from pullcord.detection.anomaly.durations import duration
from pullcord.detection.anomaly.judge import Court, Judge, Pool
from pullcord.detection.anomaly.models.adwin import Adwin
from pullcord.detection.anomaly.models.cusum import Cusum
from pullcord.detection.anomaly.models.drift import ClassDrift, Drift
from pullcord.detection.anomaly.models.embedding import EmbeddingDrift
from pullcord.detection.anomaly.models.ewma import Ewma
from pullcord.detection.anomaly.models.page_hinkley import PageHinkley
from pullcord.detection.anomaly.models.residual import Residual
from pullcord.detection.anomaly.models.seen import FirstSeen, Rarity
from pullcord.detection.anomaly.models.sequence import Sequence
from pullcord.detection.anomaly.parameters import Scale, Side
from pullcord.detection.anomaly.profile import Profile
from pullcord.detection.anomaly.read import Entity, Reader, Reading, Seen
from pullcord.detection.anomaly.resolve import bound_of, floor_of, parameters_of, scaled
from pullcord.detection.anomaly.track import Track
from pullcord.model.finding import Severity
from pullcord.model.noun import digest
from pullcord.model.times import HOUR, SECOND

_MODELS: dict[DetectorKind, Callable[[], Any]] = {
    DetectorKind.EWMA: Ewma,
    DetectorKind.CUSUM: Cusum,
    DetectorKind.PAGE_HINKLEY: PageHinkley,
    DetectorKind.ADWIN: Adwin,
    DetectorKind.FIRST_SEEN: FirstSeen,
    DetectorKind.RARITY: Rarity,
    DetectorKind.SEQUENCE: Sequence,
    DetectorKind.DRIFT: Drift,
    DetectorKind.CLASS_DRIFT: ClassDrift,
    DetectorKind.EMBEDDING_DRIFT: EmbeddingDrift,
    DetectorKind.RESIDUAL: Residual,
}
_PROFILE_CLIP = 3.0
AnyTrack = Track[Any, Any]


class Told(NamedTuple):
    """An anomaly worth telling.

    Attributes:
        value: what was judged: as it is compared for numbers, as it was read otherwise.
        score: its nonconformity.
        early: whether its time bin, session or batch is still open.
        expected: what the hour of the week lets expect, already taken out of ``value``.
        seasonal: whether that hour is known.
    """

    value: Reading
    score: float
    early: bool = False
    expected: float = 0.0
    seasonal: bool = False


class Watch:
    """A declaration, its parameters, and what its entities share.

    Args:
        declaration: checked.
        number: its place among the declarations.
        least: entities that make a pool.
        entity: shared with other watches of the same entity.
    """

    def __init__(
        self, declaration: Declaration, number: int, least: int, entity: Entity | None = None
    ) -> None:
        self.declaration, self.number = declaration, number
        self.p = parameters_of(declaration)
        self.reader = Reader(declaration, entity)
        again = duration(declaration.again) or HOUR
        rate, bound, floor = declaration.false_rate, bound_of(declaration), floor_of(declaration)
        self.court = Court(rate, bound, floor, again, declaration.persist, least)
        self.fingerprint = digest(_measuring(declaration))[:12]
        self.model = _MODELS[declaration.detector]
        window = declaration.window
        self.size = 0
        self.collector: type[Bins | Sessions | Batch] | None = None
        if window is not None and declaration.detector is not DetectorKind.SEQUENCE:
            if window.time is not None:
                self.collector, self.size = Bins, duration(window.time) or HOUR
            elif window.session is not None:
                self.collector, self.size = Sessions, self.p.idle
            else:
                self.collector, self.size = Batch, window.events or 1
        grows = self.collector is not None and declaration.side is not Side.LOWER
        # Where only too much is suspicious, a caller who comes seldom is compared with the times when he comes:
        # against a reference of nothing but silence, each visit would stand out.
        self.busy_only = self.collector is Bins and declaration.side is Side.UPPER
        self.early = grows and (self.collector is not Batch or bool(declaration.matches))
        # mypy knows no types that are values; msgspec does.
        generic: Any = Track
        self.tracks = msgspec.msgpack.Decoder(generic[self.model, self.collector])
        self.pools = msgspec.msgpack.Decoder(Pool)
        if declaration.detector is DetectorKind.SEQUENCE:
            self.take = self._sequence
        elif self.collector is not None:
            self.take = self._collected
        else:
            self.take = self._single
        self.numeric = declaration.scale is not Scale.RAW or declaration.of is Of.CHANGE

    def fresh(self, entity: tuple[str, ...]) -> AnyTrack:
        """An entity that nothing is known of."""
        return Track(
            fingerprint=self.fingerprint,
            used=0,
            entity=entity,
            model=self.model(),
            judge=Judge(),
            collector=None if self.collector is None else self.collector(),
            profile=Profile() if self.declaration.hour_of_week else None,
        )

    def _single(self, track: AnyTrack, seen: Seen, time: int) -> Told | None:
        """Judge one reading by itself."""
        reading: Any = seen.reading
        if self.numeric:
            if self.declaration.of is Of.CHANGE:
                last, track.last = track.last, (reading, time)
                if last is None or time <= last[1]:
                    return None
                reading = (reading - last[0]) / ((time - last[1]) / SECOND)
            reading = scaled(reading, self.declaration.scale)
        score: float = track.model.step(reading, time, self.p)
        if score < 0.0:
            return None
        told = track.judge.settle(score, time, self.court)
        if told is None:
            return None
        track.model.alarmed(self.p)
        return Told(reading, score) if told else None

    def _sequence(self, track: AnyTrack, seen: Seen, time: int) -> Told | None:
        """Judge the session that a call belongs to, and learn from sessions that have ended."""
        ended, running = track.model.observe(seen.reading, seen.key, time, self.p)
        for score in ended:
            track.judge.keep(score, self.court)
        if running < 0.0:
            return None
        told = track.judge.look(running, time, self.court)
        if told is not None:
            track.model.flag(seen.key)
        return Told(seen.reading, running, early=True) if told else None

    def _collected(self, track: AnyTrack, seen: Seen, time: int) -> Told | None:
        """Judge the values that are complete, then what the open one has reached."""
        found = None
        # What is judged while it grows must not shrink.
        given: Any = max(0.0, seen.reading) if self.early else seen.reading
        for start, amount in track.collector.add(time, seen.key, given, self.size):
            if amount or not self.busy_only:
                found = self._complete(track, amount, start, time) or found
        if not self.early:
            return found
        expected, seasonal = _expected(track.profile, time)
        value = scaled(track.collector.running(self.size), self.declaration.scale) - expected
        score = track.model.peek(value, self.p)
        if score >= 0.0 and track.judge.look(score, time, self.court):
            return Told(value, score, early=True, expected=expected, seasonal=seasonal)
        return found

    def _complete(self, track: AnyTrack, amount: float, start: int, time: int) -> Told | None:
        """Judge and learn a complete value that began at ``start``."""
        model = track.model
        expected, seasonal = _expected(track.profile, start)
        value = scaled(amount, self.declaration.scale) - expected
        score = model.step(value, start, self.p)
        if track.profile is not None:
            bound = _PROFILE_CLIP * max(self.p.least, model.was_sd) if score >= 0 else inf
            track.profile.learn(start, value + expected, bound)
        if score < 0.0:
            return None
        if self.early and self.p.side is Side.UPPER:
            # It was judged while it grew.
            if track.judge.keep(score, self.court):
                model.alarmed(self.p)
            return None
        told = track.judge.settle(score, time, self.court)
        if told is not None:
            model.alarmed(self.p)
        return Told(value, score, expected=expected, seasonal=seasonal) if told else None


def _measuring(declaration: Declaration) -> Declaration:
    """What a declaration measures, without its texts and what is told when: these can change without relearning."""
    return msgspec.structs.replace(
        declaration,
        version=1,
        title="",
        description="",
        meaning="",
        falsepositives=(),
        severity=Severity.LOW,
        incident_type=None,
        techniques=(),
        persist=1,
        again="",
    )


def _expected(profile: Profile | None, time: int) -> tuple[float, bool]:
    return (0.0, False) if profile is None else (profile.expected(time), profile.seasonal(time))
