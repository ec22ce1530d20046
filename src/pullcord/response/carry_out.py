"""Carrying out a plan: permission, then one action after the other, each with its receipt and verification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pullcord.model.approval import Approval
from pullcord.model.noun import digest
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, Plan
from pullcord.ports import Clock, Responder
from pullcord.response.approvals import ApprovalDesk, granted


@dataclass(frozen=True)
class Carried:
    """What became of one plan: decisions, a receipt per action, a verification per action that was carried out."""

    approvals: tuple[Approval, ...]
    receipts: tuple[Receipt, ...]
    verifications: dict[str, Verification]


def action_key(plan: Plan, action: Action) -> str:
    """The key under which an action acts at most once: hash of incident, action, target and plan."""
    return digest([plan.incident_id, action.id, action.target, plan.hash])


async def carry_out(plan: Plan, responders: Sequence[Responder], desk: ApprovalDesk, clock: Clock) -> Carried:
    """Ask for approval, then execute and verify each action in order.

    An action whose responder aborts or whose verification is refuted does not stop the others: containment that
    half works is better than none, and each result is shown.
    """
    approvals = desk.decide(plan)
    permitted = desk.acts and granted(plan, approvals)
    receipts: list[Receipt] = []
    carried: list[tuple[str, Action, Responder]] = []
    for action in plan.actions:
        key = action_key(plan, action)
        responder = next((one for one in responders if action.kind in one.kinds), None)
        if responder is None or not (permitted or _harmless(action)):
            why = _why_not(plan, desk, approvals, permitted=permitted)
            receipts.append(_not_done(action, key, clock, *why))
            continue
        prestate = await responder.plan(action)
        receipt = await responder.execute(action, key, prestate)
        receipts.append(receipt)
        if receipt.status in {ReceiptStatus.DONE, ReceiptStatus.ALREADY}:
            carried.append((key, action, responder))
    # Looked at when all is done: a later action may have undone an earlier one.
    verifications = {key: await _verified(responder, action, clock) for key, action, responder in carried}
    return Carried(approvals=approvals, receipts=tuple(receipts), verifications=verifications)


def _harmless(action: Action) -> bool:
    """Whether an action may run without any decision: taking evidence changes nothing in the plant."""
    return action.kind is ActionKind.SNAPSHOT


async def _verified(responder: Responder, action: Action, clock: Clock) -> Verification:
    try:
        return await responder.verify(action)
    except (OSError, TimeoutError) as error:
        return Verification(
            level=action.verify_level,
            result=VerificationResult.UNKNOWN,
            oracle=responder.name,
            time=clock.now(),
            detail=f"no answer: {error}",
        )


def _why_not(
    plan: Plan, desk: ApprovalDesk, approvals: Sequence[Approval], *, permitted: bool
) -> tuple[ReceiptStatus, str]:
    """Why an action was not carried out."""
    if permitted:
        return ReceiptStatus.WOULD_ACT, "no responder for this here: people carry it out"
    if desk.acts or approvals:
        return ReceiptStatus.REFUSED, "not approved by everybody it needs"
    needed = ", ".join(f"{need.count} × {need.role.value}" for need in plan.approvals) or "nobody"
    return ReceiptStatus.WOULD_ACT, f"planned only; it would have asked {needed}"


def _not_done(action: Action, key: str, clock: Clock, status: ReceiptStatus, why: str) -> Receipt:
    return Receipt(
        key=key, action_id=action.id, status=status, responder="none", time=clock.now(), detail=why
    )
