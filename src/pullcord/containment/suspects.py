"""Who is suspect in an incident, and what is known about what each of them did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pullcord.analysis.plant import Plant, Reach, fold, speaks_of
from pullcord.model.event import SourceTrust
from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.finding import Finding, FindingKind
from pullcord.model.incident import Incident
from pullcord.model.inventory import AiSystem, Asset
from pullcord.model.session import ToolCall

HEARSAY = frozenset({FindingKind.TEXT, FindingKind.REPORT})
MOST_SUSPECTS = 20
UNNAMED = "unnamed agent"
_MOST_NAMES = 64
_DESTINATIONS = ("destination:", "indicator:", "url:", "domain:")


@dataclass(frozen=True)
class Suspect:
    """One suspect of an incident.

    Attributes:
        name: as the inventory names it, else as the findings do.
        system: the AI system, if it is a registered one.
        asset: the asset, if it is a registered one.
        reach: how far its output goes.
        names: every name telemetry may use for it.
        tools: tools of the calls that are suspect, sorted.
        spans: (trace, span) of the content that is suspect.
        types: incident types that findings of behaviour about it, or about what it did, name.
        affected: every such finding names another AI system as the one that acted: this one was acted upon.
    """

    name: str
    system: AiSystem | None
    asset: Asset | None
    reach: Reach
    names: tuple[str, ...]
    tools: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    types: frozenset[str] = frozenset()
    affected: bool = False

    @property
    def untouchable(self) -> bool:
        """Whether it is, or feeds, a safety function: class X, no path in code."""
        return bool(self.reach.safety) or (self.asset is not None and self.asset.safety)

    @property
    def foreign_host(self) -> bool:
        """Whether it is an asset and no AI system."""
        return self.system is None and self.asset is not None


def suspects(
    incident: Incident,
    findings: Sequence[Finding],
    explanations: Sequence[Explanation],
    plant: Plant,
    calls: Mapping[str, ToolCall],
) -> list[Suspect]:
    """The suspects of an incident, whom evidence speaks of most first.

    Registered AI systems come first, then what else the inventory knows, then the rest; within each by findings from
    authenticated sources, by severity, by findings, by name. The planner takes the first ``MOST_SUSPECTS``: names
    that somebody makes up must not push a registered one out.
    """
    seen_as: dict[str, set[str]] = {}
    for finding in findings:
        seen = speaks_of(finding)
        if seen is not None:
            seen_as.setdefault(plant.canonical(seen) or seen, set()).add(seen)
    trace_of = _doers(findings, plant)
    tools, spans = _deeds(findings, explanations, trace_of, calls)
    roles = _Roles(findings, plant)
    found = []
    everybody = set(incident.assets) | set(seen_as) | {name for name in roles.actors if plant.system(name)}
    if incident.trace_ids and (not everybody or "" in tools):
        # A session that names no agent: its tools are withdrawn from agents without a name.
        everybody.add(UNNAMED)
        seen_as[UNNAMED] = {""}
        tools[UNNAMED], spans[UNNAMED] = tools.get("", set()), spans.get("", set())
    weights = _weights(findings, plant, trace_of)
    for name in sorted(everybody, key=lambda one: (_tier(one, plant), weights.get(one, _NOTHING), one)):
        system = plant.system(name)
        found.append(
            Suspect(
                name=name,
                system=system,
                asset=None if system is not None else plant.asset(name),
                reach=plant.reach(name),
                names=_names(name, system, seen_as.get(name, ())),
                tools=tuple(sorted(tools.get(name, ()))),
                spans=tuple(sorted(spans.get(name, ()))),
                types=frozenset(roles.types.get(name, ())),
                affected=name in roles.victims and name not in roles.actors,
            )
        )
    return found


def _names(name: str, system: AiSystem | None, seen: Iterable[str]) -> tuple[str, ...]:
    """Names telemetry may use, sorted: spellings that somebody varies must not push out those of the inventory."""
    own = {name, *((system.name, *system.aliases) if system else ())}
    return tuple(sorted([*sorted(own), *sorted(set(seen) - own)][:_MOST_NAMES]))


def _tier(name: str, plant: Plant) -> int:
    """0 for a registered AI system, 1 for another name of the inventory, 2 for any other name."""
    if plant.system(name) is not None:
        return 0
    return 1 if plant.canonical(name) is not None else 2


class _Weight(NamedTuple):
    """What speaks for a suspect, each negative, so that more sorts first.

    Attributes:
        authenticated: findings that rest on authenticated sources.
        severity: rank of the gravest finding; 1 if there is none.
        findings: all findings.
    """

    authenticated: int = 0
    severity: int = 1
    findings: int = 0


_NOTHING = _Weight()


def _weights(findings: Sequence[Finding], plant: Plant, trace_of: Mapping[str, str]) -> dict[str, _Weight]:
    """What speaks for each suspect: findings about it, about its deeds, and those of its sessions that name nobody.

    Text scores and reports count as findings only: whoever writes a text must not outrank evidence with it.
    """
    found: dict[str, _Weight] = {}
    for finding in findings:
        seen = speaks_of(finding)
        if seen is None:
            doer = trace_of.get(finding.trace_id, UNNAMED) if finding.trace_id else UNNAMED
        else:
            doer = plant.canonical(seen) or seen
        by = plant.system(finding.actor) if finding.actor else None
        heard = finding.kind in HEARSAY
        for name in {doer, by.name} if by is not None else {doer}:
            old = found.get(name, _NOTHING)
            found[name] = _Weight(
                old.authenticated - (not heard and finding.trust is SourceTrust.AUTHENTICATED),
                old.severity if heard else min(old.severity, -finding.severity.rank),
                old.findings - 1,
            )
    return found


def _doers(findings: Sequence[Finding], plant: Plant) -> dict[str, str]:
    """Whose session a trace is: that of the AI system that acts in it, not of what it was done to."""
    found: dict[str, set[tuple[bool, str]]] = {}
    for finding in findings:
        seen = speaks_of(finding)
        if finding.trace_id is None or seen is None:
            continue
        by = plant.system(finding.actor) if finding.actor else None
        name = by.name if by is not None else plant.canonical(seen) or seen
        found.setdefault(finding.trace_id, set()).add((by is None, name))
    return {trace: min(names)[1] for trace, names in found.items()}


class _Roles:
    """Who acted and who was acted upon, by the findings that say both.

    Attributes:
        types: name → incident types of findings about it or its deeds.
        actors, victims: a finding about oneself makes an actor.
    """

    def __init__(self, findings: Sequence[Finding], plant: Plant) -> None:
        self.types: dict[str, set[str]] = {}
        self.actors: set[str] = set()
        self.victims: set[str] = set()
        for finding in findings:
            seen = speaks_of(finding)
            if finding.kind in HEARSAY or seen is None:
                continue
            asset = plant.canonical(seen) or seen
            by = plant.system(finding.actor) if finding.actor else None
            actor = by.name if by is not None else asset
            self.actors.add(actor)
            if actor != asset:
                self.victims.add(asset)
            for name in (asset, actor):
                if finding.incident_type is not None:
                    self.types.setdefault(name, set()).add(finding.incident_type)


def _deeds(
    findings: Sequence[Finding],
    explanations: Sequence[Explanation],
    trace_of: Mapping[str, str],
    calls: Mapping[str, ToolCall],
) -> tuple[dict[str, set[str]], dict[str, set[tuple[str, str]]]]:
    """Suspect tools and content per suspect.

    The last span of a finding is the telling call, the one before it what it was led by. Text scores and reports
    point at content only: they must not withdraw a tool.
    """
    tools: dict[str, set[str]] = {}
    spans: dict[str, set[tuple[str, str]]] = {}
    for finding in findings:
        if finding.trace_id is None or not finding.span_ids:
            continue
        name = trace_of.get(finding.trace_id, "")
        if finding.kind in HEARSAY:
            spans.setdefault(name, set()).add((finding.trace_id, finding.span_ids[-1]))
            continue
        call = calls.get(finding.span_ids[-1])
        if call is not None:
            tools.setdefault(name, set()).add(call.tool)
        if len(finding.span_ids) > 1:
            spans.setdefault(name, set()).add((finding.trace_id, finding.span_ids[0]))
    for told in explanations:
        if told.verdict is Verdict.NO_ATTACK:
            continue
        name = trace_of.get(told.trace_id, "")
        for candidate in told.actions:
            call = calls.get(candidate.span_id)
            if call is not None:
                tools.setdefault(name, set()).add(call.tool)
        spans.setdefault(name, set()).update((told.trace_id, c.span_id) for c in told.origin[:1])
    return tools, spans


def destinations(findings: Sequence[Finding], *, addresses: bool) -> list[str]:
    """Where findings say something went, each once, sorted; ``addresses`` adds network addresses."""
    wanted = (*_DESTINATIONS, "address:") if addresses else _DESTINATIONS
    found: dict[str, str] = {}
    for finding in findings:
        if finding.kind in HEARSAY:
            continue
        for entity in finding.entities:
            kind, _, value = entity.partition(":")
            if f"{kind}:" in wanted and value.strip():
                found.setdefault(fold(value), value.strip())
    return [found[key] for key in sorted(found)]


def credentials(findings: Sequence[Finding]) -> list[str]:
    """Credentials that findings name, each once, sorted."""
    prefix = "credential:"
    return sorted({e[len(prefix) :] for f in findings for e in f.entities if e.startswith(prefix)} - {""})
