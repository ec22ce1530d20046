"""What the desk tells people, as JSON-ready dicts: plans with who must still agree, questions, modes, stops."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pullcord.app.document import outward
from pullcord.model.approval import Approval
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, PhaseName
from pullcord.model.intent import Intent
from pullcord.model.inventory import AiSystem, Mode
from pullcord.model.mode_change import ModeChange, change_hash
from pullcord.model.noun import Noun
from pullcord.model.person import Principal
from pullcord.model.plan import ActionKind, ApprovalNeed, Plan, PlanPurpose
from pullcord.model.task import Task
from pullcord.model.times import to_rfc3339
from pullcord.ports import Transaction
from pullcord.response.approvals import counting, missing, refused
from pullcord.response.modes import effective, expired, open_needs
from pullcord.response.stops import Stop

# Fields of the nouns below that hold nanoseconds and that the incident document does not know.
_TIMES = ("opened", "requested", "resumed", "expires")

_PHASE = {PlanPurpose.CONTAIN: PhaseName.CONTAIN, PlanPurpose.RECOVER: PhaseName.RECOVER}


@dataclass(frozen=True)
class Moment:
    """When something is looked at: now, and how long an approval counts; both in nanoseconds."""

    now: int
    longest: int


@dataclass(frozen=True)
class Kept:
    """A plan as the state keeps it: its incident, the incident's decisions, and where it stands.

    Attributes:
        over: why a decision on it comes too late; empty while it does not.
        halts: whether it is being carried out, so that a refusal still halts the rest.
    """

    plan: Plan
    incident: Incident
    approvals: tuple[Approval, ...]
    current: bool
    over: str
    halts: bool = False


def open_plans(tx: Transaction, incident: Incident, at: Moment | None = None) -> list[Kept]:
    """As :func:`kept_plans`, but none where every phase that has plans has ended: most incidents are old ones."""
    ended = _ended(tx, incident)
    return [] if ended >= set(_PHASE.values()) else _kept(tx, incident, ended, at)


def kept_plans(tx: Transaction, incident: Incident, at: Moment | None = None) -> list[Kept]:
    """The plans of an incident in the order kept; the last of each purpose is the current one.

    With a moment given, a plan that has begun is open again once its approvals have run out or were voided.
    """
    return _kept(tx, incident, _ended(tx, incident), at)


def _ended(tx: Transaction, incident: Incident) -> set[PhaseName]:
    return {phase.name for phase in tx.phases(incident.id) if phase.end is not None}


def _kept(tx: Transaction, incident: Incident, ended: set[PhaseName], at: Moment | None) -> list[Kept]:
    plans, approvals = tx.plans(incident.id), tx.approvals(incident.id)
    last = {plan.purpose: plan.id for plan in plans}
    # Evidence is taken without asking; anything else in the journal means that the plan has begun.
    begun = {
        intent.plan_hash
        for intent in tx.intents(incident.id)
        if intent.undoes is None and intent.action.kind is not ActionKind.SNAPSHOT
    }
    if at is not None:
        begun -= {plan.hash for plan in plans if missing(plan, approvals, at.now, at.longest)}
    return [
        Kept(
            plan,
            incident,
            approvals,
            current=last[plan.purpose] == plan.id,
            over=_over(plan, ended, begun),
            halts=plan.hash in begun and _PHASE[plan.purpose] not in ended,
        )
        for plan in plans
    ]


def plan_out(
    kept: Kept, who: Principal, at: Moment, findings: Iterable[Finding] | None = None
) -> dict[str, Any]:
    """A plan whole, with its incident in short, the decisions on it and what is still needed.

    Args:
        findings: those of its incident; without them it is not told what the plan rests on.
    """
    plan, incident = kept.plan, kept.incident
    return out(plan) | {
        "incident": {
            "id": incident.id,
            "title": incident.title,
            "type": incident.type,
            "severity": incident.severity.value,
            "production_at_risk": incident.production_at_risk.value,
        },
        "decisions": [out(one) for one in kept.approvals if one.plan_hash == plan.hash],
        "current": kept.current,
        "over": kept.over,
        "halts": kept.halts,
        "rests_on": _grounds(findings) if findings is not None else None,
        **_standing(kept, who, at),
    }


def plan_waiting(kept: Kept, who: Principal, at: Moment) -> dict[str, Any] | None:
    """One line about a plan that waits for people, or None if it does not."""
    plan, standing = kept.plan, _standing(kept, who, at)
    if not kept.current or kept.over or standing["is_refused"] or not standing["missing"]:
        return None
    return {
        "kind": "plan",
        "id": plan.id,
        "hash": plan.hash,
        "incident_id": kept.incident.id,
        "title": kept.incident.title,
        "severity": kept.incident.severity.value,
        "purpose": plan.purpose.value,
        "plan_class": plan.plan_class.value,
        "mode": plan.mode.value,
        **standing,
    }


def task_waiting(task: Task, who: Principal) -> dict[str, Any]:
    """An open question and whether this person may answer it."""
    yours = bool(who.roles) and (task.role is None or task.role in who.roles)
    return {"kind": "task", "about": task.kind.value, **_without(out(task), "kind"), "yours": yours}


def mode_waiting(change: ModeChange, who: Principal, at: Moment) -> dict[str, Any] | None:
    """A mode change that people are asked about, or None if it was asked for too long ago."""
    if expired(change, at.now, at.longest):
        return None
    needs = open_needs(change, at.now, at.longest)
    agreed = {one.approver for one in change.approvals}
    able = any(need.role in who.roles for need in needs)
    yours = able and who.name != change.requested_by and who.name not in agreed
    return {
        "kind": "mode",
        **_without(out(change), "time"),
        "hash": change_hash(change),
        "missing": needs_out(needs),
        "yours": yours,
    }


def stop_waiting(stop: Stop, who: Principal) -> dict[str, Any]:
    """A stop, and whether this person may help to lift it."""
    yours = bool(who.roles) and stop.resumed_by != who.name
    return {"kind": "stop", "by": stop.kind.value, **_without(out(stop), "kind"), "yours": yours}


def system_out(
    system: AiSystem, change: ModeChange | None, asked: dict[str, Any] | None, stop: Stop | None
) -> dict[str, Any]:
    """An AI system with the mode it is in, the mode that is asked for, and what stops it."""
    return {
        "name": system.name,
        "role": system.role.value,
        "site": system.site,
        "owner": system.owner,
        "ot_owner": system.ot_owner,
        "criticality": system.criticality.value,
        "fallback": system.fallback.health.value if system.fallback else None,
        "mode": effective(change).value,
        "since": to_rfc3339(change.time) if change is not None and change.time is not None else None,
        "asked": asked,
        "stop": out(stop) if stop is not None else None,
    }


def intent_out(intent: Intent) -> dict[str, Any]:
    """A line of the journal, for people: what was sent where, and how far it came."""
    return {
        "key": intent.key,
        "action_id": intent.action.id,
        "kind": intent.action.kind.value,
        "target": intent.action.target,
        "responder": intent.responder,
        "state": intent.state.value,
        "time": to_rfc3339(intent.time),
        "expires": to_rfc3339(intent.expires) if intent.expires is not None else None,
        "undoes": intent.undoes,
        "detail": intent.detail,
    }


def out(noun: Noun) -> dict[str, Any]:
    """A noun as JSON, all its times as RFC 3339."""
    plain: dict[str, Any] = outward(msgspec.to_builtins(noun))
    for field in _TIMES:
        if isinstance(plain.get(field), int):
            plain[field] = to_rfc3339(plain[field])
    return plain


def needs_out(needs: Sequence[ApprovalNeed]) -> list[dict[str, Any]]:
    """Needed approvals as JSON."""
    return [{"role": need.role.value, "count": need.count} for need in needs]


def _grounds(findings: Iterable[Finding]) -> dict[str, int]:
    """How much speaks for a plan, and how much of it the suspect could not have written."""
    trusts = [one.trust for one in findings]
    return {"findings": len(trusts), "authenticated": trusts.count(SourceTrust.AUTHENTICATED)}


def _standing(kept: Kept, who: Principal, at: Moment) -> dict[str, Any]:
    plan = kept.plan
    needs = missing(plan, kept.approvals, at.now, at.longest)
    no = refused(plan, kept.approvals)
    decided = {one.approver for one in counting(plan.hash, kept.approvals, at.now, at.longest)}
    able = any(need.role in who.roles for need in needs)
    return {
        "is_refused": no,
        "granted": not no and not needs,
        "missing": needs_out(needs),
        "yours": able and not no and who.name not in decided and kept.current and not kept.over,
    }


def _over(plan: Plan, ended: set[PhaseName], begun: set[str]) -> str:
    if plan.mode is Mode.OBSERVE:
        return "it concerns a system in observe and stays on paper, whoever agrees"
    if plan.hash in begun:
        return "it is being carried out, or has been"
    if _PHASE[plan.purpose] in ended:
        return f"the phase `{_PHASE[plan.purpose].value}` of its incident has ended"
    return ""


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
