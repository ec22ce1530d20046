"""Findings to send."""

from __future__ import annotations

import msgspec

from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import MILLISECOND

TIME = 1_780_000_000_123 * MILLISECOND


def sample(number: int = 0, /, **more: object) -> Finding:
    """A finding."""
    made = Finding(
        id=f"fnd-{number:024d}",
        rule_id="pullcord.behaviour.untrusted-value-in-call",
        title="A tool result steered a write",
        severity=Severity.HIGH,
        time=TIME + number * MILLISECOND,
        event_ids=(f"e{number}",),
        kind=FindingKind.BEHAVIOUR,
        site="Brackwede",
        asset="dryer-advisor",
        actor="svc-advisor",
        trace_id="t1",
        techniques=("AML.T0051", "T0831"),
        incident_type="prompt-injection-indirect",
        entities=("host:line3", "address:10.1.2.3"),
        reasons=("The value 188 stood in the page.", "Nobody had asked for it."),
    )
    return msgspec.structs.replace(made, **more)
