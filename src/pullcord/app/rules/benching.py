"""Use case: what each rule costs and how often it matches, over recorded telemetry."""

from __future__ import annotations

from pullcord.app.inputs import Inputs
from pullcord.detection.engine import Cost, Detector
from pullcord.detection.rules import RuleSet
from pullcord.intake.dedup import Seen
from pullcord.model.noun import Noun
from pullcord.model.times import DAY, HOUR, SECOND

_MICROSECOND = 1_000


class Measured(Noun, frozen=True, kw_only=True):
    """One rule.

    Attributes:
        candidates: how often its condition was asked.
        matches: how often it was so.
        us_per_1000: microseconds for 1,000 events of the recording, whatever their log source.
        per_day: matches for a day of the recording; None if that spans less than an hour.
    """

    rule_id: str
    title: str
    candidates: int
    matches: int
    us_per_1000: float
    per_day: float | None


class Bench(Noun, frozen=True, kw_only=True):
    """All rules, the most costly first.

    Attributes:
        events: how many were looked at.
        seconds: from the first event to the last, by their own times.
    """

    events: int
    seconds: float
    rules: tuple[Measured, ...]


def measure(ruleset: RuleSet, inputs: Inputs) -> Bench:
    """Run all rules over the files.

    Raises:
        NothingReadableError: a file holds no usable record.
    """
    detector = Detector(ruleset, measure=True)
    seen = Seen(inputs.counters)
    events, first, last = 0, 0, 0
    for batch in inputs.events():
        fresh = [event for event in batch.items if seen.new(event.id)]
        if not fresh:
            continue
        times = [event.time for event in fresh]
        first = min(times) if not events else min(first, *times)
        last = max(times) if not events else max(last, *times)
        events += len(fresh)
        detector.detect(fresh)
    titles = {rule.rule_id: rule.title for rule in ruleset.rules}
    rules = [
        _measured(key, titles[key], cost, events, last - first) for key, cost in detector.costs().items()
    ]
    rules.sort(key=lambda one: (-one.us_per_1000, -one.matches, one.rule_id))
    return Bench(events=events, seconds=(last - first) / SECOND, rules=tuple(rules))


def _measured(rule_id: str, title: str, cost: Cost, events: int, span: int) -> Measured:
    return Measured(
        rule_id=rule_id,
        title=title,
        candidates=cost.candidates,
        matches=cost.matches,
        us_per_1000=round(cost.nanoseconds / _MICROSECOND / max(events, 1) * 1_000, 3),
        # Of a short recording a day would be made up.
        per_day=round(cost.matches * DAY / span, 3) if span >= HOUR else None,
    )
