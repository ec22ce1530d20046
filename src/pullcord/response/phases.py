"""The four phases after triage, each as one step: what it decides, does and says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.incident import PhaseName, PhaseOutcome
from pullcord.model.noun import Noun
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, Plan, PlanPurpose
from pullcord.model.session import ToolCall
from pullcord.ports import Clock, Responder, Transaction
from pullcord.response.approvals import ApprovalDesk
from pullcord.response.carry_out import carry_out
from pullcord.response.case import Case, Judges

# Sessions of one incident that are reconstructed; more are named in the reason and stay in the lake.
MOST_SESSIONS = 50

Told = tuple[PhaseOutcome, str, tuple[tuple[str, Noun], ...]]
"""How a phase ended, why, and the ``(key, record)`` pairs it leaves."""

ResponderSource = Callable[[Case, Sequence[Action], Sequence[tuple[str, ToolCall]]], Sequence[Responder]]
"""Responders for a case: actions carried out before, calls that must become impossible → responders."""


@dataclass(frozen=True)
class Means:
    """What the phases work with."""

    judges: Judges
    responders: ResponderSource
    desk: ApprovalDesk
    clock: Clock


async def contain(case: Case, tx: Transaction, means: Means) -> Told:
    """Plan the containment and carry out what is approved."""
    done = carried_out(tx, case.incident.id)
    plan = means.judges.contain(case, (), done)
    if not plan.actions:
        return PhaseOutcome.NOT_NEEDED, _first(plan.reasons, "nothing to contain"), ((plan.id, plan),)
    return await _carry(case, plan, means, done, ())


async def investigate(case: Case, tx: Transaction, means: Means) -> Told:
    """Explain each agent session of the incident."""
    del tx
    chosen = [case.sessions[trace] for trace in sorted(case.sessions)[:MOST_SESSIONS]]
    if not chosen:
        reason = "cannot tell: no agent session among its events, so there is nothing to reconstruct yet"
        return PhaseOutcome.DONE, reason, ()
    told = [means.judges.investigate(session) for session in chosen]
    counts = {verdict: sum(one.verdict is verdict for one in told) for verdict in Verdict}
    reason = ", ".join(
        f"{count} × {verdict.value.replace('_', ' ')}" for verdict, count in counts.items() if count
    )
    if len(case.sessions) > len(chosen):
        reason += f"; {len(case.sessions) - len(chosen)} more sessions not reconstructed"
    return PhaseOutcome.DONE, reason, tuple((one.trace_id, one) for one in told)


async def recover(case: Case, tx: Transaction, means: Means) -> Told:
    """Plan eradication and recovery and carry out what is approved."""
    incident_id = case.incident.id
    explanations = tx.explanations(incident_id)
    contained = next(plan for plan in tx.plans(incident_id) if plan.purpose is PlanPurpose.CONTAIN)
    plan = means.judges.recover(case, explanations, contained)
    if not plan.actions:
        return PhaseOutcome.NOT_NEEDED, _first(plan.reasons, "nothing to recover"), ((plan.id, plan),)
    return await _carry(case, plan, means, carried_out(tx, incident_id), explanations)


async def learn(case: Case, tx: Transaction, means: Means) -> Told:
    """Close the books: lessons follow from the record alone, so they are drawn whenever it is read."""
    del means
    count = len(tx.receipts(case.incident.id))
    found = len(case.findings)
    reason = f"lessons drawn from {found} finding{'' if found == 1 else 's'} and {count} actions"
    return PhaseOutcome.DONE, reason, ()


AFTER_TRIAGE = (
    (PhaseName.CONTAIN, contain),
    (PhaseName.INVESTIGATE, investigate),
    (PhaseName.RECOVER, recover),
    (PhaseName.LEARN, learn),
)


def carried_out(tx: Transaction, incident_id: str) -> list[Action]:
    """Actions of an incident that were carried out so far, in order."""
    done = {
        receipt.action_id
        for receipt in tx.receipts(incident_id)
        if receipt.status in {ReceiptStatus.DONE, ReceiptStatus.ALREADY}
    }
    return [action for plan in tx.plans(incident_id) for action in plan.actions if action.id in done]


async def _carry(
    case: Case, plan: Plan, means: Means, done: Sequence[Action], explanations: Sequence[Explanation]
) -> Told:
    responders = means.responders(case, done, case.suspect_calls(explanations))
    carried = await carry_out(plan, responders, means.desk, means.clock)
    records: list[tuple[str, Noun]] = [(plan.id, plan)]
    records += [
        (f"{plan.id}/{approval.role.value}/{approval.approver}", approval) for approval in carried.approvals
    ]
    records += [(receipt.key, receipt) for receipt in carried.receipts]
    records += list(carried.verifications.items())
    acted = sum(r.status in {ReceiptStatus.DONE, ReceiptStatus.ALREADY} for r in carried.receipts)
    reason = f"{acted} of {len(plan.actions)} actions carried out (class {plan.plan_class.value})"
    if means.desk.acts and acted:
        reason += f"; simulated as if approved, the systems are in {plan.mode.value}"
    return PhaseOutcome.DONE, reason, tuple(records)


def _first(reasons: Sequence[str], default: str) -> str:
    return reasons[0] if reasons else default
