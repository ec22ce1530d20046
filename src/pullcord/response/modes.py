"""Modes: who may change how much Pullcord may do with one AI system. Lowering is easy, raising is not."""

from __future__ import annotations

import msgspec

from pullcord.model.approval import Approval, Decision
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange, change_hash
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApprovalNeed, ApproverRole
from pullcord.response.approvals import CLOCK_TOLERANCE, counting, lacking
from pullcord.response.decisions import must_respond
from pullcord.response.people_errors import (
    AlreadyDecidedError,
    DecisionExpiredError,
    ModeNotAvailableError,
    ModeUnchangedError,
    OwnRequestError,
    RoleNotHeldError,
)

NEEDS = (ApprovalNeed(role=ApproverRole.ML_OWNER), ApprovalNeed(role=ApproverRole.OT))
"""Who has to agree, by different people, before Pullcord may carry out approved plans on an AI system."""


def effective(change: ModeChange | None) -> Mode:
    """The mode an AI system is in, by the change in force; without one it is observed only.

    What the inventory says counts for recorded runs alone: a file that one person edits is no agreement of two.
    """
    return Mode.OBSERVE if change is None or change.time is None else change.mode


def lowers(current: Mode, wanted: Mode) -> bool:
    """Whether the wanted mode lets Pullcord do less, or the same."""
    order = list(Mode)
    return order.index(wanted) <= order.index(current)


def lower(system: str, wanted: Mode, who: Principal, now: int) -> ModeChange:
    """A change to a lower mode, in force at once; the caller has checked that it is lower.

    Raises:
        NotAllowedError: the person has no role.
    """
    must_respond(who)
    return ModeChange(system=system, mode=wanted, requested_by=who.name, requested=now, time=now)


def request(system: str, current: Mode, wanted: Mode, who: Principal, now: int) -> ModeChange:
    """Ask for a higher mode. To ask is not to agree: whoever asks cannot be one of the two.

    Raises:
        NotAllowedError: neither a person with a role nor the administrator.
        ModeUnchangedError: it is in this mode.
        ModeNotAvailableError: act-R0 and act-R1 have conditions that this release cannot meet.
    """
    if Scope.ADMIN not in who.scopes:
        must_respond(who)
    if wanted is current:
        raise ModeUnchangedError(f"{system} is in {current.value}", "there is nothing to change")
    if wanted is not Mode.RECOMMEND:
        raise ModeNotAvailableError(
            f"{wanted.value} needs a passed drill and a review of the would-have-acted list, and this release has "
            "no drills",
            f"use {Mode.RECOMMEND.value}: approved plans are carried out, nothing is automatic",
        )
    return ModeChange(system=system, mode=wanted, requested_by=who.name, requested=now)


def agree(change: ModeChange, who: Principal, now: int, longest: int) -> ModeChange:
    """The change with one more agreement; in force once the ML owner and OT have agreed.

    Args:
        change: one that people are asked about.
        who: the person who agrees.
        now: nanoseconds UTC.
        longest: nanoseconds after which a request, or an agreement, no longer counts.

    Raises:
        NotAllowedError: the person may decide nothing.
        DecisionExpiredError: it was asked for too long ago.
        OwnRequestError: the person asked for it.
        AlreadyDecidedError: the person has agreed.
        RoleNotHeldError: the person has no role that is still needed.
    """
    must_respond(who)
    what = f"{change.mode.value} for {change.system}"
    if expired(change, now, longest):
        raise DecisionExpiredError(f"{what} was asked for too long ago", "ask for it again")
    if who.name == change.requested_by:
        raise OwnRequestError(
            f"{who.name} asked for {what}", f"others agree: {told(open_needs(change, now, longest))}"
        )
    key = change_hash(change)
    if any(one.approver == who.name for one in counting(key, change.approvals, now, longest)):
        raise AlreadyDecidedError(f"{who.name} has agreed to {what} already", "ask another person")
    wanted = open_needs(change, now, longest)
    role = next((need.role for need in wanted if need.role in who.roles), None)
    if role is None:
        raise RoleNotHeldError(f"{who.name} holds no role that {what} still needs", f"ask: {told(wanted)}")
    given = Approval(plan_hash=key, approver=who.name, role=role, decision=Decision.APPROVE, time=now)
    agreed = msgspec.structs.replace(change, approvals=(*change.approvals, given))
    return agreed if open_needs(agreed, now, longest) else msgspec.structs.replace(agreed, time=now)


def open_needs(change: ModeChange, now: int, longest: int) -> tuple[ApprovalNeed, ...]:
    """Who still has to agree to a change."""
    return lacking(NEEDS, counting(change_hash(change), change.approvals, now, longest))


def expired(change: ModeChange, now: int, longest: int) -> bool:
    """Whether a request no longer counts: too old, or from the future."""
    return not -CLOCK_TOLERANCE <= now - change.requested <= longest


def told(needs: tuple[ApprovalNeed, ...]) -> str:
    """Needs in words."""
    return ", ".join(f"{need.count} × {need.role.value}" for need in needs) or "nobody"
