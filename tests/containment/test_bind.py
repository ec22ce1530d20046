from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.classes import CUTS, HARMLESS
from pullcord.containment.bind import plan_containment
from pullcord.model.explanation import Verdict
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.incident import Incident, ProductionRisk
from pullcord.model.inventory import FallbackHealth, Inventory, Mode, OtAccess
from pullcord.model.plan import Action, ActionClass, ActionKind, ApproverRole, Expiry, Plan, sealed
from tests.scenes import NO_PLANT, START, calls, finding, incident, injected, of_type, plant, told, types


def changed(inventory: Inventory, name: str, **fields: object) -> Inventory:
    systems = tuple(
        msgspec.structs.replace(system, **fields) if system.name == name else system
        for system in inventory.ai_systems
    )
    return msgspec.structs.replace(inventory, ai_systems=systems)


def injection(inventory: Inventory, agent: str = "desk-helper", **given_: object) -> Plan:
    found = injected(agent, trust=bool(given_.get("trust")))
    return plan_containment(incident(found, inventory), found, (), inventory, types(), calls=calls())


def contain(kind: str, asset: str, inventory: Inventory, done: tuple[Action, ...] = ()) -> Plan:
    one, found = of_type(kind, asset, inventory)
    return plan_containment(one, found, (), inventory, types(), done=done)


def kinds(plan: Plan) -> list[ActionKind]:
    return [action.kind for action in plan.actions]


def by_kind(plan: Plan, kind: ActionKind) -> Action:
    return next(action for action in plan.actions if action.kind is kind)


def test_an_injection_is_contained_so_that_the_call_becomes_impossible() -> None:
    plan = injection(plant("discrete"))
    assert kinds(plan) == [
        ActionKind.SNAPSHOT,
        ActionKind.NOTIFY_OWNER,
        ActionKind.QUARANTINE_CONTENT,
        ActionKind.BLOCK_DESTINATION,
        ActionKind.RESTRICT_TOOLS,
    ]
    restrict = by_kind(plan, ActionKind.RESTRICT_TOOLS)
    assert json.loads(restrict.params["tools"]) == ["send_mail"]
    assert json.loads(restrict.params["agents"]) == ["desk-helper", "planner-desk-helper"]
    block = by_kind(plan, ActionKind.BLOCK_DESTINATION)
    assert (block.target, json.loads(block.params["destinations"])) == ("drop.example", ["drop.example"])
    assert block.expiry is Expiry.ASK  # a suspect AI is behind it
    content = by_kind(plan, ActionKind.QUARANTINE_CONTENT)
    assert content.params["source"] == "search_mail(query=invoice)"
    assert json.loads(content.params["span_ids"]) == ["t1-r"]
    assert plan.plan_class is ActionClass.R1
    assert [(need.role, need.count) for need in plan.approvals] == [(ApproverRole.SECURITY, 1)]
    assert not plan.automatic
    assert plan == sealed(plan)


def test_every_action_says_what_to_expect_and_how_it_is_undone() -> None:
    for kind in types():
        for action in contain(kind, "weld-inspector", plant("discrete")).actions:
            assert action.expected, action.kind
            assert action.undo, action.kind


def test_the_explained_action_is_withdrawn_too() -> None:
    found = injected()[1:]
    one = incident(found, plant("discrete"))
    bare = msgspec.structs.replace(found[0], span_ids=())
    plan = plan_containment(one, [bare], [told()], plant("discrete"), types(), calls=calls())
    assert json.loads(by_kind(plan, ActionKind.RESTRICT_TOOLS).params["tools"]) == ["send_mail"]
    cleared = plan_containment(
        one, [bare], [told(Verdict.NO_ATTACK)], plant("discrete"), types(), calls=calls()
    )
    assert json.loads(by_kind(cleared, ActionKind.RESTRICT_TOOLS).params["tools"]) == [
        "book_room",
        "send_mail",
        "share_file",
    ]


def test_an_unregistered_agent_is_planned_for_at_r2_under_the_name_telemetry_uses() -> None:
    plan = injection(NO_PLANT, "Stranger Agent")
    restrict = by_kind(plan, ActionKind.RESTRICT_TOOLS)
    assert json.loads(restrict.params["agents"]) == ["Stranger Agent"]
    assert plan.plan_class is ActionClass.R2
    assert plan.mode is Mode.OBSERVE
    assert {need.role for need in plan.approvals} == {ApproverRole.SECURITY, ApproverRole.OT}


