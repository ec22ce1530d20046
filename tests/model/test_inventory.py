from __future__ import annotations

from pullcord.model.inventory import AiSystem, Criticality, Mode, OtAccess, OtNode, Role


def test_criticality_rises() -> None:
    assert [one.rank for one in Criticality] == [0, 1, 2, 3]
    assert Criticality.CRITICAL.rank > Criticality.LOW.rank


def test_what_is_not_said_is_the_careful_choice() -> None:
    system = AiSystem(name="copilot", role=Role.ADVISORY, owner="maintenance")
    assert system.mode is Mode.OBSERVE
    assert not system.dependants_complete
    assert system.fallback is None
    assert OtNode(address="ns=2;s=x").access is OtAccess.NEVER
