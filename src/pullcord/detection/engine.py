"""Run rules over events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pullcord.detection.describe import entities, reasons
from pullcord.detection.dispatch import Dispatch
from pullcord.detection.extension import Signal
from pullcord.detection.rules import Rule, RuleSet
from pullcord.detection.view import View
from pullcord.model.event import Event
from pullcord.model.finding import Finding, FindingKind, finding_id


class Detector:
    """Sigma rules over events; keeps nothing of an event but the counter.

    Attributes:
        cut_values: how many attribute values were shortened for a backtracking regular expression so far.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._dispatch = Dispatch(rules.rules)
        self.cut_values = 0

    def detect(self, events: Sequence[Event]) -> list[Finding]:
        """One finding per rule and event that match, in the order of the events, then of the rules."""
        return [finding for event in events for finding in self._examine(event)]

    def _examine(self, event: Event) -> Iterator[Finding]:
        view = View(event.attributes)
        for rule in self._dispatch.rules_for(event.logsource):
            if rule.node.match(view):
                yield _finding(rule, event, view)
        self.cut_values += view.cuts


def _finding(rule: Rule, event: Event, view: View) -> Finding:
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
        entities=entities(event, view),
        reasons=reasons(rule.node.witnesses(view), rule.author),
        trust=event.trust,
    )
