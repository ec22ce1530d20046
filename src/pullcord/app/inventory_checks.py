"""What an inventory must say to be of use, beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from zoneinfo import available_timezones

from pullcord.analysis.plant import fold
from pullcord.model.inventory import AiSystem, Asset, Fallback, Inventory, OtAccess

MAX_NAME = 200


class Problem(NamedTuple):
    """Something wrong: where (path as msgspec writes it), what, and what to do."""

    path: str
    what: str
    cure: str


def check(inventory: Inventory) -> Iterator[Problem]:
    """All problems of an inventory, in the order of the file."""
    names: dict[str, str] = {}
    places: set[str] = set()
    safety: set[str] = set()
    yield from _sites(inventory, names, places, safety)
    for i, system in enumerate(inventory.ai_systems):
        path = f"$.ai_systems[{i}]"
        places.add(fold(system.name))
        yield from _claim(names, system.name, f"{path}.name", aliases=False)
        for j, alias in enumerate(system.aliases):
            yield from _claim(names, alias, f"{path}.aliases[{j}]", aliases=True)
    for i, system in enumerate(inventory.ai_systems):
        yield from _system(system, f"$.ai_systems[{i}]", places, safety, inventory)


def _sites(
    inventory: Inventory, names: dict[str, str], places: set[str], safety: set[str]
) -> Iterator[Problem]:
    zones = available_timezones()  # empty on a machine without a time zone database: then any name will do
    for i, site in enumerate(inventory.sites):
        path = f"$.sites[{i}]"
        yield from _claim(names, site.name, f"{path}.name", aliases=False)
        if zones and site.timezone not in zones:
            yield Problem(f"{path}.timezone", f"{site.timezone!r} is no time zone", "use an IANA name")
        for j, line in enumerate(site.lines):
            here = f"{path}.lines[{j}]"
            places.add(fold(line.name))
            yield from _claim(names, line.name, f"{here}.name", aliases=False)
            yield from _cost(line.stop_cost_per_minute, f"{here}.stop_cost_per_minute")
            for k, cell in enumerate(line.cells):
                places.add(fold(cell.name))
                yield from _claim(names, cell.name, f"{here}.cells[{k}].name", aliases=False)
                for m, asset in enumerate(cell.assets):
                    places.add(fold(asset.name))
                    safety |= {fold(asset.name)} if asset.safety else set()
                    yield from _asset(asset, names, f"{here}.cells[{k}].assets[{m}]")


def _asset(asset: Asset, names: dict[str, str], path: str) -> Iterator[Problem]:
    yield from _claim(names, asset.name, f"{path}.name", aliases=False)
    for n, alias in enumerate(asset.aliases):
        yield from _claim(names, alias, f"{path}.aliases[{n}]", aliases=True)
    if asset.purdue_level is not None and not 0 <= asset.purdue_level <= 5:  # noqa: PLR2004  (levels 0 to 5)
        yield Problem(f"{path}.purdue_level", f"{asset.purdue_level} is no Purdue level", "use 0 to 5")


def _claim(names: dict[str, str], name: str, path: str, *, aliases: bool) -> Iterator[Problem]:
    """A name belongs to one thing: telemetry that speaks of it must mean one thing."""
    key = fold(name)
    if not key or len(name) > MAX_NAME or not name.isprintable():
        yield Problem(
            path, f"the name {name[:40]!r} is empty, too long or unprintable", "use 1 to 200 letters"
        )
        return
    taken = names.get(key)
    if taken is not None:
        word = "alias" if aliases else "name"
        yield Problem(
            path, f"the {word} {name!r} is already used at {taken}", "names and aliases must be unique"
        )
        return
    names[key] = path


def _system(
    system: AiSystem, path: str, places: set[str], safety: set[str], inventory: Inventory
) -> Iterator[Problem]:
    if not system.owner.strip():
        yield Problem(f"{path}.owner", f"{system.name} has no owner", "name who answers for it")
    if system.site is not None and fold(system.site) not in {fold(site.name) for site in inventory.sites}:
        yield Problem(
            f"{path}.site", f"the site {system.site!r} does not exist", "use the name of a site above"
        )
    yield from _dependants(system, path, places, safety)
    tools = {fold(tool) for tool in system.tools}
    for i, tool in enumerate(system.side_effects):
        if fold(tool) not in tools:
            yield Problem(f"{path}.side_effects[{i}]", f"{tool!r} is not among the tools", "add it to tools")
    addresses: set[str] = set()
    for i, node in enumerate(system.ot_nodes):
        if not node.address.strip() or node.address in addresses:
            yield Problem(f"{path}.ot_nodes[{i}].address", "the address is empty or repeated", "correct it")
        addresses.add(node.address)
    if any(node.access is OtAccess.MODE_SWITCH for node in system.ot_nodes) and system.fallback is None:
        yield Problem(
            f"{path}.ot_nodes",
            f"{system.name} has a mode switch and no fallback",
            "add fallback: a switch must lead somewhere",
        )
    if system.fallback is not None:
        yield from _fallback(system.fallback, f"{path}.fallback")
    yield from _cost(system.stop_cost_per_minute, f"{path}.stop_cost_per_minute")


def _dependants(system: AiSystem, path: str, places: set[str], safety: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for i, dependant in enumerate(system.dependants):
        here, key = f"{path}.dependants[{i}]", fold(dependant.name)
        if key not in places:
            yield Problem(
                f"{here}.name",
                f"{dependant.name!r} does not exist in this inventory",
                "use the name (not an alias) of an asset, cell, line or AI system",
            )
        elif key == fold(system.name) or key in seen:
            yield Problem(f"{here}.name", f"{dependant.name!r} is itself or named twice", "remove it")
        elif key in safety:
            yield Problem(
                f"{here}.name",
                f"{dependant.name!r} is a safety function",
                "a safety function must not depend on an AI system: correct the plant or the entry",
            )
        seen.add(key)
        if dependant.confirmed is not None:
            yield from _date(dependant.confirmed, f"{here}.confirmed")


def _fallback(fallback: Fallback, path: str) -> Iterator[Problem]:
    if not fallback.procedure.strip():
        yield Problem(
            f"{path}.procedure", "the fallback says nothing", "say what people or machines do instead"
        )
    if not 0 <= fallback.capacity_percent <= 100:  # noqa: PLR2004  (percent)
        yield Problem(f"{path}.capacity_percent", "not a percentage", "use 0 to 100")
    if fallback.staff < 0:
        yield Problem(f"{path}.staff", "fewer than no people", "use 0 or more")
    yield from _cost(fallback.longest_hours, f"{path}.longest_hours")
    if fallback.last_exercised is not None:
        yield from _date(fallback.last_exercised, f"{path}.last_exercised")


def _date(text: str, path: str) -> Iterator[Problem]:
    try:
        date.fromisoformat(text)
    except ValueError:
        yield Problem(path, f"{text[:40]!r} is no date", "write YYYY-MM-DD")


def _cost(value: float | None, path: str) -> Iterator[Problem]:
    if value is not None and value < 0:
        yield Problem(path, f"{value} is negative", "use 0 or more")
