"""Approval: one person's decision on exactly one plan."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import ApproverRole


class Decision(StrEnum):
    """What the person decided."""

    APPROVE = "approve"
    REFUSE = "refuse"


class Approval(Noun, frozen=True, kw_only=True):
    """A decision bound to a plan hash.

    Attributes:
        plan_hash: the plan as the person saw it; any change of the plan voids the approval.
        approver: who decided.
        time: nanoseconds UTC.
        simulated: True where no person decided (``--simulate``); it can never reach a live responder.
        void: why an approval no longer counts (the state was restored …); empty while it does.
    """

    plan_hash: str
    approver: str
    role: ApproverRole
    decision: Decision
    time: int
    simulated: bool = False
    comment: str = ""
    void: str = ""
