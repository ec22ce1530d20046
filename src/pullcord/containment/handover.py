"""What happens to production: switch to a fallback first, then cut; else hold lots and ask people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pullcord.analysis.classes import CUTS
from pullcord.containment.draft import drafted, listed
from pullcord.containment.fallbacks import (
    PRECONDITIONS,
    cut_problem,
    fallback_problem,
    switch_node,
    switch_problem,
)
from pullcord.containment.steps import Scene, Step, hold_lots, plain, revoke
from pullcord.containment.suspects import Suspect
from pullcord.model.inventory import Role
from pullcord.model.plan import ActionKind, Refusal

RUN_SLOW_STOP = ("run", "slow", "stop")


@dataclass
class Handover:
    """Steps of one suspect that touch how production goes on, in the order in which they must happen.

    Attributes:
        first: the switch: waits for nothing, not even evidence.
        middle: held lots and questions.
        last: cuts.
    """

    first: list[Step] = field(default_factory=list)
    middle: list[Step] = field(default_factory=list)
    last: list[Step] = field(default_factory=list)


def hand_over(scene: Scene, suspect: Suspect, kinds: Collection[ActionKind], *, switched: bool) -> Handover:
    """Plan the switch, the held lots, the questions and the cuts of one suspect.

    Args:
        scene: the incident.
        suspect: whom it is about.
        kinds: what the incident type wants.
        switched: it was already handed over to its fallback.
    """
    steps = Handover()
    if ActionKind.SWITCH_TO_FALLBACK in kinds and not switched:
        switched = _switch(scene, suspect, steps)
    if ActionKind.HOLD_LOTS in kinds:
        steps.middle += hold_lots(scene, suspect)
    if ActionKind.ASK_PEOPLE in kinds:
        _ask(
            scene,
            suspect,
            steps,
            "Is this expected? What should happen with it?",
            ("expected", "look", "stop"),
        )
    for kind in sorted(CUTS & set(kinds), key=list(ActionKind).index):
        _cut(scene, suspect, kind, steps, switched=switched)
    return steps


def _switch(scene: Scene, suspect: Suspect, steps: Handover) -> bool:
    """Request the AI-to-manual direction if everything speaks for it; says whether the process is handed over."""
    system, kind = suspect.system, scene.incident.type
    what = f"switch {suspect.name} to its fallback"
    if system is None:
        if not suspect.foreign_host:
            steps.first.append(Refusal(what=what, why="it is not registered, so it has no fallback"))
            _ask(scene, suspect, steps, _question(suspect), RUN_SLOW_STOP)
        return False
    problem = switch_problem(system, kind)
    node = switch_node(system)
    if problem is None and node is not None and system.fallback is not None:
        params = {
            "node": node.address,
            "direction": "ai-to-manual",
            "fallback": system.fallback.procedure,
            "preconditions": listed(PRECONDITIONS),
        }
        reason = "Its fallback is healthy and shares no suspect input; the PLC may still refuse."
        steps.first.append(drafted(scene.incident, ActionKind.SWITCH_TO_FALLBACK, suspect, params, (reason,)))
        return True
    if not (suspect.reach.path or suspect.reach.unknown or system.role is Role.GATEKEEPER):
        return False
    steps.first.append(Refusal(what=what, why=problem or "nothing may be switched"))
    unusable = fallback_problem(system, kind)
    if unusable is None and system.fallback is not None:
        question = f"Go over to the fallback by hand: {system.fallback.procedure}"
        _ask(scene, suspect, steps, question, ("done", "not possible"))
        if system.role is Role.GATEKEEPER:
            steps.middle += hold_lots(scene, suspect)
        return False
    steps.middle += hold_lots(scene, suspect)
    _ask(scene, suspect, steps, _question(suspect), RUN_SLOW_STOP)
    return False


def _cut(scene: Scene, suspect: Suspect, kind: ActionKind, steps: Handover, *, switched: bool) -> None:
    if suspect.foreign_host:
        if kind is ActionKind.REVOKE_CREDENTIAL and scene.credentials and not suspect.reach.path:
            steps.last += revoke(scene, suspect)
            return
        why = "it is a plant asset, no AI system: people decide what depends on it"
        steps.middle.append(Refusal(what=f"{kind.value} {suspect.name}", why=why))
        return
    problem = cut_problem(suspect, scene.incident.type, switched=switched)
    if problem is None:
        steps.last += (
            revoke(scene, suspect) if kind is ActionKind.REVOKE_CREDENTIAL else plain(kind)(scene, suspect)
        )
        return
    steps.middle.append(Refusal(what=f"{kind.value} {suspect.name}", why=problem))
    steps.middle += hold_lots(scene, suspect)
    question = (
        _question(suspect) if suspect.reach.path else f"What depends on {suspect.name}? May it be cut off?"
    )
    _ask(scene, suspect, steps, question, RUN_SLOW_STOP)


def _question(suspect: Suspect) -> str:
    return f"{suspect.name} may be compromised and cannot be taken away safely: run, slow or stop?"


def _ask(scene: Scene, suspect: Suspect, steps: Handover, question: str, options: tuple[str, ...]) -> None:
    params = {"question": question, "options": listed(options)}
    steps.middle.append(drafted(scene.incident, ActionKind.ASK_PEOPLE, suspect, params))
