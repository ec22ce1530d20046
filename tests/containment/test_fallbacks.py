from __future__ import annotations

import msgspec
import pytest

from pullcord.analysis.plant import Plant
from pullcord.containment.fallbacks import cut_problem, fallback_problem, switch_node, switch_problem
from pullcord.containment.suspects import Suspect
from pullcord.model.inventory import AiSystem, Dependant, Fallback, FallbackHealth, OtAccess, OtNode, Role
from tests.scenes import plant

FALLBACK = Fallback(procedure="By hand.", health=FallbackHealth.HEALTHY)
SYSTEM = AiSystem(
    name="x",
    role=Role.ADVISORY,
    owner="o",
    inputs=("cam",),
    credentials=("key",),
    fallback=FALLBACK,
    ot_nodes=(OtNode(address="n1"), OtNode(address="n2", access=OtAccess.MODE_SWITCH)),
    dependants_complete=True,
)


def suspect(system: AiSystem | None, name: str = "x", where: str = "discrete") -> Suspect:
    inventory = plant(where)
    systems = (*inventory.ai_systems, *((system,) if system else ()))
    graph = Plant(msgspec.structs.replace(inventory, ai_systems=systems))
    return Suspect(name=name, system=system, asset=None, reach=graph.reach(name), names=(name,))


def test_only_a_mode_switch_node_is_ever_chosen() -> None:
    assert switch_node(SYSTEM) == SYSTEM.ot_nodes[1]
    never = msgspec.structs.replace(
        SYSTEM, ot_nodes=(OtNode(address="a"), OtNode(address="b", access=OtAccess.READ))
    )
    assert switch_node(never) is None
    assert "never written" in (switch_problem(never, "malfunction") or "")


@pytest.mark.parametrize(
    ("changes", "kind", "why"),
    [
        ({"health": FallbackHealth.UNKNOWN}, "malfunction", "unknown"),
        ({"health": FallbackHealth.UNHEALTHY}, "malfunction", "unhealthy"),
        ({"sensors": ("CAM",)}, "sensor-spoofing", "same suspect inputs: CAM"),
        ({"credentials": ("Key",)}, "credential-theft", "same suspect credentials: Key"),
    ],
)
def test_a_fallback_that_would_not_hold(changes: dict[str, object], kind: str, why: str) -> None:
    system = msgspec.structs.replace(SYSTEM, fallback=msgspec.structs.replace(FALLBACK, **changes))
    assert why in (fallback_problem(system, kind) or "")
    assert why in (switch_problem(system, kind) or "")


def test_a_fallback_that_holds() -> None:
    assert fallback_problem(SYSTEM, "sensor-spoofing") is None
    assert switch_problem(SYSTEM, "sensor-spoofing") is None
    assert "no fallback" in (fallback_problem(msgspec.structs.replace(SYSTEM, fallback=None), "x") or "")


@pytest.mark.parametrize(
    "procedure",
    ["Pass all doors.", "Let every part through", "accept them all", "Bypass the gate", "skip inspection"],
)
def test_a_gatekeeper_never_passes_all(procedure: str) -> None:
    fallback = msgspec.structs.replace(FALLBACK, procedure=procedure)
    gate = msgspec.structs.replace(SYSTEM, role=Role.GATEKEEPER, fallback=fallback)
    assert "pass all" in (fallback_problem(gate, "vision-evasion") or "")


def test_inspection_by_people_is_a_good_procedure() -> None:
    for name in ("discrete", "logistics"):
        for system in plant(name).ai_systems:
            if system.role is Role.GATEKEEPER:
                assert fallback_problem(system, "vision-evasion") is None


def test_a_cut_needs_to_know_what_depends_on_it() -> None:
    assert cut_problem(suspect(SYSTEM), "tool-abuse", switched=False) is None
    assert "not registered" in (cut_problem(suspect(None, "stranger"), "tool-abuse", switched=True) or "")
    open_list = msgspec.structs.replace(SYSTEM, dependants_complete=False)
    assert "not complete" in (cut_problem(suspect(open_list), "tool-abuse", switched=True) or "")
    unconfirmed = msgspec.structs.replace(SYSTEM, dependants=(Dependant(name="plc-10"),))
    assert "not confirmed its dependants plc-10" in (
        cut_problem(suspect(unconfirmed), "x", switched=True) or ""
    )


def test_production_is_switched_before_it_is_cut() -> None:
    used = msgspec.structs.replace(SYSTEM, dependants=(Dependant(name="plc-10", confirmed="2026-01-01"),))
    assert "switched to its fallback first" in (
        cut_problem(suspect(used), "tool-abuse", switched=False) or ""
    )
    assert cut_problem(suspect(used), "tool-abuse", switched=True) is None
    bare = msgspec.structs.replace(used, fallback=None)
    assert "no fallback" in (cut_problem(suspect(bare), "tool-abuse", switched=True) or "")
