from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pullcord.model.inventory import Mode
from pullcord.model.plan import (
    Action,
    ActionClass,
    ActionKind,
    ApprovalNeed,
    ApproverRole,
    Expiry,
    Plan,
    PlanPurpose,
    Refusal,
    VerificationLevel,
    action_id,
    sealed,
)

ACTION = Action(id="act-1", kind=ActionKind.THROTTLE, target="copilot", action_class=ActionClass.R1)
PLAN = Plan(
    id="",
    hash="",
    incident_id="inc-1",
    purpose=PlanPurpose.CONTAIN,
    plan_class=ActionClass.R1,
    mode=Mode.OBSERVE,
    actions=(ACTION,),
)
OTHERWISE: dict[str, Any] = {
    "incident_id": "inc-2",
    "purpose": PlanPurpose.RECOVER,
    "plan_class": ActionClass.R2,
    "mode": Mode.ACT_R1,
    "actions": (ACTION, ACTION),
    "approvals": (ApprovalNeed(role=ApproverRole.OT),),
    "automatic": True,
    "reasons": ("because",),
    "refused": (Refusal(what="cut", why="dependants unknown"),),
    "fallback": "by hand",
    "gates": ("golden set",),
    "systems": ("copilot",),
}
ACTION_OTHERWISE: dict[str, Any] = {
    "id": "act-2",
    "kind": ActionKind.SNAPSHOT,
    "target": "Copilot",
    "action_class": ActionClass.R0,
    "params": {"tools": "[]"},
    "reasons": ("because",),
    "undo": "take back",
    "expiry": Expiry.RELEASE,
    "expected": "quiet",
    "verify_level": VerificationLevel.EFFECT,
    "reaches_ot": True,
}


def test_the_tables_name_every_field() -> None:
    assert {*OTHERWISE, "id", "hash"} == set(Plan.__struct_fields__)
    assert set(ACTION_OTHERWISE) == set(Action.__struct_fields__)


@pytest.mark.parametrize("field", OTHERWISE)
def test_the_hash_changes_with_every_field(field: str) -> None:
    changed = msgspec.structs.replace(PLAN, **{field: OTHERWISE[field]})
    assert sealed(changed).hash != sealed(PLAN).hash
    assert sealed(changed).id != sealed(PLAN).id


@pytest.mark.parametrize("field", ACTION_OTHERWISE)
def test_the_hash_changes_with_every_field_of_an_action(field: str) -> None:
    action = msgspec.structs.replace(ACTION, **{field: ACTION_OTHERWISE[field]})
    assert sealed(msgspec.structs.replace(PLAN, actions=(action,))).hash != sealed(PLAN).hash


def test_sealing_changes_only_id_and_hash_and_is_stable() -> None:
    once = sealed(PLAN)
    assert sealed(once) == once
    assert once.id == f"plan-{once.hash[:20]}"
    assert msgspec.structs.replace(once, id="", hash="") == PLAN


def test_the_id_of_an_action_follows_what_it_does() -> None:
    base = action_id("inc", ActionKind.RESTRICT_TOOLS, "copilot", {"tools": '["a"]', "why": "x"})
    assert base == action_id("inc", ActionKind.RESTRICT_TOOLS, "copilot", {"why": "x", "tools": '["a"]'})
    others = {
        action_id("in", ActionKind.RESTRICT_TOOLS, "copilot", {"tools": '["a"]', "why": "x"}),
        action_id("inc", ActionKind.DISABLE_AGENT, "copilot", {"tools": '["a"]', "why": "x"}),
        action_id("inc", ActionKind.RESTRICT_TOOLS, "copilot2", {"tools": '["a"]', "why": "x"}),
        action_id("inc", ActionKind.RESTRICT_TOOLS, "copilot", {"tools": '["b"]', "why": "x"}),
    }
    assert len(others | {base}) == 5


def test_classes_rise_and_there_is_no_class_for_safety() -> None:
    assert [one.rank for one in ActionClass] == [0, 1, 2, 3]
    assert [one.value for one in ActionClass] == ["R0", "R1", "R2", "R3"]