def test_a_session_without_an_agent_name_can_be_contained() -> None:
    found = [msgspec.structs.replace(one, asset=None, entities=()) for one in injected()]
    plan = plan_containment(incident(found, NO_PLANT), found, (), NO_PLANT, types(), calls=calls())
    assert "" in json.loads(by_kind(plan, ActionKind.RESTRICT_TOOLS).params["agents"])


def test_own_domains_are_not_blocked() -> None:
    found = injected()
    found[0] = msgspec.structs.replace(found[0], entities=("destination:boss@brackwede-doors.example",))
    plan = plan_containment(
        incident(found, plant("discrete")), found, (), plant("discrete"), types(), calls=calls()
    )
    assert ActionKind.BLOCK_DESTINATION not in kinds(plan)
    assert any("belongs to the plant" in refusal.why for refusal in plan.refused)


def test_a_switch_comes_first_and_only_to_the_allowed_node() -> None:
    plan = contain("unsafe-setpoint", "reactor-optimiser", plant("process"))
    assert kinds(plan)[:2] == [ActionKind.SWITCH_TO_FALLBACK, ActionKind.SNAPSHOT]
    switch = plan.actions[0]
    assert switch.params["node"] == "opc.tcp://10.40.1.10:4840/ns=2;s=R101.APC.Request"
    assert switch.params["direction"] == "ai-to-manual"
    assert switch.reaches_ot
    assert switch.action_class.rank >= ActionClass.R2.rank
    assert "TT-102" in plan.fallback


def test_no_usable_fallback_holds_lots_and_asks_people_and_cuts_nothing() -> None:
    system = next(s for s in plant("process").ai_systems if s.name == "reactor-optimiser")
    assert system.fallback is not None
    for fallback in (None, msgspec.structs.replace(system.fallback, health=FallbackHealth.UNKNOWN)):
        inventory = changed(plant("process"), "reactor-optimiser", fallback=fallback)
        plan = contain("unsafe-setpoint", "reactor-optimiser", inventory)
        assert ActionKind.SWITCH_TO_FALLBACK not in kinds(plan)
        assert ActionKind.HOLD_LOTS in kinds(plan)
        assert json.loads(by_kind(plan, ActionKind.ASK_PEOPLE).params["options"]) == ["run", "slow", "stop"]
        assert not CUTS & set(kinds(plan))
        assert any("switch reactor-optimiser" in refusal.what for refusal in plan.refused)


def test_a_fallback_on_the_same_sensor_is_refused() -> None:
    system = next(s for s in plant("process").ai_systems if s.name == "reactor-optimiser")
    assert system.fallback is not None
    shared = msgspec.structs.replace(system.fallback, sensors=("TT-101",))
    inventory = changed(plant("process"), "reactor-optimiser", fallback=shared)
    plan = contain("sensor-spoofing", "reactor-optimiser", inventory)
    assert ActionKind.SWITCH_TO_FALLBACK not in kinds(plan)
    assert any("same suspect inputs" in refusal.why for refusal in plan.refused)


def test_a_gatekeeper_goes_to_people_or_holds_lots_never_to_pass_all() -> None:
    plan = contain("vision-evasion", "weld-inspector", plant("discrete"))
    assert plan.actions[0].kind is ActionKind.SWITCH_TO_FALLBACK
    assert ActionKind.HOLD_LOTS in kinds(plan)
    system = next(s for s in plant("discrete").ai_systems if s.name == "weld-inspector")
    assert system.fallback is not None
    open_gate = msgspec.structs.replace(system.fallback, procedure="Let all doors through until Monday.")
    plan = contain(
        "vision-evasion", "weld-inspector", changed(plant("discrete"), "weld-inspector", fallback=open_gate)
    )
    assert ActionKind.SWITCH_TO_FALLBACK not in kinds(plan)
    assert ActionKind.HOLD_LOTS in kinds(plan)


