"""Incident: findings that belong together, what they threaten, and how far the response has come."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.finding import Severity
from pullcord.model.noun import Noun, digest


class ProductionRisk(StrEnum):
    """Whether production is at risk. ``unknown`` is an answer: it means that the inventory cannot say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class PhaseName(StrEnum):
    """The six phases, in order."""

    DETECT = "detect"
    TRIAGE = "triage"
    CONTAIN = "contain"
    INVESTIGATE = "investigate"
    RECOVER = "recover"
    LEARN = "learn"


class PhaseOutcome(StrEnum):
    """How a phase ended."""

    DONE = "done"
    NOT_NEEDED = "not_needed"


class Phase(Noun, frozen=True, kw_only=True):
    """One phase of one incident; ``end`` and ``outcome`` are None while it runs. Times in nanoseconds UTC."""

    name: PhaseName
    start: int
    end: int | None = None
    outcome: PhaseOutcome | None = None
    reason: str = ""


class Incident(Noun, frozen=True, kw_only=True):
    """Findings that belong together.

    Attributes:
        id: ``incident_id(first finding)``; survives merges by ``aliases``.
        type: one of the incident types in content/incident_types, or ``it-<ATT&CK tactic>``.
        malicious: probability that this is an attack, not a malfunction, 0 to 1; open until evidence decides.
        severity: low, medium, high or critical.
        reasons: why this severity and type, one sentence each.
        assets: assets and AI systems the findings speak of, as the inventory names them if it does.
        unregistered: those of ``assets`` that the inventory does not know.
        risk_path: the way from a suspect AI system to production, node by node; empty if not at risk.
        exposed: data classes that may have been exposed.
        first_time, last_time: of its findings, nanoseconds UTC.
        playbook: the id of the chosen playbook (today: the incident type's own).
    """

    id: str
    title: str
    type: str
    severity: Severity
    malicious: float
    finding_ids: tuple[str, ...]
    first_time: int
    last_time: int
    reasons: tuple[str, ...] = ()
    site: str | None = None
    assets: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    trace_ids: tuple[str, ...] = ()
    production_at_risk: ProductionRisk = ProductionRisk.UNKNOWN
    risk_path: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    playbook: str | None = None


def incident_id(first_finding_id: str) -> str:
    """The stable id of the incident that this finding opened."""
    return f"inc-{digest(first_finding_id)[:20]}"
