"""What must hold before a person's decision on a plan is taken down; each refusal is an error of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pullcord.model.approval import Approval, Decision
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApproverRole, Plan
from pullcord.response.approvals import counting, missing, refused
from pullcord.response.people_errors import (
    AlreadyDecidedError,
    CarriedOutError,
    NotAllowedError,
    PlanChangedError,
    RefusedPlanError,
    RoleNotHeldError,
    RoleNotNeededError,
    SimulatedError,
    StoppedError,
    SupersededPlanError,
)
from pullcord.response.stops import Stop

SHORTEST_HASH = 12
"""Digits of a plan's hash that a person must have seen at least."""


@dataclass(frozen=True)
class Asked:
    """A plan that people are asked about, and what has become of it.

    Attributes:
        approvals: all decisions of its incident.
        current: whether it is the last plan of its purpose.
        over: why decisions on it come too late (carried out, phase ended); empty while they do not.
        halts: whether a refusal still halts the rest of it: it has begun, and its phase has not ended.
        stop: what holds Pullcord now, or None.
        longest: nanoseconds after which an approval no longer counts.
    """

    plan: Plan
    approvals: Sequence[Approval]
    current: bool = True
    over: str = ""
    stop: Stop | None = None
    longest: int | None = None
    halts: bool = False


def check_decision(
    asked: Asked, who: Principal, decision: Decision, role: ApproverRole | None, seen_hash: str, now: int
) -> ApproverRole:
    """The role in which a person may decide this on a plan.

    A refusal is let through wherever it can still do good: without a needed role, after one's own approval, while
    Pullcord is stopped, and while the plan is being carried out.

    Args:
        asked: the plan and where it stands.
        who: the person.
        decision: approve or refuse.
        role: the role they speak in; None = the one that fits.
        seen_hash: the hash they saw, at least its first 12 digits.
        now: nanoseconds UTC.

    Raises:
        PullcordError: one of ``people_errors``, by what does not hold.
    """
    plan = asked.plan
    must_respond(who)
    if len(seen_hash) < SHORTEST_HASH or not plan.hash.startswith(seen_hash):
        raise PlanChangedError(
            f"{plan.id} is not the plan that was seen", "look at it again and decide on its hash"
        )
    if any(one.simulated and one.plan_hash == plan.hash for one in asked.approvals):
        raise SimulatedError(f"{plan.id} belongs to a simulated run", "decide on plans of a live Pullcord")
    if not asked.current:
        raise SupersededPlanError(
            f"a newer plan has taken the place of {plan.id}",
            "decide on the newer one: `pullcord approve` lists it",
        )
    if asked.over and not (asked.halts and decision is Decision.REFUSE):
        raise CarriedOutError(
            f"{plan.id}: {asked.over}",
            "`pullcord incident show` says what was done; `pullcord stop` halts what is under way",
        )
    return _role_to_refuse(asked, who, role) if decision is Decision.REFUSE else _role(asked, who, role, now)


def must_respond(who: Principal) -> None:
    """Refuse whoever may not decide anything.

    Raises:
        NotAllowedError: no RESPOND scope, or no role.
    """
    if Scope.RESPOND not in who.scopes or not who.roles:
        raise NotAllowedError(
            f"{who.name} may not decide anything",
            "use the token of a person with a role (settings, `people`)",
        )


def must_go_on(stop: Stop | None) -> None:
    """Refuse while something holds Pullcord.

    Raises:
        StoppedError: with who or what, and why.
    """
    if stop is not None:
        raise StoppedError(
            f"stopped by {stop.who}: {stop.reason}", "two people call `pullcord resume`, then try again"
        )


def _role_to_refuse(asked: Asked, who: Principal, role: ApproverRole | None) -> ApproverRole:
    if role is not None and role not in who.roles:
        raise _not_held(who, role)
    mine = [one for one in asked.approvals if one.plan_hash == asked.plan.hash and one.approver == who.name]
    if any(one.decision is Decision.REFUSE for one in mine):
        raise AlreadyDecidedError(
            f"{who.name} has refused {asked.plan.id} already", "there is nothing more to do"
        )
    needed = [need.role for need in asked.plan.approvals if need.role in who.roles]
    return role or next(iter([*needed, *sorted(who.roles)]))


def _role(asked: Asked, who: Principal, role: ApproverRole | None, now: int) -> ApproverRole:
    plan = asked.plan
    must_go_on(asked.stop)
    if refused(plan, asked.approvals):
        raise RefusedPlanError(f"{plan.id} was refused", "wait for the next plan of this incident")
    counted = counting(plan.hash, asked.approvals, now, asked.longest)
    if any(one.approver == who.name for one in counted):
        raise AlreadyDecidedError(
            f"{who.name} has approved {plan.id} already; nobody confirms their own approval",
            "ask another person, or refuse the plan to take the approval back",
        )
    if role is not None and role not in who.roles:
        raise _not_held(who, role)
    wanted = [need.role for need in missing(plan, asked.approvals, now, asked.longest)]
    fitting = [one for one in wanted if one in who.roles and role in {None, one}]
    if fitting:
        return fitting[0]
    asked_for = ", ".join(one.value for one in wanted) or "nobody any more"
    if role is None and wanted:
        raise RoleNotHeldError(f"{who.name} holds no role that {plan.id} still needs", f"ask: {asked_for}")
    spoken = role.value if role is not None else "any role"
    raise RoleNotNeededError(f"{plan.id} needs no further approval by {spoken}", f"still needed: {asked_for}")


def _not_held(who: Principal, role: ApproverRole) -> RoleNotHeldError:
    held = ", ".join(sorted(one.value for one in who.roles))
    return RoleNotHeldError(f"{who.name} is not {role.value}", f"decide as: {held}")
