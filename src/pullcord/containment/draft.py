"""Building single actions: what each kind does, how it is undone, and how one sees that it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pullcord.analysis.classes import BASE, raised
from pullcord.containment.suspects import Suspect
from pullcord.model.incident import Incident
from pullcord.model.plan import Action, ActionClass, ActionKind, Expiry, VerificationLevel, action_id


class Manner(NamedTuple):
    """What an action of a kind is expected to do, how it is taken back, and what its verification looks at."""

    expected: str
    undo: str
    level: VerificationLevel = VerificationLevel.POLICY


MANNERS: Mapping[ActionKind, Manner] = {
    ActionKind.SNAPSHOT: Manner(
        "Events, prompts, tool calls and model digests of the incident are kept as evidence.",
        "Nothing to undo.",
        VerificationLevel.STATE,
    ),
    ActionKind.NOTIFY_OWNER: Manner(
        "The owner knows.", "Tell the owner that it is over.", VerificationLevel.STATE
    ),
    ActionKind.ASK_PEOPLE: Manner(
        "Somebody on the floor decides.", "Withdraw the question.", VerificationLevel.STATE
    ),
    ActionKind.QUARANTINE_CONTENT: Manner(
        "The content no longer reaches the AI system; a copy is kept.", "Release the quarantined copy."
    ),
    ActionKind.BLOCK_DESTINATION: Manner(
        "No call goes there any more.", "Remove the destination from the list."
    ),
    ActionKind.RESTRICT_TOOLS: Manner(
        "The listed tools are denied to the AI system; it answers and reads as before.",
        "Grant the tools again.",
    ),
    ActionKind.DISABLE_AGENT: Manner("Every call of the agent is denied.", "Enable the agent."),
    ActionKind.REVOKE_CREDENTIAL: Manner(
        "New sessions with the credential are refused, and running ones are ended.",
        "Issue a new credential to its owner; the old one stays dead.",
        VerificationLevel.STATE,
    ),
    ActionKind.BLOCK_EGRESS: Manner(
        "The host of the AI system reaches nothing outside the control path.",
        "Remove the block.",
        VerificationLevel.EFFECT,
    ),
    ActionKind.SWITCH_TO_FALLBACK: Manner(
        "The process runs on its fallback; the AI's output is ignored by the PLC.",
        "People switch back after the gates of return to service.",
        VerificationLevel.STATE,
    ),
    ActionKind.HOLD_LOTS: Manner(
        "No lot that the suspect judged leaves the plant.",
        "Release each lot after inspection by people.",
        VerificationLevel.STATE,
    ),
    ActionKind.BLOCK_ARTIFACT: Manner("The artifact can no longer be loaded.", "Take it off the block list."),
    ActionKind.FREEZE_TRAINING: Manner(
        "No training run starts and none publishes a model.", "Allow training again.", VerificationLevel.STATE
    ),
    ActionKind.FREEZE_MEMORY: Manner(
        "The memory is read-only; new sessions start without it.",
        "Open the memory again.",
        VerificationLevel.STATE,
    ),
    ActionKind.THROTTLE: Manner(
        "Calls above the rate cap are refused.", "Lift the cap.", VerificationLevel.EFFECT
    ),
}


def drafted(
    incident: Incident,
    kind: ActionKind,
    suspect: Suspect | None,
    params: dict[str, str],
    reasons: tuple[str, ...] = (),
    *,
    target: str | None = None,
) -> Action:
    """One action against a suspect (or, with ``target``, an external address because of it).

    Its class is the maximum over kind and target; the planner raises it further by what else is done.
    """
    if suspect is None:
        action_class: ActionClass = BASE[kind]
        raising: tuple[str, ...] = ()
    else:
        action_class, raising = raised(kind, suspect.system, suspect.reach, host=suspect.foreign_host)
    aim = target if target is not None else (suspect.name if suspect is not None else incident.id)
    manner = MANNERS[kind]
    return Action(
        id=action_id(incident.id, kind, aim, params),
        kind=kind,
        target=aim,
        action_class=action_class,
        params=params,
        reasons=(*reasons, *raising),
        undo=manner.undo,
        expiry=Expiry.ASK,
        expected=manner.expected,
        verify_level=manner.level,
        reaches_ot=kind is ActionKind.SWITCH_TO_FALLBACK,
    )


def listed(items: Iterable[str]) -> str:
    """A list as JSON text: the form of list parameters."""
    return json.dumps(list(items), ensure_ascii=False)
