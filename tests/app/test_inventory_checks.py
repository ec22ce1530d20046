from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pullcord.app.inventory_checks import check
from pullcord.model.inventory import (
    AiSystem,
    Asset,
    Cell,
    Dependant,
    Fallback,
    Inventory,
    Line,
    OtAccess,
    OtNode,
    Role,
    Site,
)
from tests.scenes import NO_PLANT, plant

SITES = (
    Site(
        name="s",
        lines=(
            Line(
                name="l",
                cells=(
                    Cell(
                        name="c",
                        assets=(Asset(name="plc", kind="plc"), Asset(name="stop", kind="k", safety=True)),
                    ),
                ),
            ),
        ),
    ),
)


def problems(**fields: Any) -> list[tuple[str, str]]:  # noqa: ANN401  (any field of an AI system)
    system = AiSystem(**{"name": "x", "role": Role.OFFICE, "owner": "o", **fields})
    inventory = Inventory(schema=NO_PLANT.schema, sites=SITES, ai_systems=(system,))
    return [(problem.path.removeprefix("$.ai_systems[0]"), problem.what) for problem in check(inventory)]


@pytest.mark.parametrize("name", ["discrete", "process", "logistics"])
def test_the_example_plants_have_no_problem(name: str) -> None:
    assert list(check(plant(name))) == []


@pytest.mark.parametrize(
    ("fields", "path", "what"),
    [
        ({"owner": " "}, ".owner", "no owner"),
        ({"site": "elsewhere"}, ".site", "does not exist"),
        ({"aliases": ("PLC",)}, ".aliases[0]", "already used"),
        ({"aliases": ("a", "A")}, ".aliases[1]", "already used"),
        ({"name": ""}, ".name", "empty"),
        ({"name": "a\u202eb"}, ".name", "unprintable"),
        ({"name": "a" * 201}, ".name", "too long"),
        ({"dependants": (Dependant(name="ghost"),)}, ".dependants[0].name", "does not exist"),
        ({"dependants": (Dependant(name="x"),)}, ".dependants[0].name", "itself"),
        ({"dependants": (Dependant(name="c"), Dependant(name="C"))}, ".dependants[1].name", "twice"),
        ({"dependants": (Dependant(name="stop"),)}, ".dependants[0].name", "safety function"),
        ({"dependants": (Dependant(name="plc", confirmed="soon"),)}, ".dependants[0].confirmed", "no date"),
        ({"side_effects": ("send",)}, ".side_effects[0]", "not among the tools"),
        ({"ot_nodes": (OtNode(address="n", access=OtAccess.MODE_SWITCH),)}, ".ot_nodes", "no fallback"),
        ({"ot_nodes": (OtNode(address="n"), OtNode(address="n"))}, ".ot_nodes[1].address", "repeated"),
        ({"fallback": Fallback(procedure=" ")}, ".fallback.procedure", "says nothing"),
        (
            {"fallback": Fallback(procedure="p", capacity_percent=120)},
            ".fallback.capacity_percent",
            "percentage",
        ),
        ({"fallback": Fallback(procedure="p", staff=-1)}, ".fallback.staff", "fewer"),
        (
            {"fallback": Fallback(procedure="p", last_exercised="2026-02-30")},
            ".fallback.last_exercised",
            "no date",
        ),
        ({"stop_cost_per_minute": -1.0}, ".stop_cost_per_minute", "negative"),
    ],
)
def test_each_rule_finds_what_it_is_for(fields: dict[str, Any], path: str, what: str) -> None:
    found = problems(**fields)
    assert any(place == path and what in text for place, text in found), found


def test_what_is_right_is_left_alone() -> None:
    assert problems(site="S", dependants=(Dependant(name="plc", confirmed="2026-01-31"),)) == []


def test_sites_are_checked_too() -> None:
    odd = msgspec.structs.replace(
        SITES[0],
        timezone="Mars/Base",
        lines=(
            Line(
                name="l",
                stop_cost_per_minute=-1.0,
                cells=(Cell(name="c", assets=(Asset(name="a", kind="k", purdue_level=9),)),),
            ),
        ),
    )
    found = [problem.path for problem in check(Inventory(schema=NO_PLANT.schema, sites=(odd,)))]
    assert found == [
        "$.sites[0].timezone",
        "$.sites[0].lines[0].stop_cost_per_minute",
        "$.sites[0].lines[0].cells[0].assets[0].purdue_level",
    ]
