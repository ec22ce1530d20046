from __future__ import annotations

import pytest

from pullcord.analysis.classes import (
    BASE,
    HARMLESS,
    approvals,
    broadened,
    healthy,
    highest,
    lowest_mode,
    mode_allows,
    raised,
    targets,
)
from pullcord.analysis.plant import Plant, Reach
from pullcord.model.inventory import Fallback, FallbackHealth, Mode
from pullcord.model.plan import Action, ActionClass, ActionKind, ApproverRole
from tests.scenes import plant


def action(kind: ActionKind, target: str) -> Action:
    return Action(id=f"{kind}-{target}", kind=kind, target=target, action_class=BASE[kind])


def test_every_kind_has_a_class() -> None:
    assert set(BASE) == set(ActionKind)
    assert {kind for kind in ActionKind if BASE[kind] is ActionClass.R0} == HARMLESS | {
        ActionKind.BLOCK_DESTINATION
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("desk-helper", ActionClass.R1),
        ("maintenance-copilot", ActionClass.R1),
        ("press-health", ActionClass.R2),
        ("weld-inspector", ActionClass.R2),
    ],
)
def test_what_the_target_adds(name: str, expected: ActionClass) -> None:
    graph = Plant(plant("discrete"))
    found, reasons = raised(ActionKind.RESTRICT_TOOLS, graph.system(name), graph.reach(name))
    assert found is expected
    assert bool(reasons) is (expected is ActionClass.R2)


@pytest.mark.parametrize("kind", list(ActionKind))
def test_a_target_never_lowers_a_class_and_a_stranger_is_r2(kind: ActionKind) -> None:
    found, reasons = raised(kind, None, Reach(unknown=("x",)))
    assert found.rank >= BASE[kind].rank
    if kind not in HARMLESS:
        assert found.rank >= ActionClass.R2.rank
        assert "not registered" in reasons[0]


def test_a_host_that_is_registered_is_not_called_unregistered() -> None:
    assert raised(ActionKind.PATCH, None, Reach(), host=True) == (ActionClass.R2, ())


def test_unknown_health_is_not_healthy() -> None:
    assert not healthy(None)
    assert not healthy(Fallback(procedure="p"))
    assert healthy(Fallback(procedure="p", health=FallbackHealth.HEALTHY))


def test_three_systems_are_broad_and_hosts_and_earlier_actions_count_as_they_should() -> None:
    actions = tuple(action(ActionKind.RESTRICT_TOOLS, name) for name in "abc")
    wide, reasons = broadened(actions, ())
    assert {one.action_class for one in wide} == {ActionClass.R3}
    assert reasons
    assert broadened(actions, ("c",)) == (actions, ())
    assert broadened(actions[:2], (), (actions[2],))[0][0].action_class is ActionClass.R3


def test_harmless_actions_and_outside_addresses_change_nothing_here() -> None:
    aside = [action(kind, "x") for kind in (*HARMLESS, ActionKind.BLOCK_DESTINATION)]
    assert targets([*aside, action(ActionKind.THROTTLE, "y")]) == {"y"}


def test_approvals_rise_with_the_class() -> None:
    roles = [{need.role for need in approvals(one)} for one in ActionClass]
    both = {ApproverRole.SECURITY, ApproverRole.OT}
    assert roles == [set(), {ApproverRole.SECURITY}, both, both]


def test_modes() -> None:
    assert [mode for mode in Mode if mode_allows(mode, ActionClass.R0)] == [Mode.ACT_R0, Mode.ACT_R1]
    assert [mode for mode in Mode if mode_allows(mode, ActionClass.R1)] == [Mode.ACT_R1]
    assert not any(mode_allows(mode, ActionClass.R2) for mode in Mode)
    graph = Plant(plant("discrete"))
    assert lowest_mode([graph.system("desk-helper")]) is Mode.RECOMMEND
    assert lowest_mode([graph.system("desk-helper"), None]) is lowest_mode([]) is Mode.OBSERVE


def test_highest() -> None:
    assert highest([]) is ActionClass.R0
    assert highest([ActionClass.R1, ActionClass.R3, ActionClass.R0]) is ActionClass.R3
