"""What is handed from the detectors to triage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pullcord.model.event import Event
from pullcord.model.finding import Finding


class Arrived(NamedTuple):
    """A durable finding, and when the first of its events was received (nanoseconds UTC)."""

    finding: Finding
    received: int


OnFindings = Callable[[Sequence[Arrived]], None]
"""Called from the thread that made the findings durable, after the commit; must be quick and not raise."""


def arrived(findings: Sequence[Finding], events: Mapping[str, Event], now: int) -> list[Arrived]:
    """Findings with the first receipt of their events; ``now`` where no event says it."""
    return [
        Arrived(
            finding,
            min((events[key].received or now for key in finding.event_ids if key in events), default=now),
        )
        for finding in findings
    ]
