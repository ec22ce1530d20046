"""Use case: recorded telemetry → findings (stateless)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from pullcord.analysis.sessions import build_session
from pullcord.app.detectors import Troubles, load_ruleset, make_detectors
from pullcord.app.inputs import Inputs
from pullcord.app.inventory import empty_inventory
from pullcord.app.spool import SessionSpool
from pullcord.detection.rules import RuleStatus
from pullcord.detection.sessions import SessionDetectors
from pullcord.intake.dedup import Seen
from pullcord.model.finding import Finding


class Detection:
    """One run of detection.

    Attributes:
        statuses: which rules were loaded, and why others were not.
    """

    def __init__(self, rules: Path | None, internal_domains: Sequence[str] = ()) -> None:
        ruleset = load_ruleset(rules)
        self.statuses: tuple[RuleStatus, ...] = ruleset.statuses
        inventory = msgspec.structs.replace(empty_inventory(), internal_domains=tuple(internal_domains))
        self._detectors = make_detectors(ruleset, inventory, Troubles())
        self._sessions = SessionDetectors(inventory.internal_domains)

    def run(self, inputs: Inputs) -> Iterator[list[Finding]]:
        """Yield findings batch by batch: rules as records are read, behaviour once sessions are whole."""
        seen = Seen(inputs.counters)
        with SessionSpool() as spool:
            for batch in inputs.events():
                fresh = [event for event in batch.items if seen.new(event.id)]
                spool.add(fresh)
                yield self._detectors.feed(fresh)
            for _, events in spool.traces():
                yield self._sessions.examine(build_session(events))
