"""Made-up declarations and events for the tests of the anomaly detectors."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from pullcord.detection.anomaly.declaration import SCHEMA, Declaration
from pullcord.detection.anomaly.watch import Watch
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.times import SECOND

START = 1_770_000_000 * SECOND
SOURCE = LogSource(product="ai", category="llm")

Draw = Callable[[random.Random, int], float]


def declare(**changes: object) -> Declaration:
    """A declaration of an EWMA over ``x`` per ``who``, changed where the test wants."""
    base: dict[str, Any] = {
        "schema": SCHEMA,
        "id": "made-up",
        "version": 1,
        "title": "Made up",
        "description": "For tests.",
        "logsource": {"product": "ai", "category": "llm"},
        "entity": ["who"],
        "value": "x",
        "detector": "ewma",
        "false_rate": 0.01,
        "severity": "low",
        "meaning": "Nothing.",
        "falsepositives": ["a test"],
    }
    return msgspec.convert(base | changes, Declaration)


def event(number: int, time: int | None = None, **attributes: Value) -> Event:
    """An event, one second after the one before unless a time is given."""
    given: dict[str, Value] = {"who": "one", **attributes}
    when = START + number * SECOND if time is None else time
    return Event(id=f"e-{number}", time=when, logsource=SOURCE, attributes=given)


def rates(declaration: Declaration, events: Iterable[Event], least: int = 10**9) -> tuple[int, int, int]:
    """Run one entity. Returns scores judged by its own threshold, anomalies among them, anomalies before.

    The declaration needs ``again: 1s``, so that every anomaly is told.
    """
    watch = Watch(declaration, 0, least)
    track = watch.fresh(("", "one"))
    judged = own = before = 0
    window, flagged = 0, set[object]()
    for number, one in enumerate(events):
        seen = watch.reader.read(one)
        assert seen is not None
        ready = math.isfinite(track.judge.tail.limit)
        newest = track.judge.tail.newest
        told = watch.take(track, seen, one.time)
        complete = newest != track.judge.tail.newest
        judged += ready and (complete or (told is not None and not told.early))
        # What is collected is looked at with every event and at its end, but it is one value.
        this: object = window + complete if told is not None and told.early else window
        if watch.collector is None:
            this = seen.key or number
        window += complete
        if told is not None and this not in flagged:
            own, before = own + ready, before + (not ready)
            flagged.add(this)
    return judged, own, before


def student(r: random.Random) -> float:
    """Student's t with 2.5 degrees of freedom: heavy tails, and barely a variance."""
    return r.gauss(0, 1) / math.sqrt(r.gammavariate(1.25, 2) / 2.5)


def poisson(r: random.Random, mean: float) -> int:
    """A Poisson count (Knuth), for small means."""
    limit, count, product = math.exp(-mean), 0, r.random()
    while product > limit:
        count, product = count + 1, product * r.random()
    return count


STREAMS: dict[str, Draw] = {
    "normal": lambda r, _: r.gauss(100, 10),
    "heavy": lambda r, _: 100 + 10 * student(r),
    "lognormal": lambda r, _: r.lognormvariate(3, 1),
    "daily": lambda r, i: 100 + 20 * math.sin(2 * math.pi * i / 1440) + i * 1e-4 + r.gauss(0, 5),
    "counts": lambda r, _: poisson(r, 2.0),
    "spikes": lambda r, _: 1_000 * r.random() if r.random() < 0.05 else r.gauss(1, 0.1),
    "constant": lambda _r, _i: 7.0,
}
"""Benign streams by name."""