def test_a_cut_needs_complete_and_confirmed_dependants() -> None:
    done_well = contain("tool-abuse", "desk-helper", plant("discrete"))
    assert kinds(done_well)[-1] is ActionKind.DISABLE_AGENT
    for name, inventory in (("press-health", plant("discrete")), ("stranger", NO_PLANT)):
        plan = contain("tool-abuse", name, inventory)
        assert not CUTS & set(kinds(plan))
        assert ActionKind.ASK_PEOPLE in kinds(plan)
        assert any(name in refusal.what for refusal in plan.refused)


def test_a_closed_loop_is_cut_only_after_its_switch() -> None:
    before = contain("tool-abuse", "reactor-optimiser", plant("process"))
    assert not CUTS & set(kinds(before))
    switch = contain("unsafe-setpoint", "reactor-optimiser", plant("process")).actions[0]
    after = contain("tool-abuse", "reactor-optimiser", plant("process"), done=(switch,))
    assert ActionKind.DISABLE_AGENT in kinds(after)


def test_a_shared_credential_is_not_revoked() -> None:
    systems = changed(plant("discrete"), "maintenance-copilot", credentials=("svc-desk-helper",))
    plan = contain("credential-theft", "desk-helper", systems)
    assert ActionKind.REVOKE_CREDENTIAL not in kinds(plan)
    assert any("use it too" in refusal.why for refusal in plan.refused)
    alone = contain("credential-theft", "desk-helper", plant("discrete"))
    assert by_kind(alone, ActionKind.REVOKE_CREDENTIAL).params["credential"] == "svc-desk-helper"


def test_an_outside_address_without_an_ai_behind_it_releases_itself() -> None:
    found = [
        finding(f"e{n}", n, asset="agent-host-1", title="Brute force", entities=("address:203.0.113.9",))
        for n in range(2)
    ]
    plan = plan_containment(incident(found, plant("discrete")), found, (), plant("discrete"), types())
    block = by_kind(plan, ActionKind.BLOCK_DESTINATION)
    assert (block.expiry, block.action_class) == (Expiry.RELEASE, ActionClass.R0)


def test_a_safety_function_is_never_a_target() -> None:
    for kind in types():
        plan = contain(kind, "sis-r101", plant("process"))
        assert {action.kind for action in plan.actions} <= HARMLESS
        assert any("safety function" in refusal.why for refusal in plan.refused)


@pytest.mark.parametrize(
    ("mode", "trust", "runs"),
    [
        (Mode.OBSERVE, True, False),
        (Mode.RECOMMEND, True, False),
        (Mode.ACT_R0, True, False),
        (Mode.ACT_R1, True, True),
        (Mode.ACT_R1, False, False),
    ],
)
def test_automatic_needs_mode_class_and_an_authenticated_source(mode: Mode, trust: bool, runs: bool) -> None:  # noqa: FBT001
    inventory = changed(plant("discrete"), "desk-helper", mode=mode)
    plan = injection(inventory, trust=trust)
    assert plan.automatic is runs
    assert plan.mode is mode


def test_text_and_reports_never_trigger_an_action() -> None:
    inventory = changed(plant("discrete"), "desk-helper", mode=Mode.ACT_R1)
    found = [
        msgspec.structs.replace(one, kind=kind)
        for one, kind in zip(injected(trust=True), (FindingKind.TEXT, FindingKind.REPORT), strict=True)
    ]
    plan = plan_containment(incident(found, inventory), found, (), inventory, types(), calls=calls())
    assert not plan.automatic


def test_what_was_done_counts_and_is_not_repeated() -> None:
    one, found = of_type("tool-abuse", "desk-helper", plant("discrete"))
    first = plan_containment(one, found, (), plant("discrete"), types())
    heavy = msgspec.structs.replace(first.actions[0], id="act-other", action_class=ActionClass.R3)
    again = plan_containment(one, found, (), plant("discrete"), types(), done=(*first.actions, heavy))
    assert again.actions == ()
    assert again.plan_class is ActionClass.R3
    assert again.approvals == ()


def test_three_systems_at_once_are_broad() -> None:
    found = [
        finding(f"f{name}", n, asset=name, incident_type="data-poisoning", entities=("credential:k",))
        for n, name in enumerate(("desk-helper", "maintenance-copilot", "press-health"))
    ]
    plan = plan_containment(incident(found, plant("discrete")), found, (), plant("discrete"), types())
    assert plan.plan_class is ActionClass.R3
    assert {a.action_class for a in plan.actions if a.kind not in HARMLESS} == {ActionClass.R3}


