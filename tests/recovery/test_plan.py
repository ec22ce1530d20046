from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.containment.bind import plan_containment
from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.plan import ActionClass, ActionKind, ApproverRole, Plan, PlanPurpose, sealed
from pullcord.recovery.plan import plan_recovery
from tests.scenes import calls, incident, injected, of_type, plant, told, types


def recover(explanations: list[Explanation], agent: str = "desk-helper", where: str = "discrete") -> Plan:
    found, inventory = injected(agent), plant(where)
    one = incident(found, inventory)
    contained = plan_containment(one, found, (), inventory, types(), calls=calls())
    return plan_recovery(one, explanations, inventory, types(), contained, calls=calls())


def recover_type(kind: str, asset: str, where: str) -> Plan:
    one, found = of_type(kind, asset, plant(where))
    contained = plan_containment(one, found, (), plant(where), types())
    return plan_recovery(one, (), plant(where), types(), contained)


def kinds(plan: Plan) -> list[ActionKind]:
    return [action.kind for action in plan.actions]


def test_a_known_cause_is_removed_and_the_way_back_has_gates() -> None:
    plan = recover([told()])
    assert kinds(plan) == [
        ActionKind.PURGE_CONTENT,
        ActionKind.TIGHTEN_TOOL_POLICY,
        ActionKind.ROTATE_CREDENTIAL,
        ActionKind.RETURN_TO_SERVICE,
    ]
    assert plan.plan_class is ActionClass.R3
    assert len(plan.gates) == 4
    assert {need.role for need in plan.approvals} == set(ApproverRole)
    assert plan.purpose is PlanPurpose.RECOVER
    assert any("Root cause in session t1" in reason for reason in plan.reasons)
    assert plan == sealed(plan)


def test_an_unknown_cause_is_said_and_the_containment_stays() -> None:
    for explanations in ([], [told(Verdict.CANNOT_TELL)], [told(confidence=0.2)]):
        plan = recover(explanations)
        assert ActionKind.PURGE_CONTENT not in kinds(plan)
        assert any("Root cause unknown" in reason for reason in plan.reasons)
        assert any("stays contained" in reason for reason in plan.reasons)
        assert any("root cause is unknown" in refusal.why for refusal in plan.refused)


def test_no_attack_needs_no_recovery() -> None:
    plan = recover([told(Verdict.NO_ATTACK)])
    assert (plan.actions, plan.approvals, plan.gates) == ((), (), ())
    assert "No recovery needed" in plan.reasons[0]


def test_an_attempt_is_called_one() -> None:
    assert "did not succeed" in " ".join(recover([told(Verdict.ATTACK_ATTEMPTED)]).reasons)


def test_what_reaches_production_goes_back_only_with_its_ml_owner_and_ot() -> None:
    plan = recover_type("unsafe-setpoint", "reactor-optimiser", "process")
    assert ActionKind.ROLL_BACK_MODEL in kinds(plan)
    assert {ApproverRole.ML_OWNER, ApproverRole.OT} <= {need.role for need in plan.approvals}


def test_a_safety_function_is_left_to_people() -> None:
    plan = recover_type("malfunction", "sis-r101", "process")
    assert plan.actions == ()
    assert any("safety" in refusal.why for refusal in plan.refused)


@given(
    st.sampled_from(sorted(types())),
    st.sampled_from(
        [("process", s.name) for s in plant("process").ai_systems] + [("process", "nobody-knows")]
    ),
)
def test_nothing_comes_back_by_itself(kind: str, where: tuple[str, str]) -> None:
    plan = recover_type(kind, where[1], where[0])
    assert not plan.automatic
    returns = [action for action in plan.actions if action.kind is ActionKind.RETURN_TO_SERVICE]
    assert bool(returns) is bool(plan.gates)
    if returns:
        assert kinds(plan)[-1] is ActionKind.RETURN_TO_SERVICE
        assert ApproverRole.ML_OWNER in {need.role for need in plan.approvals}
    assert not any(action.reaches_ot for action in plan.actions)
    assert all(action.expected and action.undo for action in plan.actions)


def test_a_system_that_calls_no_tools_has_no_tool_policy_and_read_nothing() -> None:
    cause = [told()]
    through_tools = {ActionKind.PURGE_CONTENT, ActionKind.TIGHTEN_TOOL_POLICY}
    assert through_tools <= set(kinds(recover(cause)))
    where, found = plant("discrete"), injected("desk-helper")
    bare = msgspec.structs.replace(
        where,
        ai_systems=tuple(msgspec.structs.replace(one, tools=(), side_effects=()) for one in where.ai_systems),
    )
    one = incident(found, bare)
    contained = plan_containment(one, found, (), bare, types(), calls=calls())
    after = plan_recovery(one, cause, bare, types(), contained, calls=calls())
    assert not through_tools & set(kinds(after))
    assert ActionKind.RETURN_TO_SERVICE in kinds(after)
