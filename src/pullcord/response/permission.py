"""Permission: may this plan be carried out now, or are people still needed, or must it stay on paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pullcord.model.approval import Approval, Decision
from pullcord.model.inventory import Mode
from pullcord.model.plan import ApprovalNeed, Plan
from pullcord.ports import Clock, Transaction


class Answer(StrEnum):
    """What may happen to a plan.

    ``go``: carry it out. ``paper``: plan only, in this run or in this mode. ``refused``: a person said no. ``wait``:
    people, a stop or a cap hold it. ``changed``: it no longer fits what is known: plan again. ``closed``: a person
    closed the incident.
    """

    GO = "go"
    PAPER = "paper"
    REFUSED = "refused"
    WAIT = "wait"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True)
class Permission:
    """An answer and why; ``made`` are approvals that came into being with it (simulated runs)."""

    answer: Answer
    why: str = ""
    made: tuple[Approval, ...] = ()


class Policy(Protocol):
    """Who lets plans run."""

    def raised(self, plan: Plan, tx: Transaction) -> bool:
        """Whether a plan that stayed on paper would be carried out if it were made now."""
        ...

    def permission(self, plan: Plan, tx: Transaction) -> Permission:
        """What may happen to this plan now."""
        ...


def asked(plan: Plan) -> str:
    """Whom a plan would have asked, in words."""
    return ", ".join(f"{need.count} × {need.role.value}" for need in plan.approvals) or "nobody"


class NobodyDecides:
    """A planning run: there is no one to ask."""

    def raised(self, plan: Plan, tx: Transaction) -> bool:
        """Never."""
        del plan, tx
        return False

    def permission(self, plan: Plan, tx: Transaction) -> Permission:
        """On paper."""
        del tx
        return Permission(Answer.PAPER, f"planned only; it would have asked {asked(plan)}")


class SimulatedApprovals:
    """``--simulate``: a made-up person of every role that the plan needs approves it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def raised(self, plan: Plan, tx: Transaction) -> bool:
        """Never: a recording is carried out or not from the start."""
        del plan, tx
        return False

    def permission(self, plan: Plan, tx: Transaction) -> Permission:
        """Go, with one simulated approval for each needed one."""
        del tx
        why = f"simulated as if approved, the systems are in {plan.mode.value}"
        return Permission(Answer.GO, why, tuple(self._approvals(plan.approvals, plan)))

    def _approvals(self, needs: tuple[ApprovalNeed, ...], plan: Plan) -> list[Approval]:
        return [
            Approval(
                plan_hash=plan.hash,
                approver=f"simulated {need.role.value} {number}",
                role=need.role,
                decision=Decision.APPROVE,
                time=self._clock.now(),
                simulated=True,
                comment="simulated: nobody was asked",
            )
            for need in needs
            for number in range(1, need.count + 1)
        ]


def on_paper(plan: Plan) -> Permission | None:
    """Observe mode executes nothing, whatever was approved; None in every other mode."""
    if plan.mode is not Mode.OBSERVE:
        return None
    return Permission(Answer.PAPER, f"observe mode: not carried out; it would have asked {asked(plan)}")
