from __future__ import annotations

import json

from pullcord.analysis.plant import Plant
from pullcord.model.plan import Action, ActionClass, ActionKind, Expiry, Refusal
from pullcord.recovery.cause import Cause, Origin
from pullcord.recovery.remedies import Patient, remedies, return_to_service
from tests.scenes import incident, injected, plant, types

ONE = incident(injected(), plant("discrete"))
GRAPH = Plant(plant("discrete"))
KNOWN = Cause(origins=(Origin("t1", "t1-r", "search_mail()", 0.9),), tools=("send_mail",))


def only(kind: ActionKind, name: str, cause: Cause = KNOWN) -> Action | Refusal:
    (step,) = remedies(ONE, kind, Patient.of(name, GRAPH), cause)
    return step


def test_every_kind_a_type_recovers_with_can_be_built() -> None:
    for kind in {kind for one in types().values() for kind in one.recover} - {ActionKind.RETURN_TO_SERVICE}:
        for name in ("desk-helper", "maintenance-copilot", "stranger"):
            assert remedies(ONE, kind, Patient.of(name, GRAPH), KNOWN), kind


def test_content_is_purged_only_where_the_cause_is_known_and_after_an_export() -> None:
    purge = only(ActionKind.PURGE_CONTENT, "desk-helper")
    assert isinstance(purge, Action)
    assert purge.action_class is ActionClass.R3
    assert purge.params["export_first"] == "true"
    assert json.loads(purge.params["span_ids"]) == ["t1-r"]
    assert isinstance(only(ActionKind.PURGE_CONTENT, "desk-helper", Cause()), Refusal)


def test_the_tools_that_carried_it_out_are_tightened() -> None:
    tighten = only(ActionKind.TIGHTEN_TOOL_POLICY, "desk-helper")
    assert isinstance(tighten, Action)
    assert json.loads(tighten.params["tools"]) == ["send_mail"]
    assert "planner-desk-helper" in json.loads(tighten.params["agents"])
    broad = only(ActionKind.TIGHTEN_TOOL_POLICY, "desk-helper", Cause())
    assert isinstance(broad, Action)
    assert len(json.loads(broad.params["tools"])) == 3
    assert isinstance(only(ActionKind.TIGHTEN_TOOL_POLICY, "stranger", Cause()), Refusal)


def test_what_is_not_registered_cannot_be_rotated_or_rolled_back() -> None:
    assert isinstance(only(ActionKind.ROTATE_CREDENTIAL, "stranger"), Refusal)
    assert isinstance(only(ActionKind.ROLL_BACK_MODEL, "stranger"), Refusal)
    assert isinstance(only(ActionKind.ROLL_BACK_MODEL, "weld-inspector"), Action)


def test_a_patient_is_found_by_alias_and_safety_is_untouchable() -> None:
    assert Patient.of("weld-vision", GRAPH).name == "weld-inspector"
    assert Patient.of("light-curtain-10", GRAPH).untouchable
    assert Patient.of("agent-host-1", GRAPH).host


def test_a_return_names_its_gates_and_never_happens_by_itself() -> None:
    action = return_to_service(ONE, Patient.of("desk-helper", GRAPH), ("gate",))
    assert json.loads(action.params["gates"]) == ["gate"]
    assert action.action_class is ActionClass.R2
    assert action.expiry is Expiry.NONE