def test_an_unknown_type_is_left_to_evidence_and_people() -> None:
    one, found = of_type("tool-abuse", "desk-helper", plant("discrete"))
    plan = plan_containment(one, found, (), plant("discrete"), {})
    assert set(kinds(plan)) == HARMLESS


def test_hundreds_of_suspects_and_destinations_stay_bounded() -> None:
    names = [f"agent-{n}" for n in range(300)]
    one = Incident(
        id="inc-x",
        title="t",
        type="data-leakage",
        severity=Severity.HIGH,
        malicious=0.9,
        finding_ids=(),
        first_time=START,
        last_time=START,
        assets=tuple(names),
        production_at_risk=ProductionRisk.UNKNOWN,
    )
    found = [finding(name, asset=name, entities=(f"destination:{name}.example",)) for name in names]
    plan = plan_containment(one, found, (), NO_PLANT, types())
    assert len(plan.actions) < 250
    assert any("more suspects" in refusal.what for refusal in plan.refused)
    assert any("more destinations" in refusal.what for refusal in plan.refused)


everywhere = st.sampled_from(
    [
        (name, asset)
        for name in ("discrete", "process", "logistics")
        for asset in [s.name for s in plant(name).ai_systems]
        + [
            a.name
            for site in plant(name).sites
            for line in site.lines
            for cell in line.cells
            for a in cell.assets
        ]
    ]
)


@given(st.sampled_from(sorted(types())), everywhere, st.sampled_from(Mode), st.booleans())
def test_no_plan_reaches_a_never_node_or_a_safety_function(
    kind: str,
    where: tuple[str, str],
    mode: Mode,
    all_switchable: bool,  # noqa: FBT001  (drawn)
) -> None:
    name, asset = where
    inventory = plant(name)
    systems = tuple(msgspec.structs.replace(system, mode=mode) for system in inventory.ai_systems)
    inventory = msgspec.structs.replace(inventory, ai_systems=systems)
    allowed = {n.address for s in systems for n in s.ot_nodes if n.access is OtAccess.MODE_SWITCH}
    safety = {
        a.name
        for site in inventory.sites
        for line in site.lines
        for cell in line.cells
        for a in cell.assets
        if a.safety
    }
    done = tuple(contain("unsafe-setpoint", asset, inventory).actions) if all_switchable else ()
    plan = contain(kind, asset, inventory, done)
    for action in plan.actions:
        assert action.reaches_ot is (action.kind is ActionKind.SWITCH_TO_FALLBACK)
        if action.reaches_ot:
            assert action.params["node"] in allowed
        if action.kind not in HARMLESS:
            assert action.target not in safety
    assert plan.plan_class.rank >= max((a.action_class.rank for a in (*plan.actions, *done)), default=0)
    assert mode in {Mode.ACT_R0, Mode.ACT_R1} or not plan.automatic


@given(
    st.sampled_from(sorted(types())),
    st.sampled_from(["desk-helper", "maintenance-copilot", "weld-inspector", "press-health"]),
    st.lists(st.sampled_from(sorted(types())), max_size=3),
)
def test_the_class_only_rises_with_what_was_done(kind: str, asset: str, before: list[str]) -> None:
    inventory = plant("discrete")
    done: tuple[Action, ...] = ()
    last = contain(kind, asset, inventory).plan_class.rank
    for earlier in before:
        done += contain(earlier, "weld-inspector", inventory).actions
        rank = contain(kind, asset, inventory, done).plan_class.rank
        assert rank >= last
        last = rank


@given(st.permutations(injected() + injected(trace="t2")))
def test_the_plan_does_not_depend_on_the_order_of_findings(found: list[Finding]) -> None:
    inventory = plant("discrete")
    one = incident(injected() + injected(trace="t2"), inventory)
    known = calls() | calls("t2")
    plan = plan_containment(one, found, (), inventory, types(), calls=known)
    reference = plan_containment(one, injected() + injected(trace="t2"), (), inventory, types(), calls=known)
    assert plan.hash == reference.hash
