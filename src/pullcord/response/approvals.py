"""Approvals: who decided on a plan, and whether that is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pullcord.model.approval import Approval, Decision
from pullcord.model.plan import Plan
from pullcord.ports import Clock


class ApprovalDesk(Protocol):
    """Where decisions on plans come from.

    ``acts`` is False where nothing may be carried out, whatever was decided (planning only, observe mode).
    """

    acts: bool

    def decide(self, plan: Plan) -> tuple[Approval, ...]:
        """Decisions on exactly this plan; empty if nobody decides (planning only)."""
        ...


class NobodyDecides:
    """The desk of a planning run: there is no one to ask."""

    acts = False

    def decide(self, plan: Plan) -> tuple[Approval, ...]:
        """No decision."""
        del plan
        return ()


class SimulatedDesk:
    """The desk of ``--simulate``: a made-up person of every role that the plan needs approves it."""

    acts = True

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def decide(self, plan: Plan) -> tuple[Approval, ...]:
        """One simulated approval for each needed one."""
        return tuple(
            Approval(
                plan_hash=plan.hash,
                approver=f"simulated {need.role.value} {number}",
                role=need.role,
                decision=Decision.APPROVE,
                time=self._clock.now(),
                simulated=True,
                comment="simulated: nobody was asked",
            )
            for need in plan.approvals
            for number in range(1, need.count + 1)
        )


def granted(plan: Plan, approvals: Sequence[Approval]) -> bool:
    """Whether these decisions let the plan run.

    They must be bound to the plan's hash; one refusal is enough to stop it; one person counts once, whatever
    roles they hold.
    """
    bound = [approval for approval in approvals if approval.plan_hash == plan.hash]
    if any(approval.decision is Decision.REFUSE for approval in bound):
        return False
    return _assign([(need.role, need.count) for need in plan.approvals], bound, frozenset())


def _assign(needs: Sequence[tuple[object, int]], approvals: Sequence[Approval], used: frozenset[str]) -> bool:
    """Whether the needs can be met by different people (tries every person for every need: there are few)."""
    open_needs = [(role, count) for role, count in needs if count > 0]
    if not open_needs:
        return True
    (role, count), rest = open_needs[0], open_needs[1:]
    return any(
        _assign([(role, count - 1), *rest], approvals, used | {approval.approver})
        for approval in approvals
        if approval.role == role and approval.approver not in used
    )
