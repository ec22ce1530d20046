"""Plan: what Pullcord would do, to what, at which risk, and who has to agree."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pullcord.model.inventory import Mode
from pullcord.model.noun import Noun, digest


class ActionClass(StrEnum):
    """Risk class of an action, in rising order. There is no class X: safety nodes have no path in code."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"

    @property
    def rank(self) -> int:
        """0 (R0) to 3 (R3), to compare by."""
        return list(ActionClass).index(self)


class ActionKind(StrEnum):
    """The verbs Pullcord knows."""

    SNAPSHOT = "snapshot"
    NOTIFY_OWNER = "notify_owner"
    ASK_PEOPLE = "ask_people"
    QUARANTINE_CONTENT = "quarantine_content"
    BLOCK_DESTINATION = "block_destination"
    RESTRICT_TOOLS = "restrict_tools"
    DISABLE_AGENT = "disable_agent"
    REVOKE_CREDENTIAL = "revoke_credential"
    BLOCK_EGRESS = "block_egress"
    SWITCH_TO_FALLBACK = "switch_to_fallback"
    HOLD_LOTS = "hold_lots"
    BLOCK_ARTIFACT = "block_artifact"
    FREEZE_TRAINING = "freeze_training"
    FREEZE_MEMORY = "freeze_memory"
    THROTTLE = "throttle"
    PURGE_CONTENT = "purge_content"
    ROLL_BACK_MODEL = "roll_back_model"
    ROLL_BACK_MEMORY = "roll_back_memory"
    RETRAIN = "retrain"
    ROTATE_CREDENTIAL = "rotate_credential"
    TIGHTEN_TOOL_POLICY = "tighten_tool_policy"
    PATCH = "patch"
    RESTORE = "restore"
    RETURN_TO_SERVICE = "return_to_service"


class Expiry(StrEnum):
    """What happens when a containment ends. Nothing gives an AI its authority back by itself."""

    ASK = "ask"
    RELEASE = "release"
    NONE = "none"


class VerificationLevel(StrEnum):
    """What a verification saw: the effect at the victim, the state of a component, or a policy decision."""

    EFFECT = "effect"
    STATE = "state"
    POLICY = "policy"


class ApproverRole(StrEnum):
    """Who can be asked to approve."""

    SECURITY = "approver-security"
    OT = "approver-ot"
    ML_OWNER = "ml-owner"


class Action(Noun, frozen=True, kw_only=True):
    """One step of a plan.

    Attributes:
        id: ``act-`` + hash of incident, kind, target and parameters.
        target: name of an AI system or asset, or an external address.
        params: what exactly, as flat text values.
        action_class: the maximum over kind, target and dependants.
        reasons: why this action and why this class.
        undo: how it is taken back; empty where it cannot be.
        reaches_ot: True only for the AI-to-manual request on a ``mode_switch`` node.
    """

    id: str
    kind: ActionKind
    target: str
    action_class: ActionClass
    params: dict[str, str] = msgspec.field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    undo: str = ""
    expiry: Expiry = Expiry.ASK
    expected: str = ""
    verify_level: VerificationLevel = VerificationLevel.POLICY
    reaches_ot: bool = False


class ApprovalNeed(Noun, frozen=True, kw_only=True):
    """How many different people of a role must approve."""

    role: ApproverRole
    count: int = 1


class Refusal(Noun, frozen=True, kw_only=True):
    """Something that was considered and not planned, and why."""

    what: str
    why: str


class PlanPurpose(StrEnum):
    """Which phase a plan serves."""

    CONTAIN = "contain"
    RECOVER = "recover"


class Plan(Noun, frozen=True, kw_only=True):
    """What would be done for one incident in one phase.

    Attributes:
        id: ``plan-`` + first 20 digits of ``hash``.
        hash: digest over everything else; approvals are bound to it.
        plan_class: the maximum over its actions.
        mode: the lowest mode among ``systems``; observe if there are none.
        systems: registered AI systems that it concerns, by name, also where an action is aimed at an address.
        automatic: whether mode, class and agreement of findings would let it run without a person.
        approvals: who must agree if it is not automatic; empty plans need nobody.
        fallback: what the plant does meanwhile, in its own words; empty if nothing changes.
        gates: what must pass before return to service (recovery plans).
    """

    id: str
    hash: str
    incident_id: str
    purpose: PlanPurpose
    plan_class: ActionClass
    mode: Mode
    actions: tuple[Action, ...]
    approvals: tuple[ApprovalNeed, ...] = ()
    automatic: bool = False
    reasons: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    fallback: str = ""
    gates: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


def action_id(incident_id: str, kind: ActionKind, target: str, params: dict[str, str]) -> str:
    """The stable id of an action within an incident."""
    return f"act-{digest([incident_id, kind, target, params])[:20]}"


def sealed(plan: Plan) -> Plan:
    """The same plan with ``hash`` and ``id`` computed from all its other fields."""
    bare = msgspec.structs.replace(plan, id="", hash="")
    value = digest(bare)
    return msgspec.structs.replace(plan, id=f"plan-{value[:20]}", hash=value)
