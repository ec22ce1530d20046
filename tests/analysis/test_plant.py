from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.plant import Plant, fold, speaks_of, walk
from pullcord.model.inventory import AiSystem, Dependant, Role
from tests.scenes import NO_PLANT, finding, plant


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("name", ["weld-inspector", "WELD-VISION", " weld-vision ", "\uff57eld-vision"])
def test_a_system_is_found_by_any_of_its_names(name: str) -> None:
    system = Plant(plant("discrete")).system(name)
    assert system is not None
    assert system.name == "weld-inspector"


def test_assets_are_found_by_name_alias_and_address() -> None:
    graph = Plant(plant("discrete"))
    for name in ("edge-20", "Vision-Edge-20", "10.20.20.5"):
        assert graph.canonical(name) == "edge-20"
    assert graph.canonical("DOOR-LINE-1") == "door-line-1"
    assert graph.canonical("nothing") is None
    assert graph.safety("light-curtain-10")
    assert not graph.safety("weld-inspector")


def test_what_a_finding_speaks_of() -> None:
    assert speaks_of(finding("a", asset="x", entities=("agent:y",))) == "x"
    assert speaks_of(finding("a", entities=("host:h", "agent:y"))) == "y"
    assert speaks_of(finding("a", entities=("host:h",))) == "h"
    assert speaks_of(finding("a", entities=("agent:", "user:u"))) is None


def test_a_circle_of_systems_ends() -> None:
    systems = tuple(
        AiSystem(
            name=name,
            role=Role.ADVISORY,
            owner="o",
            dependants=(Dependant(name=other),),
            dependants_complete=True,
        )
        for name, other in (("a", "b"), ("b", "a"))
    )
    reach = Plant(msgspec.structs.replace(NO_PLANT, ai_systems=systems)).reach("a")
    assert (reach.systems, reach.path, reach.unknown) == (("a", "b"), (), ())


def test_a_dependant_nobody_knows_is_unknown() -> None:
    system = AiSystem(
        name="a",
        role=Role.ADVISORY,
        owner="o",
        dependants=(Dependant(name="ghost"),),
        dependants_complete=True,
    )
    reach = Plant(msgspec.structs.replace(NO_PLANT, ai_systems=(system,))).reach("a")
    assert reach.unknown == ("ghost",)


def test_a_closed_loop_reaches_the_process_by_what_it_is() -> None:
    system = AiSystem(name="a", role=Role.CLOSED_LOOP, owner="o", dependants_complete=True)
    assert Plant(msgspec.structs.replace(NO_PLANT, ai_systems=(system,))).reach("a").path == (
        "a",
        "the process",
    )


def test_who_holds_a_credential() -> None:
    assert Plant(plant("discrete")).users_of("SVC-desk-helper") == ("desk-helper",)


def test_walk_visits_each_asset_once() -> None:
    assets = [asset.name for _, _, _, asset in walk(plant("logistics")) if asset is not None]
    assert len(assets) == len(set(assets)) == 9
