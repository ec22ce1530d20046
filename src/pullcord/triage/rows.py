"""Findings as light rows: what correlation needs of each, and the rest shared between findings that look alike.

A flood is mostly the same few statements again and again, so half a million findings shrink to their ids, times
and two small numbers each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pullcord.analysis.plant import Plant, fold, speaks_of
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity

TypeOf = Callable[[Finding], tuple[str, str]]
"""Which incident type a finding points to, and why."""


_PLACES = frozenset({"destination", "domain"})


class Signature(NamedTuple):
    """What findings that look alike have in common.

    Attributes:
        type: the incident type this statement points to.
        why: how one knows the type.
        asset: the inventory's name if it knows one, else the source's; None if the finding names nothing.
    """

    rule_id: str
    title: str
    severity: Severity
    kind: FindingKind
    type: str
    why: str
    product: str
    asset: str | None
    registered: bool
    site: str | None
    trust: SourceTrust


class Row(NamedTuple):
    """One finding: its id, time (nanoseconds UTC), signature, session, and entities that may link it."""

    time: int
    id: str
    signature: Signature
    trace_id: str | None
    entities: tuple[str, ...]


class Gatherer:
    """Turns findings into rows.

    Args:
        plant: resolves asset names.
        type_of: finding → (incident type, why); asked once per distinct statement.
        link_kinds: entity kinds that may link findings; others are not kept.
    """

    def __init__(self, plant: Plant, type_of: TypeOf, link_kinds: frozenset[str]) -> None:
        self._plant = plant
        self._type_of = type_of
        self._link_kinds = link_kinds
        self._internal = tuple(f".{fold(domain).strip('.')}" for domain in plant.inventory.internal_domains)
        self._signatures: dict[tuple[object, ...], Signature] = {}
        self._entities: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._names: dict[str, tuple[str, bool]] = {}

    def gather(self, findings: Iterable[Finding]) -> list[Row]:
        """Rows by time, then id; a finding that comes twice counts once, whatever the order of arrival."""
        rows: dict[str, Row] = {}
        for finding in findings:
            row = self._row(finding)
            earlier = rows.get(row.id)
            if earlier is None or (earlier != row and repr(row) < repr(earlier)):
                rows[row.id] = row
        return sorted(rows.values(), key=_by_time)

    def _row(self, finding: Finding) -> Row:
        named = speaks_of(finding)
        key = (
            finding.rule_id,
            finding.title,
            finding.severity,
            finding.kind,
            finding.incident_type,
            finding.techniques,
            finding.product,
            named,
            finding.site,
            finding.trust,
        )
        signature = self._signatures.get(key)
        if signature is None:
            signature = self._signatures[key] = self._signature(finding, named)
        return Row(finding.time, finding.id, signature, finding.trace_id, self._linking(finding))

    def _signature(self, finding: Finding, named: str | None) -> Signature:
        kind, why = self._type_of(finding)
        asset, registered = self._resolved(named) if named is not None else (None, False)
        return Signature(
            rule_id=finding.rule_id,
            title=finding.title,
            severity=finding.severity,
            kind=finding.kind,
            type=kind,
            why=why,
            product=finding.product,
            asset=asset,
            registered=registered,
            site=finding.site,
            trust=finding.trust,
        )

    def _resolved(self, name: str) -> tuple[str, bool]:
        found = self._names.get(name)
        if found is None:
            known = self._plant.canonical(name)
            found = self._names[name] = (known or name, known is not None)
        return found

    def _own(self, entity: str) -> bool:
        """Whether an entity is a destination of the plant's own: a gateway that all sessions use ties nothing."""
        kind, _, place = entity.partition(":")
        if kind not in _PLACES:
            return False
        return self._plant.canonical(place) is not None or f".{place}".endswith(self._internal)

    def _linking(self, finding: Finding) -> tuple[str, ...]:
        found = self._entities.get(finding.entities)
        if found is None:
            texts = [*finding.entities, *((f"actor:{finding.actor}",) if finding.actor else ())]
            kept = {text.casefold() for text in texts if text.partition(":")[0] in self._link_kinds}
            found = tuple(sorted(text for text in kept if not self._own(text)))
            if not finding.actor:
                self._entities[finding.entities] = found
        return found


def _by_time(row: Row) -> tuple[int, str]:
    return row.time, row.id
