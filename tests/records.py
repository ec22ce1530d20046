"""The record of a made-up incident, as the learning room reads it."""

from __future__ import annotations

from typing import Any

from pullcord.containment.bind import plan_containment
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.model.inventory import Inventory
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import VerificationLevel
from pullcord.model.times import MINUTE
from tests.scenes import START, calls, incident, injected, plant, told, types


def record(agent: str = "desk-helper", inventory: Inventory | None = None) -> dict[str, Any]:
    """The arguments of ``learn`` for an injection that was contained and confirmed; phases end 1, 2, 12 min in."""
    found, known = injected(agent), inventory or plant("discrete")
    one = incident(found, known)
    plan = plan_containment(one, found, (), known, types(), calls=calls())
    ends = {PhaseName.DETECT: 1, PhaseName.TRIAGE: 2, PhaseName.CONTAIN: 12}
    return {
        "incident": one,
        "phases": [
            Phase(name=name, start=START, end=START + minutes * MINUTE, outcome=PhaseOutcome.DONE)
            for name, minutes in ends.items()
        ],
        "findings": found,
        "plans": [plan],
        "receipts": [
            Receipt(key=f"k{n}", action_id=action.id, status=ReceiptStatus.DONE, responder="r", time=START)
            for n, action in enumerate(plan.actions)
        ],
        "verifications": {
            f"k{n}": Verification(
                level=VerificationLevel.POLICY, result=VerificationResult.CONFIRMED, oracle="o", time=START
            )
            for n, _ in enumerate(plan.actions)
        },
        "explanations": [told()],
        "approvals": [],
        "inventory": known,
    }
