"""Explanation → remediation plan and the gates of return to service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pullcord.analysis.classes import HARMLESS, approvals, broadened, highest, lowest_mode
from pullcord.analysis.plant import Plant
from pullcord.model.explanation import Explanation
from pullcord.model.incident import Incident
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory
from pullcord.model.plan import (
    Action,
    ActionClass,
    ActionKind,
    ApprovalNeed,
    ApproverRole,
    Plan,
    PlanPurpose,
    Refusal,
    sealed,
)
from pullcord.model.session import ToolCall
from pullcord.recovery.cause import Cause, find_cause
from pullcord.recovery.remedies import Patient, remedies, return_to_service

GATES = (
    "golden set: the reference cases give the reference answers",
    "trigger scan: no known trigger changes the behaviour",
    "attack replay: the recorded attack is refused",
    "shadow run: over one shift beside the fallback, without acting, it agrees with the reference",
)
_DEFAULT = (ActionKind.PATCH, ActionKind.RETURN_TO_SERVICE)
_MOST_PATIENTS = 20
_THROUGH_TOOLS = frozenset({ActionKind.PURGE_CONTENT, ActionKind.TIGHTEN_TOOL_POLICY})


def plan_recovery(
    incident: Incident,
    explanations: Sequence[Explanation],
    inventory: Inventory,
    types: Mapping[str, IncidentType],
    contained: Plan,
    calls: Mapping[str, ToolCall] | None = None,
) -> Plan:
    """Plan eradication, recovery and return to service.

    Where the root cause is not known, nothing that rests on it is planned, the plan says so, and the containment
    stays. Nothing is released by the plan itself: return to service is an action of its own that people approve
    after the gates.

    Args:
        incident: as triage made it.
        explanations: of its sessions; may be empty.
        inventory: what stands in the plant.
        types: incident types by id.
        contained: the containment plan, whose actions stay in force until return to service.
        calls: recorded tool calls by span id.

    Returns:
        A sealed plan; without actions, and with the reason, if every session was explained and none shows an
        attack.
    """
    cause = find_cause(incident, explanations, calls or {})
    if cause.harmless:
        reason = "No recovery needed: every session was explained and none shows an attack."
        lifted = "People lift what containment was carried out." if contained.actions else ""
        return _sealed(incident, (), (), tuple(r for r in (reason, lifted) if r), ApprovalPolicy(()))
    plant = Plant(inventory)
    kind = types.get(incident.type)
    names = incident.assets or ("unnamed agent",)
    patients = [Patient.of(name, plant) for name in names[:_MOST_PATIENTS]]
    steps = _steps(incident, kind.recover if kind is not None else _DEFAULT, patients, cause)
    steps += _returns(incident, patients, contained)
    if len(names) > _MOST_PATIENTS:
        why = f"one plan carries {_MOST_PATIENTS}"
        steps.append(Refusal(what=f"recover {len(names) - _MOST_PATIENTS} more systems", why=why))
    actions = {step.id: step for step in steps if isinstance(step, Action)}
    refused = {(step.what, step.why): step for step in steps if isinstance(step, Refusal)}
    final, broad = broadened(tuple(actions.values()), [one.name for one in patients if one.host])
    reasons = (*_reasons(cause, contained), *broad)
    return _sealed(incident, final, tuple(refused.values()), reasons, ApprovalPolicy(tuple(patients)))


def _steps(
    incident: Incident, kinds: Sequence[ActionKind], patients: Sequence[Patient], cause: Cause
) -> list[Action | Refusal]:
    steps: list[Action | Refusal] = []
    for one in patients:
        if one.untouchable:
            why = "a safety function is involved: people only, with the plant's own procedure"
            steps.append(Refusal(what=f"recover {one.name}", why=why))
            continue
        for wanted in kinds:
            if wanted is ActionKind.RETURN_TO_SERVICE or (wanted in _THROUGH_TOOLS and _has_no_tools(one)):
                continue
            steps += remedies(incident, wanted, one, cause)
    return steps


def _has_no_tools(one: Patient) -> bool:
    """Whether it is registered as a system that calls no tools: then nothing came in or went out through one."""
    return one.system is not None and not one.system.tools


class ApprovalPolicy:
    """Who must agree to a recovery: by class, and the ML owner (with OT where it is reached) to a return."""

    def __init__(self, patients: Sequence[Patient]) -> None:
        known = [one.system for one in patients if one.system is not None]
        self.mode = lowest_mode(known)
        self.systems = tuple(sorted(system.name for system in known))
        self.reaches_production = any(one.reach.path or one.reach.unknown for one in patients)

    def needs(self, plan_class: ActionClass, actions: Sequence[Action]) -> tuple[ApprovalNeed, ...]:
        """Approvals of a plan; empty if it does nothing."""
        if not actions:
            return ()
        needs = {need.role: need for need in approvals(plan_class)}
        if any(action.kind is ActionKind.RETURN_TO_SERVICE for action in actions):
            needs.setdefault(ApproverRole.ML_OWNER, ApprovalNeed(role=ApproverRole.ML_OWNER))
            if self.reaches_production:
                needs.setdefault(ApproverRole.OT, ApprovalNeed(role=ApproverRole.OT))
        return tuple(needs[role] for role in ApproverRole if role in needs)


def _returns(incident: Incident, patients: Sequence[Patient], contained: Plan) -> list[Action | Refusal]:
    """A return to service for whatever was, or was to be, taken away by the containment."""
    restrained = {action.target for action in contained.actions if action.kind not in HARMLESS}
    chosen = [one for one in patients if not one.untouchable and not one.host]
    return [return_to_service(incident, one, GATES) for one in chosen if one.name in restrained]


def _reasons(cause: Cause, contained: Plan) -> tuple[str, ...]:
    reasons: list[str] = []
    for origin in cause.origins:
        source = f" ({origin.source})" if origin.source else ""
        reasons.append(
            f"Root cause in session {origin.trace_id}: span {origin.span_id}{source}, "
            f"probability {origin.confidence:.2f}."
        )
    if cause.attempted_only:
        reasons.append("The attack was attempted and did not succeed.")
    if not cause.origins:
        reasons.append("Root cause unknown: the containment stays, and people decide what is removed.")
    reasons.extend(
        f"Best guess only: span {origin.span_id}, probability {origin.confidence:.2f}."
        for origin in cause.doubtful[:3]
    )
    if cause.unexplained:
        count = len(cause.unexplained)
        reasons.append(
            f"Cannot tell for {count} session{'s' if count > 1 else ''}; that does not mean clean."
        )
    if contained.actions:
        reasons.append("Everything contained stays contained until return to service is approved.")
    return tuple(reasons)


def _sealed(
    incident: Incident,
    actions: tuple[Action, ...],
    refused: tuple[Refusal, ...],
    reasons: tuple[str, ...],
    policy: ApprovalPolicy,
) -> Plan:
    plan_class = highest(action.action_class for action in actions)
    returning = any(action.kind is ActionKind.RETURN_TO_SERVICE for action in actions)
    return sealed(
        Plan(
            id="",
            hash="",
            incident_id=incident.id,
            purpose=PlanPurpose.RECOVER,
            plan_class=plan_class,
            mode=policy.mode,
            actions=actions,
            approvals=policy.needs(plan_class, actions),
            # Recovery changes what a system is; it never runs without people, whatever its mode.
            automatic=False,
            reasons=reasons,
            refused=refused,
            gates=GATES if returning else (),
            systems=policy.systems,
        )
    )
