"""One remedy per kind: what it means for one AI system and one root cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pullcord.analysis.classes import raised
from pullcord.analysis.plant import Plant, Reach
from pullcord.model.incident import Incident
from pullcord.model.inventory import AiSystem
from pullcord.model.plan import Action, ActionKind, Expiry, Refusal, VerificationLevel, action_id
from pullcord.model.times import to_rfc3339
from pullcord.recovery.cause import Cause

_MOST_ITEMS = 20


@dataclass(frozen=True)
class Patient:
    """A system to be recovered; ``host`` marks a plant asset that is no AI system."""

    name: str
    system: AiSystem | None
    reach: Reach
    names: tuple[str, ...]
    host: bool = False
    untouchable: bool = False

    @classmethod
    def of(cls, name: str, plant: Plant) -> Patient:
        """Look a name up."""
        system, asset = plant.system(name), plant.asset(name)
        reach = plant.reach(name)
        names = {name, *((system.name, *system.aliases) if system else ())}
        return cls(
            name=system.name if system else name,
            system=system,
            reach=reach,
            names=tuple(sorted(names)),
            host=system is None and asset is not None,
            untouchable=bool(reach.safety) or plant.safety(name),
        )


class _Manner(NamedTuple):
    expected: str
    undo: str
    level: VerificationLevel = VerificationLevel.STATE


_MANNERS: Mapping[ActionKind, _Manner] = {
    ActionKind.PURGE_CONTENT: _Manner(
        "The content and its copies are gone from the sources the AI system reads.",
        "Put the exported copy back; without the export it cannot be undone.",
    ),
    ActionKind.TIGHTEN_TOOL_POLICY: _Manner(
        "The AI system can no longer make the calls that carried the attack out.",
        "Grant the tools again after the gates.",
        VerificationLevel.POLICY,
    ),
    ActionKind.ROTATE_CREDENTIAL: _Manner(
        "The old credential is refused; the owner has a new one.", "None: an exposed credential stays dead."
    ),
    ActionKind.ROLL_BACK_MODEL: _Manner(
        "A version that passes scan, golden set and schema check and predates the earliest suspect data serves.",
        "Serve the version of before again, from its kept digest.",
    ),
    ActionKind.ROLL_BACK_MEMORY: _Manner(
        "The memory is as it was before the earliest suspect session.", "Put the exported memory back."
    ),
    ActionKind.RETRAIN: _Manner("A model trained on cleaned data is a candidate.", "Discard the candidate."),
    ActionKind.PATCH: _Manner("The weakness is closed.", "Install the version of before."),
    ActionKind.RESTORE: _Manner(
        "The host is as in its last good backup.", "Put the exported state back.", VerificationLevel.STATE
    ),
    ActionKind.RETURN_TO_SERVICE: _Manner(
        "The AI system has its authority back, given by people.",
        "Contain it again.",
        VerificationLevel.EFFECT,
    ),
}


def remedies(incident: Incident, kind: ActionKind, patient: Patient, cause: Cause) -> list[Action | Refusal]:
    """The actions of one kind for one system; a refusal with its reason where the ground for it is missing."""
    match kind:
        case ActionKind.PURGE_CONTENT:
            return _purge(incident, patient, cause)
        case ActionKind.TIGHTEN_TOOL_POLICY:
            return _tighten(incident, patient, cause)
        case ActionKind.ROTATE_CREDENTIAL:
            return _rotate(incident, patient)
        case ActionKind.ROLL_BACK_MODEL | ActionKind.RETRAIN:
            return _renew_model(incident, kind, patient)
        case ActionKind.ROLL_BACK_MEMORY:
            params = {"agents": _listed(patient.names), "before": to_rfc3339(incident.first_time)}
            return [_action(incident, kind, patient, params, "Exported first.")]
        case _:
            return [_action(incident, kind, patient, {"agents": _listed(patient.names)})]


def return_to_service(incident: Incident, patient: Patient, gates: Iterable[str]) -> Action:
    """Give a system its authority back; class R2 at least, because it is people's decision."""
    params = {"agents": _listed(patient.names), "gates": _listed(gates)}
    reason = "Only after every gate has passed, and only by people."
    return _action(incident, ActionKind.RETURN_TO_SERVICE, patient, params, reason)


def _purge(incident: Incident, patient: Patient, cause: Cause) -> list[Action | Refusal]:
    if not cause.origins:
        what = f"purge content read by {patient.name}"
        return [Refusal(what=what, why="the root cause is unknown, so there is nothing to point at")]
    return [
        _action(
            incident,
            ActionKind.PURGE_CONTENT,
            patient,
            {
                "agents": _listed(patient.names),
                "trace_ids": _listed([origin.trace_id]),
                "span_ids": _listed([origin.span_id]),
                "source": origin.source,
                "export_first": "true",
            },
            f"The attack came from here with probability {origin.confidence:.2f}. Exported first.",
        )
        for origin in cause.origins[:_MOST_ITEMS]
    ]


def _tighten(incident: Incident, patient: Patient, cause: Cause) -> list[Action | Refusal]:
    declared = patient.system.side_effects if patient.system else ()
    tools = cause.tools or tuple(sorted(declared))
    if not tools:
        what = f"tighten the tool policy of {patient.name}"
        return [Refusal(what=what, why="no suspect call and no tool list is known")]
    reason = (
        "These tools carried the attack out, or are the most likely to have."
        if cause.tools
        else ("No suspect call is known: every tool with side effects is put behind a new review.")
    )
    params = {"agents": _listed(patient.names), "tools": _listed(tools)}
    return [_action(incident, ActionKind.TIGHTEN_TOOL_POLICY, patient, params, reason)]


def _renew_model(incident: Incident, kind: ActionKind, patient: Patient) -> list[Action | Refusal]:
    models = patient.system.models if patient.system else ()
    if not models:
        return [Refusal(what=f"{kind.value} {patient.name}", why="no model is registered for it")]
    params = {"models": _listed(models), "before": to_rfc3339(incident.first_time)}
    return [_action(incident, kind, patient, params)]


def _rotate(incident: Incident, patient: Patient) -> list[Action | Refusal]:
    held = patient.system.credentials if patient.system else ()
    if not held:
        why = "no credential is registered for it"
        return [Refusal(what=f"rotate credentials of {patient.name}", why=why)]
    return [
        _action(incident, ActionKind.ROTATE_CREDENTIAL, patient, {"credential": name}, "It may be exposed.")
        for name in held[:_MOST_ITEMS]
    ]


def _action(
    incident: Incident, kind: ActionKind, patient: Patient, params: dict[str, str], reason: str = ""
) -> Action:
    action_class, raising = raised(kind, patient.system, patient.reach, host=patient.host)
    manner = _MANNERS[kind]
    return Action(
        id=action_id(incident.id, kind, patient.name, params),
        kind=kind,
        target=patient.name,
        action_class=action_class,
        params=params,
        reasons=tuple(text for text in (reason, *raising) if text),
        undo=manner.undo,
        expiry=Expiry.NONE,
        expected=manner.expected,
        verify_level=manner.level,
    )


def _listed(items: Iterable[str]) -> str:
    return json.dumps(list(items), ensure_ascii=False)
