"""What the strict types of a declaration cannot say: what fits together, and in which bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pullcord.detection.anomaly.bounds import DURATIONS, NUMERIC, RANGES
from pullcord.detection.anomaly.declaration import SCHEMA, Declaration, DetectorKind, Of, Window
from pullcord.detection.anomaly.durations import duration
from pullcord.detection.anomaly.errors import AnomalyError
from pullcord.detection.anomaly.parameters import Scale, Side

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_TECHNIQUE = re.compile(r"AML\.T\d{4}(?:\.\d{3})?|T\d{4}(?:\.\d{3})?", re.ASCII)
_Problems = Iterator[tuple[str, str]]
_MOST_ID, _MOST_ENTITY, _MOST_LIST, _MOST_TEXT = 64, 4, 32, 2_000
_EVENTS = (2, 100_000)


def check(path: str, declaration: Declaration) -> None:
    """See that a declaration makes sense.

    Raises:
        AnomalyError: it does not; the first thing that is wrong, with its place.
    """
    for part in (_texts, _lists, _numbers, _windows, _together, _scales, _parameters):
        for wrong, cure in part(declaration):
            raise AnomalyError(f"{path}: {wrong}", cure)


def _texts(d: Declaration) -> _Problems:
    if d.schema != SCHEMA:
        yield f"schema is {d.schema[:40]!r}", f"write schema: {SCHEMA}"
    if not _ID.fullmatch(d.id) or len(d.id) > _MOST_ID:
        yield f"id is {d.id[:40]!r}", "write up to 64 lower-case letters, digits and single hyphens"
    for name in ("title", "description", "meaning"):
        text = getattr(d, name)
        if not text.strip() or len(text) > _MOST_TEXT:
            yield f"{name} is empty or longer than {_MOST_TEXT} characters", "write a sentence or two"
    for technique in d.techniques:
        if not _TECHNIQUE.fullmatch(technique):
            yield f"{technique[:40]!r} is no technique", "write an ATLAS or ATT&CK id, as AML.T0029 or T0856"


def _lists(d: Declaration) -> _Problems:
    for name, most in (("entity", _MOST_ENTITY), ("falsepositives", _MOST_LIST)):
        if not 0 < len(getattr(d, name)) <= most:
            yield f"{name} has {len(getattr(d, name))} entries", f"give 1 to {most}"
    session = d.window.session if d.window else None
    entity = (name.removesuffix("?") for name in d.entity)
    fields = (*entity, d.value, *d.where, *(text for text in (session, d.tag) if text is not None))
    if not all(part.strip() for field in fields for part in field.split("|")):
        yield "an attribute has no name", "name the attribute, alternatives with a single |"
    if all(name.endswith("?") for name in d.entity):
        yield "every part of entity may be absent", "leave the ? away from one of them"
    if len(d.where) + len(d.matches) + sum(map(len, d.where.values())) > _MOST_LIST:
        yield f"where and matches have over {_MOST_LIST} values", "name fewer"


def _numbers(d: Declaration) -> _Problems:
    for name, number, (least, most) in (
        ("false_rate", d.false_rate, (1e-5, 0.1)),
        ("warm_up", d.warm_up, (1, 100_000)),
        ("persist", d.persist, (1, 1_000)),
        ("version", d.version, (1, 1_000_000)),
        ("unit.per", d.unit.per, (1e-12, 1e15)),
    ):
        if not least <= number <= most:
            yield f"{name} is {number}", f"give {least:g} to {most:g}"
    if duration(d.again) is None:
        yield f"again is {d.again[:40]!r}", "write a duration as 30m, 1h or 1d"


def _windows(d: Declaration) -> _Problems:
    window = d.window
    if window is None:
        return
    if sum(part is not None for part in (window.time, window.session, window.events)) != 1:
        yield "window names none or several of time, session, events", "name exactly one"
    if window.time is not None and duration(window.time) is None:
        yield f"window.time is {window.time[:40]!r}", "write a duration as 30s, 5m or 1h"
    if window.events is not None and not _EVENTS[0] <= window.events <= _EVENTS[1]:
        yield f"window.events is {window.events}", f"give {_EVENTS[0]} to {_EVENTS[1]}"
    if window.session is not None and d.side is not Side.UPPER and d.detector is not DetectorKind.SEQUENCE:
        yield "sessions are judged while they grow", "write side: upper"
    single = d.detector not in NUMERIC or d.detector is DetectorKind.ADWIN
    if single and d.detector is not DetectorKind.SEQUENCE:
        yield f"{d.detector} does not take a window", "leave window out, or choose another detector"


def _together(d: Declaration) -> _Problems:
    numeric, window = d.detector in NUMERIC, d.window or Window()
    if d.detector is DetectorKind.SEQUENCE and window.session is None:
        yield "a sequence needs a session", "write window: {session: ATTRIBUTE}"
    if d.value == "count" and ((window.time is None and window.session is None) or d.matches or not numeric):
        yield (
            "count is for ewma, cusum and page_hinkley with a time bin or a session, without matches",
            "write window: {time: 5m}",
        )
    if d.hour_of_week and (window.time is None or d.scale is Scale.RAW):
        yield "hour_of_week needs time bins and a scale", "write window: {time: 1h} and scale: sqrt or log"
    if d.hour_of_week and d.detector is not DetectorKind.EWMA:
        yield "hour_of_week is for ewma", "choose ewma, or leave hour_of_week out"
    if d.of is Of.CHANGE and (d.window is not None or d.matches or not numeric):
        yield "a change is of single numbers only", "leave window and matches out"
    if d.persist > 1 and not (d.window is None and (numeric or d.detector is DetectorKind.RESIDUAL)):
        yield "persist is of single numbers only", "leave persist or window out"
    if (d.tag is None) == (d.detector is DetectorKind.RESIDUAL):
        yield "tag goes with residual", "name the attribute that names the tag there, and only there"


def _scales(d: Declaration) -> _Problems:
    numeric = d.detector in NUMERIC
    if d.matches and not numeric:
        yield f"{d.detector} does not take matches", "leave matches out"
    if d.scale is not Scale.RAW and not (numeric or d.detector is DetectorKind.DRIFT):
        yield f"{d.detector} does not take a scale", "leave scale out"
    if d.detector is DetectorKind.ADWIN and d.scale is not Scale.RAW:
        yield "adwin takes numbers in a known range", "leave scale out"
    low, high = d.parameters.get("low", 0), d.parameters.get("high", 1)
    if not isinstance(low, str) and not isinstance(high, str) and low >= high:
        yield "parameters.low is not below high", "give the range of the values"


def _parameters(d: Declaration) -> _Problems:
    ranges, durations = RANGES[d.detector], DURATIONS.get(d.detector, frozenset())
    for name, value in d.parameters.items():
        if name in durations:
            if not isinstance(value, str) or duration(value) is None:
                yield f"parameters.{name} is no duration", "write it as 30s, 1h or 7d"
        elif name not in ranges:
            known = ", ".join(sorted({*ranges, *durations}))
            yield (
                f"{d.detector} has no parameter {name[:40]!r}",
                f"use {known}" if known else "leave parameters out",
            )
        elif isinstance(value, str) or not ranges[name][0] <= value <= ranges[name][1]:
            yield (
                f"parameters.{name} is {str(value)[:40]}",
                f"give {ranges[name][0]:g} to {ranges[name][1]:g}",
            )
