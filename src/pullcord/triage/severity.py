"""How bad an incident is, and why: the strongest finding, moved by impact, confidence, exposure and spread."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.event import SourceTrust
from pullcord.model.finding import FindingKind, Severity
from pullcord.model.incident import ProductionRisk
from pullcord.model.inventory import Criticality
from pullcord.triage.impact import Impact
from pullcord.triage.links import family
from pullcord.triage.rows import Signature

_LADDER = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_HEARSAY = frozenset({FindingKind.TEXT, FindingKind.REPORT})
_UNUSUAL = _HEARSAY | {FindingKind.ANOMALY}
_SENSITIVE = frozenset({"credential", "personal-data", "recipe", "cad"})
_SAFETY_TYPES = frozenset({"unsafe-setpoint"})
_WIDE = 3


def grade(
    kind: str, sources: Sequence[Signature], impact: Impact, spread: int
) -> tuple[Severity, tuple[str, ...]]:
    """The severity of an incident, low to critical, and one reason per step.

    Args:
        kind: the incident type.
        sources: the distinct statements of its findings, at least one.
        impact: what it may affect.
        spread: number of assets involved.
    """
    strongest = max((s.severity for s in sources), key=lambda severity: severity.rank)
    level = max(strongest.rank - 1, 0)
    reasons = [f"Strongest finding: {strongest.value}."]
    for step, reason in (*_up(kind, sources, impact, spread), *_down(sources)):
        level += step
        reasons.append(reason)
    level = min(max(level, 0), len(_LADDER) - 1)
    if all(s.kind in _HEARSAY for s in sources):
        level = min(level, _LADDER.index(Severity.MEDIUM))
        reasons.append("Text and reports alone: at most medium, and nothing runs by itself.")
    elif all(s.kind in _UNUSUAL for s in sources):
        level = min(level, _LADDER.index(Severity.MEDIUM))
        reasons.append("Anomalies alone: at most medium; unusual is not hostile, and nothing else was seen.")
    return _LADDER[level], tuple(reasons)


def weighty(kind: str, sources: Sequence[Signature]) -> Sequence[Signature]:
    """The statements that count for spread, impact and agreement: those about the incident's type, or from medium up.

    A low alert about something else, joined by a shared address or person, agrees with nothing. All of them if none is.
    """
    return [
        s for s in sources if s.severity.rank >= Severity.MEDIUM.rank or family(s.type) == family(kind)
    ] or sources


def _up(kind: str, sources: Sequence[Signature], impact: Impact, spread: int) -> list[tuple[int, str]]:
    return [*_by_impact(kind, impact), *_by_exposure(sources, impact), *_by_spread(kind, sources, spread)]


def _by_impact(kind: str, impact: Impact) -> list[tuple[int, str]]:
    steps: list[tuple[int, str]] = []
    if impact.production_at_risk is ProductionRisk.YES:
        steps.append((1, f"Production is within reach: {' → '.join(impact.path)}."))
    elif impact.production_at_risk is ProductionRisk.UNKNOWN:
        steps.append((0, "Whether production is at risk is unknown: " + _unknown(impact)))
    if impact.safety or kind in _SAFETY_TYPES:
        steps.append((1, f"Safety relevance: {', '.join(impact.safety) or 'a value outside its envelope'}."))
    if impact.criticality is Criticality.CRITICAL:
        steps.append((1, "An AI system of critical importance is involved."))
    return steps


def _by_exposure(sources: Sequence[Signature], impact: Impact) -> list[tuple[int, str]]:
    sensitive = sorted(_SENSITIVE & set(impact.exposed))
    if sensitive and any(
        s.kind is FindingKind.BEHAVIOUR and s.severity.rank >= Severity.MEDIUM.rank for s in sources
    ):
        return [(1, f"May be exposed: {', '.join(sensitive)}.")]
    return [(0, f"Could be read from here: {', '.join(impact.exposed[:6])}.")] if impact.exposed else []


def _by_spread(kind: str, sources: Sequence[Signature], spread: int) -> list[tuple[int, str]]:
    steps: list[tuple[int, str]] = []
    heard = [s for s in weighty(kind, sources) if s.kind not in _HEARSAY]
    if spread >= _WIDE:
        steps.append((1, f"Spread over {spread} assets."))
    if len({s.product for s in heard}) > 1:
        steps.append((1, "Several products agree."))
    if len({s.type for s in heard}) >= _WIDE:
        steps.append((1, "Several kinds of attack step seen together."))
    return steps


def _down(sources: Sequence[Signature]) -> list[tuple[int, str]]:
    if len({s.rule_id for s in sources}) > 1:
        return []
    only = sources[0]
    if only.kind is FindingKind.BEHAVIOUR or only.trust is SourceTrust.AUTHENTICATED:
        return [(0, "One detector only, but it saw behaviour or reads an authenticated source.")]
    return [(-1, "One detector only, from a source that the suspect could write.")]


def _unknown(impact: Impact) -> str:
    if not impact.unknown:
        return "the findings name no asset."
    more = f" and {len(impact.unknown) - 3} more" if len(impact.unknown) > 3 else ""  # noqa: PLR2004
    return f"the inventory does not say what depends on {', '.join(impact.unknown[:3])}{more}."
