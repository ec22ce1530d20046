"""Run the tests that stand inside a rule: it must match its positive events, and none of its benign ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar, Protocol, TypeVar

from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.engine import Detector
from pullcord.detection.errors import RuleError
from pullcord.detection.extension import Sample
from pullcord.detection.rules import Rule, RuleSet
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun
from pullcord.model.times import SECOND

START = 1_767_254_400 * SECOND
"""When every test begins: 2026-01-01 08:00 UTC, so that times are the same on every run."""
MOST_EVENTS = 20_000
"""Events of one test item, repeats counted."""


class TestKind(StrEnum):
    """What a test item claims."""

    __test__ = False

    POSITIVE = "positive"
    BENIGN = "benign"


class TestResult(Noun, frozen=True, kw_only=True):
    """What came of one test item.

    Attributes:
        index: the item's place in its list, from 0.
        why: what went wrong; empty if it passed.
    """

    __test__: ClassVar[bool] = False

    rule_id: str
    kind: TestKind
    index: int
    passed: bool
    why: str = ""


class Detects(Protocol):
    """Rules over events, as the detector of this room."""

    def detect(self, events: Sequence[Event]) -> list[Finding]:
        """What the events show."""
        ...


AnyRule = TypeVar("AnyRule", Rule, CorrelationRule)


def fresh_detectors() -> Callable[[RuleSet], Detects]:
    """A factory for ``run_tests``: filing the rules takes longer than a test, so it is done once per set.

    Each call gives a detector that remembers nothing; the one before is not to be used any more.
    """
    filed: list[tuple[RuleSet, Detector]] = []

    def fresh(ruleset: RuleSet) -> Detector:
        if not filed or filed[0][0] is not ruleset:
            filed[:] = [(ruleset, Detector(ruleset))]
        detector = filed[0][1]
        detector.correlator.restore({})
        return detector

    return fresh


def run_tests(
    ruleset: RuleSet, rule_id: str, detector_factory: Callable[[RuleSet], Detects] | None = None
) -> list[TestResult]:
    """The tests of one rule, run with all rules loaded; positives first. A rule without tests has no results.

    Args:
        detector_factory: makes a detector without a memory of events before; see ``fresh_detectors``.

    Raises:
        RuleError: no such rule.
    """
    detector_factory = detector_factory or fresh_detectors()
    tests = _tested(ruleset, rule_id).extension.tests
    ruleset = _speaking(ruleset, rule_id)
    found: list[TestResult] = []
    for kind, items in ((TestKind.POSITIVE, tests.positive), (TestKind.BENIGN, tests.benign)):
        for index, item in enumerate(items):
            try:
                events = item_events(ruleset, rule_id, item)
                matched = any(
                    finding.rule_id == rule_id for finding in detector_factory(ruleset).detect(events)
                )
            except RuleError as error:
                why = str(error)
            else:
                why = _verdict(kind, matched=matched)
            found.append(TestResult(rule_id=rule_id, kind=kind, index=index, passed=not why, why=why))
    return found


def item_events(ruleset: RuleSet, rule_id: str, item: Sequence[Sample]) -> list[Event]:
    """The events of one test item, in its order.

    Raises:
        RuleError: a sample names an unknown rule, has no log source, or there are too many events.
    """
    if sum(sample.step.repeat for sample in item) > MOST_EVENTS:
        raise RuleError(f"a test of more than {MOST_EVENTS} events", "lower @repeat")
    events: list[Event] = []
    for sample in item:
        source = _logsource(ruleset, rule_id, sample)
        for number in range(1, sample.step.repeat + 1):
            last = (events[-1].time - START) / SECOND if events else -1.0
            at = last + 1 if sample.step.time is None else sample.step.time + number - 1
            events.append(_event(sample, source, START + int(at * SECOND), f"test-{len(events)}", number))
    return events


def _verdict(kind: TestKind, *, matched: bool) -> str:
    if matched is (kind is TestKind.POSITIVE):
        return ""
    return "the rule matched a benign event" if matched else "the rule did not match"


def _tested(ruleset: RuleSet, rule_id: str) -> Rule | CorrelationRule:
    for rule in _all(ruleset):
        if rule.rule_id == rule_id:
            return rule
    raise RuleError(f"no rule {rule_id[:80]!r}", "see `pullcord rules list`")


def _all(ruleset: RuleSet) -> Iterator[Rule | CorrelationRule]:
    yield from ruleset.rules
    yield from ruleset.correlations


def _speaking(ruleset: RuleSet, rule_id: str) -> RuleSet:
    """The same rules, where the one under test makes findings even if it is only there for others."""
    if all(rule.emits for rule in _all(ruleset) if rule.rule_id == rule_id):
        return ruleset
    return replace(
        ruleset,
        rules=tuple(_loud(rule, rule_id) for rule in ruleset.rules),
        correlations=tuple(_loud(rule, rule_id) for rule in ruleset.correlations),
    )


def _loud(rule: AnyRule, rule_id: str) -> AnyRule:
    return replace(rule, emits=True) if rule.rule_id == rule_id else rule


def _logsource(ruleset: RuleSet, rule_id: str, sample: Sample) -> LogSource:
    if sample.step.logsource is not None:
        return sample.step.logsource
    wanted = sample.step.rule or rule_id
    rule = _detection_rule(ruleset, wanted)
    if rule is None:
        raise RuleError(
            f"a test names no detection rule: {wanted[:80]!r}", "give the event an @rule or a @logsource"
        )
    return rule.logsource


def _detection_rule(ruleset: RuleSet, wanted: str) -> Rule | None:
    return next((rule for rule in ruleset.rules if wanted in (rule.rule_id, rule.name)), None)


def _event(sample: Sample, source: LogSource, time: int, event_id: str, number: int) -> Event:
    step = sample.step

    def text(value: str) -> str:
        # Without @repeat the braces are the author's own.
        return value.replace("{n}", str(number)) if step.repeat > 1 else value

    def value(given: Value) -> Value:
        if isinstance(given, list):
            return [text(each) if isinstance(each, str) else each for each in given]
        return text(given) if isinstance(given, str) else given

    return Event(
        id=event_id,
        time=time,
        logsource=source,
        attributes={key: value(given) for key, given in sample.attributes.items()},
        asset=None if step.asset is None else text(step.asset),
        actor=None if step.actor is None else text(step.actor),
        trace_id=None if step.trace is None else text(step.trace),
    )
