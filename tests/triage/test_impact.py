from __future__ import annotations

from pullcord.analysis.plant import Plant
from pullcord.model.incident import ProductionRisk
from pullcord.model.inventory import Criticality
from pullcord.triage.impact import Assessor, Impact
from tests.scenes import NO_PLANT, plant


def assess(name: str, *assets: str, kind: str = "tool-abuse") -> Impact:
    return Assessor(Plant(plant(name))).assess(assets, kind)


def test_yes_comes_with_the_path() -> None:
    impact = assess("discrete", "weld-inspector")
    assert impact.production_at_risk is ProductionRisk.YES
    assert impact.path == ("weld-inspector", "reject-gate-20", "inspection-cell-20", "door-line-1")
    assert impact.lines == ("door-line-1",)
    assert impact.criticality is Criticality.CRITICAL


def test_the_way_goes_through_other_ai_systems() -> None:
    impact = assess("process", "recipe-adviser")
    assert impact.production_at_risk is ProductionRisk.YES
    assert impact.path[:2] == ("recipe-adviser", "reactor-optimiser")


def test_no_needs_a_complete_list() -> None:
    assert assess("discrete", "desk-helper").production_at_risk is ProductionRisk.NO
    assert assess("discrete", "press-health").production_at_risk is ProductionRisk.UNKNOWN


def test_what_nobody_registered_is_unknown() -> None:
    impact = assess("discrete", "desk-helper", "stranger")
    assert impact.production_at_risk is ProductionRisk.UNKNOWN
    assert impact.unknown == ("stranger",)
    assert Assessor(Plant(NO_PLANT)).assess((), "tool-abuse").production_at_risk is ProductionRisk.UNKNOWN


def test_exposed_is_what_the_suspects_can_read_unless_nothing_is_read() -> None:
    assert assess("discrete", "desk-helper").exposed == ("personal-data", "supplier")
    assert assess("discrete", "desk-helper", kind="denial-of-service").exposed == ()


def test_a_floor_asset_is_production_and_an_office_server_says_nothing() -> None:
    assert assess("discrete", "robot-10a").production_at_risk is ProductionRisk.YES
    assert assess("discrete", "agent-host-1").production_at_risk is ProductionRisk.UNKNOWN


def test_safety_is_named() -> None:
    assert assess("discrete", "light-curtain-10").safety == ("light-curtain-10",)
