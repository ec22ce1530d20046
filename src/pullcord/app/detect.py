"""Use case: recorded telemetry → findings (stateless)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pullcord.analysis.sessions import build_session
from pullcord.app.inputs import Inputs
from pullcord.app.judging import rule_files
from pullcord.app.spool import SessionSpool
from pullcord.detection.behaviour import examine
from pullcord.detection.engine import Detector
from pullcord.detection.rules import RuleStatus, load_rules
from pullcord.intake.dedup import Seen
from pullcord.model.finding import Finding


class Detection:
    """One run of detection.

    Attributes:
        statuses: which rules were loaded, and why others were not.
    """

    def __init__(self, rules: Path | None, internal_domains: Sequence[str] = ()) -> None:
        ruleset = load_rules(rule_files(rules))
        self.statuses: tuple[RuleStatus, ...] = ruleset.statuses
        self._detector = Detector(ruleset)
        self._internal = tuple(internal_domains)

    def run(self, inputs: Inputs) -> Iterator[list[Finding]]:
        """Yield findings batch by batch: rules as records are read, behaviour once sessions are whole."""
        seen = Seen(inputs.counters)
        with SessionSpool() as spool:
            for batch in inputs.events():
                fresh = [event for event in batch.items if seen.new(event.id)]
                spool.add(fresh)
                yield self._detector.detect(fresh)
            for _, events in spool.traces():
                yield examine(build_session(events), self._internal)
