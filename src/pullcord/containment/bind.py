"""A playbook bound to its targets: incident → containment plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pullcord.analysis.classes import (
    CUTS,
    HARMLESS,
    approvals,
    broadened,
    highest,
    lowest_mode,
)
from pullcord.analysis.plant import Plant
from pullcord.containment.agreement import automatic
from pullcord.containment.draft import drafted, listed
from pullcord.containment.handover import hand_over
from pullcord.containment.steps import (
    Scene,
    Step,
    block_destinations,
    notify,
    plain,
    quarantine,
    restrict,
)
from pullcord.containment.suspects import MOST_SUSPECTS, Suspect, credentials, destinations, suspects
from pullcord.model.event import SourceTrust
from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory
from pullcord.model.plan import Action, ActionClass, ActionKind, Plan, PlanPurpose, Refusal, sealed
from pullcord.model.session import ToolCall

_BUDGET_SECONDS = 30
_MOST_TRACES = 100
_ALWAYS = (ActionKind.SNAPSHOT, ActionKind.NOTIFY_OWNER, ActionKind.ASK_PEOPLE)
_HAND_OVER = frozenset({ActionKind.SWITCH_TO_FALLBACK, ActionKind.HOLD_LOTS, ActionKind.ASK_PEOPLE})
_BINDERS: Mapping[ActionKind, Callable[[Scene, Suspect], list[Step]]] = {
    ActionKind.QUARANTINE_CONTENT: quarantine,
    ActionKind.RESTRICT_TOOLS: restrict,
    ActionKind.BLOCK_ARTIFACT: plain(ActionKind.BLOCK_ARTIFACT),
    ActionKind.FREEZE_TRAINING: plain(ActionKind.FREEZE_TRAINING),
    ActionKind.FREEZE_MEMORY: plain(ActionKind.FREEZE_MEMORY),
    ActionKind.THROTTLE: plain(ActionKind.THROTTLE),
}


def plan_containment(  # noqa: PLR0913, PLR0917  (the contract of the room: what it judges by is handed in)
    incident: Incident,
    findings: Sequence[Finding],
    explanations: Sequence[Explanation],
    inventory: Inventory,
    types: Mapping[str, IncidentType],
    done: Sequence[Action] = (),
    calls: Mapping[str, ToolCall] | None = None,
) -> Plan:
    """Bind the containment of an incident's type to its suspects.

    The order is: switches (they wait for nothing), one snapshot, notifications, questions and held lots, the
    rest from mild to hard, cuts last. What must not be done stands in ``refused`` with its reason.

    Args:
        incident, findings: as triage made them.
        explanations: of its sessions, as far as there are any.
        inventory: what stands in the plant.
        types: incident types by id; an unknown type is contained by evidence and people alone.
        done: actions of this incident that were carried out; they count for the class and are not repeated.
        calls: recorded tool calls by span id.

    Returns:
        A sealed plan. Its parameters are described in ``pullcord.containment``.
    """
    plant = Plant(inventory)
    kind = types.get(incident.type)
    kinds = _Kinds(incident, types)
    everybody = suspects(incident, findings, explanations, plant, calls or {})
    scene = Scene(
        incident=incident,
        plant=plant,
        calls=calls or {},
        destinations=tuple(destinations(findings, addresses=_by_address(incident.type))),
        credentials=tuple(credentials(findings)),
    )
    # By name: what a step is called must not change because somebody was seen once more.
    chosen = sorted(everybody[:MOST_SUSPECTS], key=lambda suspect: suspect.name)
    steps = _steps(scene, chosen, kinds, done)
    if len(everybody) > MOST_SUSPECTS:
        left = [suspect.name for suspect in everybody[MOST_SUSPECTS:]]
        why = f"one plan carries {MOST_SUSPECTS}: people decide on the others ({', '.join(left[:20])[:500]})"
        steps.append(Refusal(what=f"act on {len(left)} more suspects", why=why))
    return _sealed(incident, findings, kind, everybody, steps, done)


def _by_address(kind: str) -> bool:
    """Types in which the network address in a finding is the stranger's; elsewhere it may well be our own."""
    return kind.startswith("it-") or kind in {"credential-theft", "model-extraction", "denial-of-service"}


class _Kinds:
    """What the incident types want done.

    An incident can hold findings of several types: whoever was seen in one of them is contained as that type wants,
    beside what the incident's own type wants. What was acted upon is handed over to its fallback, and not cut off.
    """

    def __init__(self, incident: Incident, types: Mapping[str, IncidentType]) -> None:
        self._types = types
        self._own = incident.type
        self.all: tuple[ActionKind, ...] = self._of([incident.type]) or _ALWAYS

    def of(self, suspect: Suspect) -> tuple[ActionKind, ...]:
        """The kinds for one suspect, in the order of its types."""
        others = sorted(suspect.types - {self._own})
        kinds = self._of([self._own, *others]) or _ALWAYS
        return tuple(kind for kind in kinds if kind in _HAND_OVER) if suspect.affected else kinds

    def _of(self, names: Sequence[str]) -> tuple[ActionKind, ...]:
        found = [kind for name in names if name in self._types for kind in self._types[name].contain]
        return tuple(dict.fromkeys(found))


