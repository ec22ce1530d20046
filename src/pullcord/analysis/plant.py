"""The plant as a graph: names resolved, and the way from an AI system to what it can hurt."""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterator

from pullcord.model.finding import Finding
from pullcord.model.inventory import AiSystem, Asset, Cell, Inventory, Line, Role, Site
from pullcord.model.noun import Noun

PRODUCTION_LEVEL = 3.5
"""Assets above this Purdue level (IEC 62443, ISA-95: 4 and 5 are business systems) are not production."""


def fold(name: str) -> str:
    """The form names are compared in: NFKC, case folded, blanks trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def speaks_of(finding: Finding) -> str | None:
    """The thing a finding speaks of, as its source names it: its asset, else its agent, else its host."""
    if finding.asset:
        return finding.asset
    for prefix in ("agent:", "host:", "asset:"):
        for entity in finding.entities:
            if entity.startswith(prefix) and len(entity) > len(prefix):
                return entity[len(prefix) :]
    return None


class Reach(Noun, frozen=True, kw_only=True):
    """How far the output of one node goes.

    Attributes:
        path: from the node to the first production node, by name; empty if production is not reached.
        unknown: AI systems on the way whose dependants are not all known, and names that nobody registered.
        lines: names of the production lines reached.
        systems: AI systems reached, the start included, in order of distance.
        safety: safety functions among the nodes reached.
    """

    path: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()


class Plant:
    """An index over an inventory.

    Names are looked up by :func:`fold`, over names and aliases. The inventory reader has made them unique;
    here the first one wins, so that a hand-made inventory gives an answer and not an error.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._systems: dict[str, AiSystem] = {}
        self._assets: dict[str, tuple[Asset, Cell, Line]] = {}
        self._cells: dict[str, tuple[Cell, Line]] = {}
        self._lines: dict[str, Line] = {}
        for system in inventory.ai_systems:
            for name in (system.name, *system.aliases):
                self._systems.setdefault(fold(name), system)
        for _, line, cell, asset in walk(inventory):
            self._lines.setdefault(fold(line.name), line)
            if cell is not None:
                self._cells.setdefault(fold(cell.name), (cell, line))
            if asset is not None and cell is not None:
                for name in (asset.name, *asset.aliases, *((asset.address,) if asset.address else ())):
                    self._assets.setdefault(fold(name), (asset, cell, line))

    def system(self, name: str) -> AiSystem | None:
        """The AI system of this name or alias, or None."""
        return self._systems.get(fold(name))

    def asset(self, name: str) -> Asset | None:
        """The asset of this name, alias or address, or None."""
        found = self._assets.get(fold(name))
        return found[0] if found else None

    def canonical(self, name: str) -> str | None:
        """The name the inventory uses for a system, asset, cell or line; None if it knows none."""
        key = fold(name)
        if key in self._systems:
            return self._systems[key].name
        if key in self._assets:
            return self._assets[key][0].name
        if key in self._cells:
            return self._cells[key][0].name
        return self._lines[key].name if key in self._lines else None

    def safety(self, name: str) -> bool:
        """Whether this name is a safety function."""
        asset = self.asset(name)
        return asset is not None and asset.safety

    def users_of(self, credential: str) -> tuple[str, ...]:
        """Names of the AI systems that hold this credential."""
        key = fold(credential)
        return tuple(s.name for s in self.inventory.ai_systems if any(fold(c) == key for c in s.credentials))

    def reach(self, name: str) -> Reach:
        """Walk breadth first from a system or asset along its dependants; each node is visited once."""
        start = self.canonical(name)
        if start is None:
            return Reach(unknown=(name,))
        walked = _Walk(self)
        queue: deque[tuple[str, tuple[str, ...]]] = deque([(start, (start,))])
        seen = {fold(start)}
        while queue:
            node, path = queue.popleft()
            for following in walked.visit(node, path):
                if fold(following) not in seen:
                    seen.add(fold(following))
                    queue.append((following, (*path, following)))
        return walked.result()

    def place(self, name: str) -> tuple[str, str | None] | None:
        """Line and cell (None for a line itself) of a production asset, cell or line; None for anything else."""
        key = fold(name)
        if key in self._assets:
            asset, cell, line = self._assets[key]
            level = asset.purdue_level
            return None if level is not None and level > PRODUCTION_LEVEL else (line.name, cell.name)
        if key in self._cells:
            return self._cells[key][1].name, self._cells[key][0].name
        return (self._lines[key].name, None) if key in self._lines else None


class _Walk:
    """What one breadth-first walk has found so far."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._path: tuple[str, ...] = ()
        self._unknown: dict[str, None] = {}
        self._lines: dict[str, None] = {}
        self._systems: dict[str, None] = {}
        self._safety: dict[str, None] = {}

    def visit(self, node: str, path: tuple[str, ...]) -> tuple[str, ...]:
        """Note one node; returns the names to go on to."""
        system = self._plant.system(node)
        if system is not None:
            self._systems.setdefault(system.name)
            if not system.dependants_complete:
                self._unknown.setdefault(system.name)
            if system.role is Role.CLOSED_LOOP and not self._path:
                # A closed loop acts on the process by what it is, whatever its list of dependants says.
                self._path = (*path, system.ot_nodes[0].address if system.ot_nodes else "the process")
            return tuple(d.name for d in system.dependants)
        if self._plant.safety(node):
            self._safety.setdefault(node)
        place = self._plant.place(node)
        if place is not None:
            line, cell = place
            self._lines.setdefault(line)
            if not self._path:
                tail = [name for name in (cell, line) if name is not None and fold(name) != fold(node)]
                self._path = (*path, *tail)
        elif self._plant.asset(node) is None:
            self._unknown.setdefault(node)
        elif len(path) == 1:
            # An IT host: the inventory does not say what runs on it or depends on it.
            self._unknown.setdefault(node)
        return ()

    def result(self) -> Reach:
        """What was found."""
        return Reach(
            path=self._path,
            unknown=tuple(self._unknown),
            lines=tuple(self._lines),
            systems=tuple(self._systems),
            safety=tuple(self._safety),
        )


def walk(inventory: Inventory) -> Iterator[tuple[Site, Line, Cell | None, Asset | None]]:
    """Every line, cell and asset of an inventory, each once, with what it stands in."""
    for site in inventory.sites:
        for line in site.lines:
            yield site, line, None, None
            for cell in line.cells:
                yield site, line, cell, None
                for asset in cell.assets:
                    yield site, line, cell, asset
