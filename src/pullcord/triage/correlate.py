"""Findings → incidents: joined, typed, weighed; everyday noise folded aside and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pullcord.analysis.plant import Plant
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.incident import Incident, incident_id
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory
from pullcord.model.noun import Noun
from pullcord.triage.classify import Classifier
from pullcord.triage.impact import Assessor, Impact
from pullcord.triage.links import LINK_KINDS, link
from pullcord.triage.noise import routine
from pullcord.triage.rows import Gatherer, Row, Signature
from pullcord.triage.severity import grade, weighty

_MOST_NAMES = 3


class Folded(Noun, frozen=True, kw_only=True):
    """Findings that became no incident: counted, named, never dropped.

    Attributes:
        reason: why they are no incident.
        rule_id, title, asset, product: what they have in common.
        count: how many.
        finding_ids: which, by time.
        first_time, last_time: nanoseconds UTC.
    """

    reason: str
    rule_id: str
    title: str
    asset: str | None
    product: str
    count: int
    first_time: int
    last_time: int
    finding_ids: tuple[str, ...]


class Triaged(Noun, frozen=True, kw_only=True):
    """What became of a set of findings: each of them is in one incident or in one folded record."""

    incidents: tuple[Incident, ...]
    folded: tuple[Folded, ...]


def correlate(
    findings: Iterable[Finding], inventory: Inventory, types: Mapping[str, IncidentType]
) -> Triaged:
    """Join findings into incidents.

    The result depends on the set of findings only, neither on their order nor on repetition. Findings join by
    session, by a rare shared entity, and by asset, family of types and time (``triage.links``). Everyday noise
    (``triage.noise``) and weak statements that nothing supports are folded.

    Args:
        findings: read once, never kept.
        inventory: what stands in the plant; may be empty.
        types: incident types by id.

    Returns:
        Incidents by first time, then id; folded records by rule and asset.
    """
    plant, classifier = Plant(inventory), Classifier(types)
    rows = Gatherer(plant, classifier.type_of, LINK_KINDS).gather(findings)
    quiet = routine(rows)
    union = link(rows, quiet)
    groups: dict[int, list[Row]] = {}
    folded: list[tuple[str, Row]] = []
    for index, row in enumerate(rows):
        if quiet[index]:
            folded.append(("everyday noise: this rule says this here all the time, at its usual rate", row))
        else:
            groups.setdefault(union.find(index), []).append(row)
    assessor = Assessor(plant)
    incidents: list[Incident] = []
    for members in groups.values():
        if _too_weak(members):
            folded.extend(("a weak statement that nothing else supports", row) for row in members)
        else:
            incidents.append(_incident(members, classifier, assessor, types))
    incidents.sort(key=lambda incident: (incident.first_time, incident.id))
    return Triaged(incidents=tuple(incidents), folded=_fold(folded))


def _too_weak(members: Sequence[Row]) -> bool:
    """Low statements of one detector about one thing, outside every agent session."""
    signatures = {row.signature for row in members}
    if any(row.trace_id is not None for row in members) or len({s.rule_id for s in signatures}) > 1:
        return False
    weak = {FindingKind.EXTERNAL, FindingKind.RULE, FindingKind.TEXT}
    return all(s.severity.rank <= Severity.LOW.rank and s.kind in weak for s in signatures)


def _incident(
    members: Sequence[Row], classifier: Classifier, assessor: Assessor, types: Mapping[str, IncidentType]
) -> Incident:
    counts = Counter(row.signature for row in members)
    sources = sorted(counts, key=repr)
    what = classifier.classify((source, counts[source]) for source in sources)
    assets = sorted({s.asset for s in sources if s.asset is not None})
    weighing = sorted({s.asset for s in weighty(what.type, sources) if s.asset is not None})
    impact = assessor.assess(weighing or assets, what.type)
    severity, why = grade(what.type, sources, impact, len(weighing))
    sites = sorted({s.site for s in sources if s.site is not None})
    return Incident(
        id=incident_id(members[0].id),
        title=_title(types.get(what.type), assets, impact),
        type=what.type,
        severity=severity,
        malicious=what.malicious,
        finding_ids=tuple(row.id for row in members),
        first_time=members[0].time,
        last_time=members[-1].time,
        reasons=(*what.reasons, *why),
        site=sites[0] if sites else None,
        assets=tuple(assets),
        unregistered=tuple(sorted({s.asset for s in sources if s.asset is not None and not s.registered})),
        trace_ids=tuple(sorted({row.trace_id for row in members if row.trace_id is not None})),
        production_at_risk=impact.production_at_risk,
        risk_path=impact.path,
        exposed=impact.exposed,
        playbook=what.type,
    )


def _title(kind: IncidentType | None, assets: Sequence[str], impact: Impact) -> str:
    """What and where, in the plant's own names."""
    what = kind.title if kind is not None else "Incident"
    shown = ", ".join(assets[:_MOST_NAMES]) or "an unnamed system"
    more = f" and {len(assets) - _MOST_NAMES} more" if len(assets) > _MOST_NAMES else ""
    lines = f" ({', '.join(impact.lines[:_MOST_NAMES])} within reach)" if impact.lines else ""
    return f"{what}: {shown}{more}{lines}"


def _fold(folded: Iterable[tuple[str, Row]]) -> tuple[Folded, ...]:
    groups: dict[tuple[str, Signature], list[Row]] = {}
    for reason, row in folded:
        groups.setdefault((reason, row.signature), []).append(row)
    records = []
    for (reason, source), unsorted in groups.items():
        rows = sorted(unsorted, key=lambda row: (row.time, row.id))
        records.append(
            Folded(
                reason=reason,
                rule_id=source.rule_id,
                title=source.title,
                asset=source.asset,
                product=source.product,
                count=len(rows),
                first_time=rows[0].time,
                last_time=rows[-1].time,
                finding_ids=tuple(row.id for row in rows),
            )
        )
    return tuple(
        sorted(records, key=lambda r: (r.rule_id, r.asset or "", r.reason, r.first_time, r.finding_ids[0]))
    )
