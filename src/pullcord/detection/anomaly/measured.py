"""What was measured and what it is measured against, as two sentences for people, per kind of detector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt

from pullcord.detection.anomaly.declaration import DetectorKind, Of
from pullcord.detection.anomaly.durations import spoken
from pullcord.detection.anomaly.models.ewma import Ewma
from pullcord.detection.anomaly.parameters import Side
from pullcord.detection.anomaly.resolve import unscaled
from pullcord.detection.anomaly.watch import AnyTrack, Told, Watch
from pullcord.detection.describe import shorten

_Sentences = tuple[str, str]
_PLAIN = 1e4


def measured(watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    """What was seen (without a full stop), and the reference."""
    return _KINDS.get(watch.declaration.detector, _level)(watch, track, told)


def _first_seen(watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    known, events = len(track.model.counts) - 1, track.model.values - 1
    return (
        f"{name_of(watch)} is {_text(told)}, never seen before",
        f"Reference: {known} other value(s) in {events} events of this entity.",
    )


def _rarity(watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    known, events, had = len(track.model.counts), track.model.values - 1, track.model.had
    return (
        f"{name_of(watch)} is {_text(told)}, seen {had} time(s) before",
        f"Reference: {events} events of this entity, with {known} value(s).",
    )


def _sequence(_watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    what = f"Calls up to {_text(told)} follow each other as they rarely do, {told.score:.1f} bits per call"
    return what, f"Reference: {track.model.calls} calls of {len(track.model.tools)} tool(s) by this agent."


def _drift(watch: Watch, track: AnyTrack, _told: Told) -> _Sentences:
    model, p = track.model, watch.p
    mean, known = shown(watch, model.mean), shown(watch, model.known_mean())
    what = f"The last {p.window} values of {name_of(watch)} have mean {mean}"
    return (
        f"{what}, PSI {model.psi:.2f}, KS distance {model.ks:.2f}",
        f"Reference: the first {p.reference} values, mean {known}; it stays.",
    )


def _class_drift(watch: Watch, track: AnyTrack, _told: Told) -> _Sentences:
    model, p = track.model, watch.p
    what = f"The last {p.window} values of {name_of(watch)} are mixed differently, PSI {model.psi:.2f}"
    return (
        f"{what}: the share of one of them went from {model.was:.0%} to {model.now:.0%}",
        f"Reference: the first {p.reference} values; it stays.",
    )


def _embedding(watch: Watch, track: AnyTrack, _told: Told) -> _Sentences:
    model, what = track.model, f"The mean of the last {watch.p.window} vectors of {name_of(watch)}"
    return (
        f"{what} has moved, distance {model.distance:.0f}",
        f"Reference: the first {model.n} vectors, from which about 32 is expected; it stays.",
    )


def _residual(_watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    model = track.model
    tag, number = told.value if isinstance(told.value, tuple) else ("", 0.0)
    return (
        f"Tag {shorten(tag)} reads {number:.6g}, but {model.others} other tag(s) say {model.predicted:.6g}",
        f"Reference: they usually agree within {model.residual:.3g}. It cannot be told which of them is wrong.",
    )


def _adwin(watch: Watch, track: AnyTrack, _told: Told) -> _Sentences:
    model = track.model
    old, new = shown(watch, model.old_mean), shown(watch, model.new_mean)
    return (
        f"The mean of {name_of(watch)} went from {old} to {new}",
        f"Reference: its own past; the newer part has {model.split} values.",
    )


def _level(watch: Watch, track: AnyTrack, told: Told) -> _Sentences:
    """A number that is compared with a level: EWMA, CUSUM, Page-Hinkley."""
    model, value = track.model, told.value if isinstance(told.value, float) else 0.0
    level: Ewma = model if isinstance(model, Ewma) else model.level
    mean, sd = (level.mean, sqrt(level.var)) if told.early else (level.was_mean, level.was_sd)
    low, high = (shown(watch, told.expected + mean + sd * sign) for sign in (-1, 1))
    what = f"{name_of(watch)} is {shown(watch, value + told.expected)}{_span(watch, told)}"
    hour = " at this hour of the week" if told.seasonal else ""
    reference = f"Reference{hour}: usually {low} to {high}, by its last {level.n} values."
    if not isinstance(model, Ewma):
        return what, f"{reference} Small shifts have added up to {told.score:.1f} standard deviations."
    side = watch.declaration.side
    edge = track.judge.over * max(sd, watch.p.least + watch.p.relative * abs(mean))
    sign = -1 if side is Side.LOWER or (value < mean and side is Side.BOTH) else 1
    return what, f"{reference} The threshold is {shown(watch, told.expected + mean + sign * edge)}."


_KINDS: Mapping[DetectorKind, Callable[[Watch, AnyTrack, Told], _Sentences]] = {
    DetectorKind.FIRST_SEEN: _first_seen,
    DetectorKind.RARITY: _rarity,
    DetectorKind.SEQUENCE: _sequence,
    DetectorKind.DRIFT: _drift,
    DetectorKind.CLASS_DRIFT: _class_drift,
    DetectorKind.EMBEDDING_DRIFT: _embedding,
    DetectorKind.RESIDUAL: _residual,
    DetectorKind.ADWIN: _adwin,
}


def _span(watch: Watch, told: Told) -> str:
    window = watch.declaration.window
    if window is None:
        return ""
    if window.time is not None:
        place = f"within {spoken(watch.size)}"
    else:
        place = "in one session" if window.session is not None else f"over {watch.size} events"
    return f" {place}{' so far' if told.early else ''}"


def name_of(watch: Watch) -> str:
    """What is measured, for people."""
    declaration = watch.declaration
    name = declaration.value.replace("|", " or ")
    if name == "count":
        name = "The number of events"
    elif declaration.matches:
        name = f"The share of {name} that counts"
    elif declaration.window is not None:
        name = f"The {'mean' if declaration.window.events else 'sum'} of {name}"
    return f"The change per second of {name}" if declaration.of is Of.CHANGE else name


def shown(watch: Watch, value: float) -> str:
    """A compared number as people read it."""
    number = unscaled(value, watch.declaration.scale)
    text = f"{number:.4g}" if abs(number) < _PLAIN else f"{number:,.0f}"
    return f"{text} {watch.declaration.unit.name}".rstrip()


def _text(told: Told) -> str:
    return f"'{shorten(told.value)}'" if isinstance(told.value, str) else ""
