from __future__ import annotations

import json

from pullcord.analysis.plant import Plant
from pullcord.containment.handover import Handover, hand_over
from pullcord.containment.steps import Scene, Step
from pullcord.containment.suspects import Suspect
from pullcord.model.plan import Action, ActionKind, Refusal
from tests.scenes import of_type, plant


def plan(
    name: str, where: str, *kinds: ActionKind, switched: bool = False, type_: str = "malfunction"
) -> Handover:
    graph = Plant(plant(where))
    one, _ = of_type(type_, name, plant(where))
    scene = Scene(incident=one, plant=graph, calls={}, destinations=(), credentials=())
    suspect = Suspect(
        name=name, system=graph.system(name), asset=graph.asset(name), reach=graph.reach(name), names=(name,)
    )
    return hand_over(scene, suspect, kinds, switched=switched)


def kinds(steps: list[Step]) -> list[ActionKind]:
    return [step.kind for step in steps if isinstance(step, Action)]


def test_the_switch_is_first_and_the_cut_is_last() -> None:
    steps = plan("reactor-optimiser", "process", ActionKind.DISABLE_AGENT, ActionKind.SWITCH_TO_FALLBACK)
    assert kinds(steps.first) == [ActionKind.SWITCH_TO_FALLBACK]
    assert kinds(steps.last) == [ActionKind.DISABLE_AGENT]


def test_what_is_switched_already_is_not_switched_again() -> None:
    steps = plan("reactor-optimiser", "process", ActionKind.SWITCH_TO_FALLBACK, switched=True)
    assert steps.first == []


def test_a_healthy_fallback_without_a_switch_is_gone_over_to_by_hand() -> None:
    steps = plan("parcel-sorter", "logistics", ActionKind.SWITCH_TO_FALLBACK)
    assert [type(step) for step in steps.first] == [Refusal]
    assert kinds(steps.middle) == [ActionKind.ASK_PEOPLE, ActionKind.HOLD_LOTS]
    question = steps.middle[0]
    assert isinstance(question, Action)
    assert "four people scan" in question.params["question"]


def test_nothing_to_switch_where_nothing_depends_on_it() -> None:
    assert plan("desk-helper", "discrete", ActionKind.SWITCH_TO_FALLBACK) == Handover()


def test_an_unregistered_system_is_asked_about() -> None:
    steps = plan("stranger", "discrete", ActionKind.SWITCH_TO_FALLBACK, ActionKind.BLOCK_EGRESS)
    assert kinds(steps.first) == kinds(steps.last) == []
    questions = [step for step in steps.middle if isinstance(step, Action)]
    assert json.loads(questions[0].params["options"]) == ["run", "slow", "stop"]


def test_a_plant_asset_is_cut_by_people_only() -> None:
    steps = plan("robot-10a", "discrete", ActionKind.BLOCK_EGRESS, ActionKind.REVOKE_CREDENTIAL)
    assert kinds(steps.first + steps.middle + steps.last) == []
    assert len(steps.middle) == 2