def _steps(scene: Scene, chosen: Sequence[Suspect], kinds: _Kinds, done: Sequence[Action]) -> list[Step]:
    first: list[Step] = []
    middle: list[Step] = []
    last: list[Step] = []
    told: list[Step] = []
    switched = {action.target for action in done if action.kind is ActionKind.SWITCH_TO_FALLBACK}
    free = [suspect for suspect in chosen if not suspect.untouchable]
    for suspect in chosen:
        told += notify(scene, suspect)
        if suspect.untouchable:
            why = f"a safety function is involved ({', '.join(suspect.reach.safety) or suspect.name}): people only"
            middle.append(Refusal(what=f"act on {suspect.name}", why=why))
            continue
        steps = hand_over(scene, suspect, kinds.of(suspect), switched=suspect.name in switched)
        first, middle, last = first + steps.first, middle + steps.middle, last + steps.last
    rest: list[Step] = []
    for kind in dict.fromkeys((*kinds.all, *(kind for suspect in free for kind in kinds.of(suspect)))):
        if kind is ActionKind.BLOCK_DESTINATION:
            rest += block_destinations(
                scene, next((s for s in free if not s.foreign_host), _registered(scene, chosen))
            )
        for suspect in free:
            if kind in _BINDERS and not suspect.foreign_host and kind in kinds.of(suspect):
                rest += _BINDERS[kind](scene, suspect)
    return [*first, _snapshot(scene, chosen), *told, *middle, *rest, *last]


def _registered(scene: Scene, chosen: Sequence[Suspect]) -> Suspect | None:
    """No AI is behind an intrusion elsewhere: then a block hits an outside address only."""
    return None if scene.incident.type.startswith("it-") else next(iter(chosen), None)


def _snapshot(scene: Scene, chosen: Sequence[Suspect]) -> Action:
    """Evidence first: AI Act article 73(6) forbids changing the system in ways that hinder later analysis."""
    params = {
        "trace_ids": listed(scene.incident.trace_ids[:_MOST_TRACES]),
        "assets": listed(suspect.name for suspect in chosen),
        "budget_seconds": str(_BUDGET_SECONDS),
    }
    first = next((suspect for suspect in chosen if suspect.system is not None), next(iter(chosen), None))
    target = first.name if first is not None else scene.incident.id
    return drafted(scene.incident, ActionKind.SNAPSHOT, None, params, target=target)


def _sealed(
    incident: Incident,
    findings: Sequence[Finding],
    kind: IncidentType | None,
    everybody: Sequence[Suspect],
    steps: Sequence[Step],
    done: Sequence[Action],
) -> Plan:
    known = {action.id for action in done}
    actions = {s.id: s for s in steps if isinstance(s, Action) and s.id not in known}
    refused = {(s.what, s.why): s for s in steps if isinstance(s, Refusal)}
    hosts = [suspect.name for suspect in everybody if suspect.foreign_host]
    final, broad = broadened(tuple(actions.values()), hosts, done)
    plan_class = highest([action.action_class for action in (*final, *done)])
    # What nobody registered has no mode; it must not hold up what people decide about the systems that they know.
    registered = [s.system for s in everybody if s.system is not None]
    mode = lowest_mode(registered)
    runs, why = automatic(mode, plan_class, findings, kind)
    systems = [s.system for s in everybody if s.system is not None and s.system.fallback is not None]
    changes = any(action.kind not in HARMLESS for action in final)
    return sealed(
        Plan(
            id="",
            hash="",
            incident_id=incident.id,
            purpose=PlanPurpose.CONTAIN,
            plan_class=plan_class,
            mode=mode,
            actions=final,
            approvals=approvals(plan_class) if final else (),
            automatic=runs and bool(final),
            reasons=(*_reasons(incident, plan_class, final, done), *broad, _trust(findings), why),
            refused=tuple(refused.values()),
            systems=tuple(sorted(system.name for system in registered)),
            fallback="\n".join(
                f"{s.name}: {s.fallback.procedure}" for s in systems if s.fallback and changes
            ),
        )
    )


def _trust(findings: Sequence[Finding]) -> str:
    """On whose word the plan rests; whoever approves it has to know."""
    sure = sum(one.trust is SourceTrust.AUTHENTICATED for one in findings)
    told = f"Rests on {len(findings)} findings, {sure} of them from authenticated sources."
    return told if sure else f"{told} The suspect itself could have written every one of them."


def _reasons(
    incident: Incident, plan_class: ActionClass, actions: Sequence[Action], done: Sequence[Action]
) -> tuple[str, ...]:
    reasons = [f"Containment of {incident.type} in {', '.join(incident.assets[:5]) or 'an unnamed system'}."]
    if any(action.kind in CUTS for action in actions):
        reasons.append("Cuts come last, after evidence and after every switch.")
    if done:
        before = highest([action.action_class for action in done])
        reasons.append(
            f"{len(done)} actions were carried out before (up to {before.value}); they count here."
        )
    if plan_class is ActionClass.R3:
        reasons.append("R3: what is about to be changed is exported first.")
    return tuple(reasons)
