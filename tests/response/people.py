"""Made-up people, plans and clocks for the tests of what people decide."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pullcord.model.approval import Approval, Decision
from pullcord.model.inventory import Mode
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import (
    Action,
    ActionClass,
    ActionKind,
    ApprovalNeed,
    ApproverRole,
    Plan,
    PlanPurpose,
    action_id,
    sealed,
)
from pullcord.model.times import HOUR

OT, SECURITY, ML = ApproverRole.OT, ApproverRole.SECURITY, ApproverRole.ML_OWNER
NOW = 1_790_000_000_000_000_000
LONGEST = 4 * HOUR


class SetClock:
    """Clocks that stand still until they are set."""

    def __init__(self, wall: int = NOW, since_start: int = HOUR) -> None:
        self.wall = wall
        self.since_start = since_start

    def now(self) -> int:
        return self.wall

    def elapsed(self) -> int:
        return self.since_start

    def pass_by(self, nanoseconds: int) -> None:
        """Time goes on, as all clocks see it."""
        self.wall += nanoseconds
        self.since_start += nanoseconds


def person(name: str, *roles: ApproverRole) -> Principal:
    return Principal(name=name, scopes=frozenset({Scope.READ, Scope.RESPOND}), roles=frozenset(roles))


ADMINISTRATOR = Principal(name="administrator", scopes=frozenset({Scope.INGEST, Scope.READ, Scope.ADMIN}))
COLLECTOR = Principal(name="collector", scopes=frozenset({Scope.INGEST}))


def action(kind: ActionKind = ActionKind.DISABLE_AGENT, target: str = "Copilot") -> Action:
    return Action(
        id=action_id("inc-1", kind, target, {}),
        kind=kind,
        target=target,
        action_class=ActionClass.R2,
        reasons=("because",),
        undo="switch it on again",
    )


def plan(*needs: tuple[ApproverRole, int], incident_id: str = "inc-1", **more: object) -> Plan:
    made = Plan(
        id="",
        hash="",
        incident_id=incident_id,
        purpose=PlanPurpose.CONTAIN,
        plan_class=ActionClass.R2,
        mode=Mode.RECOMMEND,
        actions=(action(),),
        approvals=tuple(ApprovalNeed(role=role, count=count) for role, count in needs),
    )
    return sealed(msgspec.structs.replace(made, **more))


def approval(of: Plan, who: str, role: ApproverRole, time: int = NOW, **more: object) -> Approval:
    made = Approval(plan_hash=of.hash, approver=who, role=role, decision=Decision.APPROVE, time=time)
    return msgspec.structs.replace(made, **more)


def refusal(of: Plan, who: str, role: ApproverRole, time: int = NOW) -> Approval:
    return approval(of, who, role, time, decision=Decision.REFUSE)


def told(needs: Sequence[ApprovalNeed]) -> list[tuple[ApproverRole, int]]:
    return [(need.role, need.count) for need in needs]
