"""What an anomaly says to people: value, reference, threshold, why."""

from __future__ import annotations

from pullcord.detection.anomaly.judge import Basis, Judge
from pullcord.detection.anomaly.measured import measured
from pullcord.detection.anomaly.watch import AnyTrack, Told, Watch
from pullcord.detection.describe import entities, shorten
from pullcord.detection.view import View
from pullcord.model.event import Event
from pullcord.model.finding import Finding, FindingKind, finding_id


def finding(watch: Watch, track: AnyTrack, told: Told, event: Event) -> Finding:
    """The finding of one anomaly, resting on the event that showed it."""
    declaration, ids = watch.declaration, (event.id,)
    return Finding(
        id=finding_id(declaration.id, ids),
        rule_id=declaration.id,
        title=declaration.title,
        severity=declaration.severity,
        time=event.time,
        event_ids=ids,
        kind=FindingKind.ANOMALY,
        site=event.site,
        asset=event.asset,
        actor=event.actor,
        trace_id=event.trace_id,
        span_ids=(event.span_id,) if event.trace_id and event.span_id else (),
        techniques=declaration.techniques,
        incident_type=declaration.incident_type,
        entities=entities(event, View(event.attributes)),
        reasons=reasons(watch, track, told),
        trust=event.trust,
    )


def reasons(watch: Watch, track: AnyTrack, told: Told) -> tuple[str, ...]:
    """Value, reference, threshold, what it may mean and what else explains it."""
    declaration = watch.declaration
    whose = ", ".join(shorten(part) for part in track.entity[1:] if part != "-")
    value, reference = measured(watch, track, told)
    return (
        f"{value}, for {whose}.",
        reference,
        _threshold(declaration.false_rate, track.judge, told.score),
        declaration.meaning.strip(),
        f"What else explains it: {'; '.join(declaration.falsepositives)}.",
    )


def _threshold(rate: float, judge: Judge, reached: float) -> str:
    """Where the threshold comes from, and what it promises."""
    chance, known = judge.chance
    score = f"Its score {reached:.3g} is above the threshold {judge.over:.3g}"
    stated = f"at a stated false rate of {100 * rate:.3g} %"
    match judge.basis:
        case Basis.OWN:
            high = round(chance * (known + 1)) - 1
            return f"{score}: {high} of its last {known} scores came as high; {stated}."
        case Basis.POOLED:
            others = f"taken from {known} scores of others like it, as its own are too few"
            return f"{score}, {others}; {stated} if they are alike."
        case _:
            return f"{score}, the bound of the method itself, as its {known} scores are too few; {stated}."
