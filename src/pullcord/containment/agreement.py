"""Whether a plan may run without a person: mode, class, and findings that agree."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.analysis.classes import mode_allows
from pullcord.containment.suspects import HEARSAY
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, Severity
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Mode
from pullcord.model.plan import ActionClass

_ENOUGH = 2


def automatic(
    mode: Mode, plan_class: ActionClass, findings: Sequence[Finding], kind: IncidentType | None
) -> tuple[bool, str]:
    """Whether a plan may run by itself, and why (not)."""
    if not mode_allows(mode, plan_class):
        return False, f"Not automatic: mode {mode.value} does not let class {plan_class.value} run by itself."
    count, authenticated = agreeing(findings, kind)
    if count < _ENOUGH:
        return (
            False,
            "Not automatic: fewer than two independent findings agree (low ones, text and reports do not count).",
        )
    if not authenticated:
        return False, "Not automatic: every finding rests on a source that the suspect could have written."
    return True, f"Automatic: mode {mode.value} allows class {plan_class.value}, {count} findings agree."


def agreeing(findings: Sequence[Finding], kind: IncidentType | None) -> tuple[int, bool]:
    """How many independent findings point to the type, and whether one of them rests on authenticated records.

    Low findings do not count: two things that happen every day are no reason to act without a person.
    Independent means: by another detector, and not about events another counted finding already rests on.
    """
    if kind is None:
        return 0, False
    techniques = set(kind.techniques)
    pointing = [
        finding
        for finding in findings
        if finding.kind not in HEARSAY
        and finding.severity.rank >= Severity.MEDIUM.rank
        and (finding.incident_type == kind.id or techniques & set(finding.techniques))
    ]
    # Authenticated findings first: they must not be shadowed by one that shares an event with them.
    pointing.sort(key=lambda f: (f.trust is not SourceTrust.AUTHENTICATED, f.time, f.id))
    rules: set[str] = set()
    events: set[str] = set()
    count, authenticated = 0, False
    for finding in pointing:
        if finding.rule_id in rules or events & set(finding.event_ids):
            continue
        rules.add(finding.rule_id)
        events.update(finding.event_ids)
        count += 1
        authenticated = authenticated or finding.trust is SourceTrust.AUTHENTICATED
    return count, authenticated
