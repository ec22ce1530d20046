"""Run rules over events, batch by batch: gate and look-ups find candidates, generated code decides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from time import perf_counter_ns
from typing import Protocol

import msgspec

from pullcord.detection.codegen import Ask, compile_match
from pullcord.detection.correlation.correlator import Correlator
from pullcord.detection.correlation.occurrence import Match
from pullcord.detection.describe import entities, reasons
from pullcord.detection.extension import Signal
from pullcord.detection.gate import GateKind
from pullcord.detection.group import FieldIndex
from pullcord.detection.haystack import Haystack
from pullcord.detection.plan import Plan
from pullcord.detection.rules import Rule, RuleSet
from pullcord.detection.tuning import Tuning
from pullcord.detection.view import View, as_number, as_text
from pullcord.model.event import Attributes, Event, LogSource, Value
from pullcord.model.finding import Finding, FindingKind, finding_id

AT_ONCE = 512
"""Events that are scanned together at most."""


class Record(Protocol):
    """What rules look at of an event."""

    @property
    def logsource(self) -> LogSource: ...  # noqa: D102

    @property
    def attributes(self) -> Attributes: ...  # noqa: D102


class Hits(msgspec.Struct, frozen=True):
    """The rules that one record matches.

    Attributes:
        place: of the record in what was given.
        rules: rising numbers.
        view: of its attributes.
    """

    place: int
    rules: list[int]
    view: View


class Cost(msgspec.Struct):
    """What a rule cost: how often it was asked and matched, and the nanoseconds that took."""

    candidates: int = 0
    matches: int = 0
    nanoseconds: int = 0


class Detector:
    """Sigma rules over events; of an event that no correlation rule asks for it keeps nothing.

    Attributes:
        rules: those that run.
        correlator: the correlation rules over them; it has a memory, the rest has none.
        cut_values: how many attribute values were shortened for a backtracking regular expression so far.
    """

    def __init__(self, rules: RuleSet, gate: GateKind | None = None, *, measure: bool = False) -> None:
        """File the rules.

        Args:
            gate: which; the fastest by default.
            measure: note what each rule costs.
        """
        self.rules = rules.rules
        self.correlator = Correlator(rules.correlations)
        self.cut_values = 0
        self._kind = gate
        self._tuning = Tuning([rule.node for rule in self.rules])
        self._sources = [rule.logsource for rule in self.rules]
        self._plan = Plan(self._sources, self._tuning.choose(), gate)
        self._matchers: list[Ask | None] = [None] * len(self.rules)
        self._costs = [Cost() for _ in self.rules] if measure else None

    def costs(self) -> dict[str, Cost]:
        """What each rule cost so far, by its id; empty unless asked for."""
        pairs = zip(self.rules, self._costs or (), strict=False)
        return {rule.rule_id: cost for rule, cost in pairs}

    def detect(self, events: Sequence[Event]) -> list[Finding]:
        """One finding per rule and event that match, in the order of events, then of rules; correlations come last."""
        found: list[Finding] = []
        together: list[Match] = []
        bases = self.correlator.bases
        for hits in self.matches(events):
            event = events[hits.place]
            shared = entities(event, hits.view)
            for number in hits.rules:
                rule = self.rules[number]
                if rule.emits:
                    found.append(make_finding(rule, event, hits.view, shared))
                if rule.rule_id in bases:
                    together.append(Match(rule.rule_id, event))
        return found + self.correlator.feed(together) if together else found

    def matches(self, records: Sequence[Record]) -> Iterator[Hits]:
        """The records that match anything, in their order."""
        for start in range(0, len(records), AT_ONCE):
            yield from self._batch(records[start : start + AT_ONCE], start)

    def _batch(self, records: Sequence[Record], start: int) -> Iterator[Hits]:
        plan = self._plan
        groups = [plan.group(record.logsource) for record in records]
        haystack = Haystack()
        for place, record in enumerate(records):
            haystack.add(place, record.attributes, groups[place])
        haystack.scan()
        for place, record in enumerate(records):
            group = groups[place]
            candidates = haystack.found.get(place) or set()
            candidates.update(group.always)
            for index in group.fields:
                value = record.attributes.get(index.name)
                if value is not None:
                    _look_up(index, value, candidates)
            if candidates:
                hits = self._ask(candidates, record.attributes)
                if hits is not None:
                    yield Hits(start + place, *hits)
        self._tuning.seen(records, groups)
        if self._tuning.due:
            self._plan = Plan(self._sources, self._tuning.tune(plan), self._kind)
            self._matchers = [None] * len(self.rules)

    def _ask(self, candidates: set[int], attributes: Attributes) -> tuple[list[int], View] | None:
        """Which candidates match, and the view they were asked with; None if none does."""
        view = View(attributes)
        self._tuning.asked(candidates)
        if self._costs is None:
            matchers = self._matchers
            rules = [n for n in sorted(candidates) if (matchers[n] or self._compile(n))(view)]
        else:
            rules = [n for n in sorted(candidates) if self._timed(n, view)]
        self.cut_values += view.cuts
        return (rules, view) if rules else None

    def _compile(self, number: int) -> Ask:
        # Most rules are never asked: compiled when they are, thousands of rules load no slower.
        matcher = self._matchers[number] = compile_match(self.rules[number].node, self._plan.chosen[number])
        return matcher

    def _timed(self, number: int, view: View) -> bool:
        assert self._costs is not None  # noqa: S101  (for the type checker: only called where it is)
        matcher = self._matchers[number] or self._compile(number)
        begun = perf_counter_ns()
        matched = matcher(view)
        cost = self._costs[number]
        cost.nanoseconds += perf_counter_ns() - begun
        cost.candidates += 1
        cost.matches += matched
        return matched


def _look_up(index: FieldIndex, value: Value, candidates: set[int]) -> None:
    """Add the rules that ask for what a field shows."""
    if index.present:
        candidates.update(index.present)
    for item in value if isinstance(value, list) else (value,):
        if index.equal:
            found = index.equal.get(as_text(item).casefold())
            if found:
                candidates.update(found)
        if index.numeric:
            number = as_number(item)
            if number is not None:
                _compare(index, number, candidates)


def _compare(index: FieldIndex, number: float, candidates: set[int]) -> None:
    """Add the rules that ask for this number, for at least, or for at most so much."""
    candidates.update(index.numbers.get(number, ()))
    if index.least is not None:
        candidates.update(index.least.rules[: bisect_right(index.least.thresholds, number)])
    if index.most is not None:
        candidates.update(index.most.rules[bisect_left(index.most.thresholds, number) :])


def make_finding(rule: Rule, event: Event, view: View, shared: tuple[str, ...] | None = None) -> Finding:
    """The finding of a rule that matches an event; ``shared`` are the event's entities, where they are known."""
    event_ids = (event.id,)
    return Finding(
        id=finding_id(rule.rule_id, event_ids),
        rule_id=rule.rule_id,
        title=rule.title,
        severity=rule.severity,
        time=event.time,
        event_ids=event_ids,
        kind=FindingKind.TEXT if rule.extension.signal is Signal.TEXT else FindingKind.RULE,
        site=event.site,
        asset=event.asset,
        actor=event.actor,
        trace_id=event.trace_id,
        span_ids=(event.span_id,) if event.span_id else (),
        techniques=rule.techniques,
        incident_type=rule.extension.incident_type,
        entities=entities(event, view) if shared is None else shared,
        reasons=reasons(rule.node.witnesses(view), rule.author),
        trust=event.trust,
    )
