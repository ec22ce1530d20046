"""The incident document, ``incident.json`` (schema ``pullcord.incident/1``): one incident as a script reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pullcord import __version__
from pullcord.model.approval import Approval
from pullcord.model.evidence import Evidence
from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase
from pullcord.model.lesson import Lesson
from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, Verification
from pullcord.model.plan import Action, Plan
from pullcord.model.times import to_rfc3339
from pullcord.ports import Transaction, Vault
from pullcord.response.journal import action_key

SCHEMA = "pullcord.incident/1"

# Fields that hold nanoseconds inside and leave as RFC 3339.
TIME_FIELDS = frozenset({"time", "start", "end", "first_time", "last_time"})

_MOST_ORIGINS = 50


class Origin(Noun, frozen=True, kw_only=True):
    """Where an attack entered: a span of a trace, with the probability that it is the one."""

    trace_id: str
    span_id: str
    confidence: float


class CarriedAction(Action, frozen=True, kw_only=True):
    """An action of a plan with what became of it."""

    plan: str
    receipt: Receipt | None
    verification: Verification | None


class IncidentDocument(Incident, frozen=True, kw_only=True):
    """Everything known about one incident.

    Attributes:
        simulated: True where responders and approvals were simulated.
        closed: all six phases have ended.
    """

    schema: str
    generator: str
    simulated: bool
    closed: bool
    phases: tuple[Phase, ...]
    findings: tuple[Finding, ...]
    plans: tuple[Plan, ...]
    actions: tuple[CarriedAction, ...]
    approvals: tuple[Approval, ...]
    evidence: tuple[Evidence, ...]
    origin: tuple[Origin, ...]
    explanations: tuple[Explanation, ...]
    lessons: tuple[Lesson, ...]


Learn = Callable[[Incident, Transaction], tuple[Lesson, ...]]


def build(tx: Transaction, vault: Vault, incident: Incident, learn: Learn) -> IncidentDocument:
    """Gather the document of an incident from the state and the vault."""
    # A plan that came back after another took its place is kept twice; it is one plan.
    plans = tuple(reversed({plan.id: plan for plan in reversed(tx.plans(incident.id))}.values()))
    explanations = tx.explanations(incident.id)
    receipts, phases = tx.receipts(incident.id), tx.phases(incident.id)
    approvals = tx.approvals(incident.id)
    return IncidentDocument(
        **msgspec.structs.asdict(incident),
        schema=SCHEMA,
        generator=f"pullcord {__version__}",
        simulated=any(one.simulated for one in receipts) or any(one.simulated for one in approvals),
        closed=len(phases) == 6 and all(phase.end is not None for phase in phases),  # noqa: PLR2004  (six phases)
        phases=phases,
        findings=tuple(tx.findings(incident.finding_ids)),
        plans=plans,
        actions=_actions(plans, receipts, tx.verifications(incident.id)),
        approvals=approvals,
        evidence=tuple(vault.entries(incident.id)),
        origin=_origins(explanations),
        explanations=explanations,
        lessons=learn(incident, tx),
    )


def to_json(document: IncidentDocument) -> bytes:
    """The document as indented JSON, times as RFC 3339."""
    return msgspec.json.format(msgspec.json.encode(outward(msgspec.to_builtins(document))), indent=1) + b"\n"


def outward(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """The same JSON value with all time fields as RFC 3339 text."""
    if isinstance(value, dict):
        return {
            key: to_rfc3339(item) if key in TIME_FIELDS and isinstance(item, int) else outward(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [outward(item) for item in value]
    return value


def _actions(
    plans: tuple[Plan, ...], receipts: tuple[Receipt, ...], verifications: dict[str, Verification]
) -> tuple[CarriedAction, ...]:
    by_key = {receipt.key: receipt for receipt in receipts}
    last = {plan.purpose: plan.id for plan in plans}
    carried = []
    for plan in plans:
        for action in plan.actions:
            receipt = by_key.get(action_key(plan, action))
            # A plan that another took the place of counts by what was done under it.
            if receipt is None and plan.id != last[plan.purpose]:
                continue
            carried.append(
                CarriedAction(
                    **msgspec.structs.asdict(action),
                    plan=plan.id,
                    receipt=receipt,
                    verification=verifications.get(receipt.key) if receipt else None,
                )
            )
    return tuple(carried)


def _origins(explanations: tuple[Explanation, ...]) -> tuple[Origin, ...]:
    """First origins of the sessions in which an attack is seen, surest first."""
    seen = [
        Origin(trace_id=one.trace_id, span_id=one.origin[0].span_id, confidence=one.origin[0].confidence)
        for one in explanations
        if one.origin and one.verdict in {Verdict.ATTACK_SUCCEEDED, Verdict.ATTACK_ATTEMPTED}
    ]
    return tuple(sorted(seen, key=lambda origin: -origin.confidence)[:_MOST_ORIGINS])
