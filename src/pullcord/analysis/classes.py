"""Risk classes: what an action costs by its kind, what its target adds, and who must agree (DESIGN section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from pullcord.analysis.plant import Reach
from pullcord.model.inventory import AiSystem, Criticality, Fallback, FallbackHealth, Mode, Role
from pullcord.model.plan import Action, ActionClass, ActionKind, ApprovalNeed, ApproverRole

HARMLESS = frozenset({ActionKind.SNAPSHOT, ActionKind.NOTIFY_OWNER, ActionKind.ASK_PEOPLE})
"""Kinds that change nothing in the plant, whatever they are aimed at."""

CUTS = frozenset({ActionKind.DISABLE_AGENT, ActionKind.BLOCK_EGRESS, ActionKind.REVOKE_CREDENTIAL})
"""Kinds that take an AI system away from whatever uses it."""

BROAD = 3
"""Acting on so many AI systems in one incident is broad."""

BASE: Mapping[ActionKind, ActionClass] = {
    ActionKind.SNAPSHOT: ActionClass.R0,
    ActionKind.NOTIFY_OWNER: ActionClass.R0,
    ActionKind.ASK_PEOPLE: ActionClass.R0,
    ActionKind.QUARANTINE_CONTENT: ActionClass.R1,
    ActionKind.BLOCK_DESTINATION: ActionClass.R0,
    ActionKind.RESTRICT_TOOLS: ActionClass.R1,
    ActionKind.DISABLE_AGENT: ActionClass.R1,
    ActionKind.REVOKE_CREDENTIAL: ActionClass.R2,
    ActionKind.BLOCK_EGRESS: ActionClass.R2,
    ActionKind.SWITCH_TO_FALLBACK: ActionClass.R2,
    ActionKind.HOLD_LOTS: ActionClass.R2,
    ActionKind.BLOCK_ARTIFACT: ActionClass.R1,
    ActionKind.FREEZE_TRAINING: ActionClass.R1,
    ActionKind.FREEZE_MEMORY: ActionClass.R1,
    ActionKind.THROTTLE: ActionClass.R1,
    ActionKind.PURGE_CONTENT: ActionClass.R3,
    ActionKind.ROLL_BACK_MODEL: ActionClass.R2,
    ActionKind.ROLL_BACK_MEMORY: ActionClass.R3,
    ActionKind.RETRAIN: ActionClass.R2,
    ActionKind.ROTATE_CREDENTIAL: ActionClass.R2,
    ActionKind.TIGHTEN_TOOL_POLICY: ActionClass.R1,
    ActionKind.PATCH: ActionClass.R2,
    ActionKind.RESTORE: ActionClass.R3,
    ActionKind.RETURN_TO_SERVICE: ActionClass.R2,
}

_AUTOMATIC: Mapping[Mode, ActionClass | None] = {
    Mode.OBSERVE: None,
    Mode.RECOMMEND: None,
    Mode.ACT_R0: ActionClass.R0,
    Mode.ACT_R1: ActionClass.R1,
}


def highest(classes: Iterable[ActionClass]) -> ActionClass:
    """The highest class; R0 of none."""
    return max(classes, key=lambda one: one.rank, default=ActionClass.R0)


def healthy(fallback: Fallback | None) -> bool:
    """Whether a fallback would work now; ``unknown`` counts as not."""
    return fallback is not None and fallback.health is FallbackHealth.HEALTHY


def raised(
    kind: ActionKind, system: AiSystem | None, reach: Reach, *, host: bool = False
) -> tuple[ActionClass, tuple[str, ...]]:
    """Class of an action of this kind against one target, with what raised it.

    Args:
        kind: what is done.
        system: the AI system; None if it is none, or nobody registered it.
        reach: how far its output goes.
        host: the target is a registered asset that is no AI system.
    """
    base = BASE[kind]
    if kind in HARMLESS:
        return base, ()
    raising: list[str] = []
    if reach.path:
        raising.append(f"production uses it: {' → '.join(reach.path)}")
    if system is None:
        if not host:
            raising.append("not registered, so nobody has said what depends on it")
    else:
        if system.criticality is Criticality.CRITICAL:
            raising.append("of critical importance")
        if not healthy(system.fallback) and (system.dependants or system.role is not Role.OFFICE):
            raising.append("no fallback that is known to be healthy")
    if reach.unknown and (host or system is not None):
        raising.append(f"not all is known of what depends on {', '.join(reach.unknown[:3])}")
    if not raising:
        return base, ()
    return highest((base, ActionClass.R2)), tuple(f"At least R2: {reason}." for reason in raising)


def broadened(
    actions: tuple[Action, ...], hosts: Collection[str], done: Iterable[Action] = ()
) -> tuple[tuple[Action, ...], tuple[str, ...]]:
    """Raise everything that changes something to R3 once that many AI systems are changed in one incident.

    Args:
        actions: of the plan.
        hosts: targets that are no AI systems; they do not count.
        done: what was carried out before in this incident; it counts.

    Returns:
        The actions, and the reason if they were raised.
    """
    changed = (targets(actions) | targets(done)) - set(hosts)
    if len(changed) < BROAD:
        return actions, ()
    reason = f"R3: {len(changed)} AI systems are changed in one incident."
    return tuple(
        action
        if action.kind in HARMLESS
        else msgspec.structs.replace(action, action_class=ActionClass.R3, reasons=(*action.reasons, reason))
        for action in actions
    ), (reason,)


def targets(actions: Iterable[Action]) -> set[str]:
    """What a set of actions changes, harmless ones and external addresses aside."""
    aside = HARMLESS | {ActionKind.BLOCK_DESTINATION}
    return {action.target for action in actions if action.kind not in aside}


def approvals(plan_class: ActionClass) -> tuple[ApprovalNeed, ...]:
    """Who must agree to a plan of this class, if it does not run by itself."""
    security, ot = ApprovalNeed(role=ApproverRole.SECURITY), ApprovalNeed(role=ApproverRole.OT)
    match plan_class:
        case ActionClass.R0:
            return ()
        case ActionClass.R1:
            return (security,)
        case ActionClass.R2 | ActionClass.R3:
            return security, ot


def mode_allows(mode: Mode, plan_class: ActionClass) -> bool:
    """Whether this mode lets a plan of this class run without a person."""
    most = _AUTOMATIC[mode]
    return most is not None and plan_class.rank <= most.rank


def lowest_mode(systems: Iterable[AiSystem | None]) -> Mode:
    """The lowest mode among AI systems; an unregistered one, and none at all, count as ``observe``."""
    modes = [system.mode if system is not None else Mode.OBSERVE for system in systems]
    return min(modes, key=list(Mode).index, default=Mode.OBSERVE)
