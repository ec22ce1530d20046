from __future__ import annotations

from msgspec.structs import replace

from pullcord.detection.behaviour.knowledge import Knowledge, knowledge_of, node_names
from pullcord.model.inventory import OtAccess, OtNode
from tests.scenes import NO_PLANT, plant


def test_what_an_inventory_says_is_kept_for_looking_up() -> None:
    known = knowledge_of(plant("discrete"), ["PULLCORD-CANARY-0123456789abcdef"] * 2)
    assert known.system("Fitter-Copilot") == "maintenance-copilot"
    assert known.system(None) is None
    assert known.system("nobody") is None
    assert "brackwede-doors.example" in known.internal_domains
    assert "create_work_order" in known.side_effects["maintenance-copilot"]
    assert "read_ticket" in known.tools["maintenance-copilot"]
    assert known.credentials["svc-desk-helper"] == "desk-helper"
    node = "opc.tcp://10.20.20.6:4840/ns=4;s=Gate20.ManualInspection".casefold()
    assert known.nodes[node] == ("weld-inspector", OtAccess.MODE_SWITCH)
    assert (known.assets["plc-10"], known.assets["10.20.10.5"], known.assets["r10a"]) == (1, 1, 1)
    assert known.canaries == ("PULLCORD-CANARY-0123456789abcdef",)


def test_closed_loops_are_known_by_their_role() -> None:
    assert knowledge_of(plant("logistics")).closed_loop == {"fleet-dispatcher"}


def test_nothing_is_known_of_an_empty_plant() -> None:
    assert knowledge_of(NO_PLANT) == Knowledge()


def test_a_node_is_found_however_records_name_it() -> None:
    known = node_names("opc.tcp://10.1.1.1:4840/ns=2;s=WI07.Limit")
    assert known == ("opc.tcp://10.1.1.1:4840/ns=2;s=wi07.limit", "ns=2;s=wi07.limit", "tag wi07limit")
    for name in ("ns=2;s=WI07.Limit", "WI-07.limit", "wi07_limit"):
        assert set(node_names(name)) & set(known), name
    assert not set(node_names("WI-07.mode")) & set(known)
    assert node_names("") == ("",)
    assert node_names("ns=2;i=4711") == ("ns=2;i=4711",)


def test_a_short_name_that_means_two_nodes_means_none() -> None:
    whole = plant("discrete")
    first, second = whole.ai_systems[:2]
    twins = (
        replace(first, ot_nodes=(OtNode(address="opc.tcp://a:1/ns=2;s=Mode", access=OtAccess.MODE_SWITCH),)),
        replace(second, ot_nodes=(OtNode(address="opc.tcp://b:1/ns=2;s=Mode"),)),
    )
    nodes = knowledge_of(replace(whole, ai_systems=twins)).nodes
    assert set(nodes) == {"opc.tcp://a:1/ns=2;s=mode", "opc.tcp://b:1/ns=2;s=mode"}
