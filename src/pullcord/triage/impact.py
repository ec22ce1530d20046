"""What an incident may affect: a walk through the inventory from its suspects to production."""

from __future__ import annotations

from collections.abc import Iterable

from pullcord.analysis.plant import Plant, Reach
from pullcord.model.incident import ProductionRisk
from pullcord.model.inventory import Criticality
from pullcord.model.noun import Noun

# Types in which nothing is read that should not be.
_NOTHING_READ = frozenset({"malfunction", "denial-of-service", "vision-evasion", "sensor-spoofing"})
_MOST_WALKS = 200


class Impact(Noun, frozen=True, kw_only=True):
    """What is within reach of the suspects.

    Attributes:
        production_at_risk: yes with a path; no only if everything on the way is known; else unknown.
        path: from a suspect to production, node by node; empty unless at risk.
        lines: production lines reached.
        exposed: data classes that the suspect AI systems can read.
        unknown: what the inventory does not say.
        safety: safety functions that use, or are, what is affected.
        criticality: the highest among the suspect AI systems; None if none is registered.
    """

    production_at_risk: ProductionRisk
    path: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    safety: tuple[str, ...] = ()
    criticality: Criticality | None = None


class Assessor:
    """Walks the inventory; remembers the walk from each name."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._walks: dict[str, Reach] = {}

    def assess(self, assets: Iterable[str], kind: str) -> Impact:
        """What an incident of this type at these assets may affect.

        The walk is bounded to 200 suspects; what lies beyond counts as unknown.
        """
        names = sorted(set(assets))
        walks = [self._reach(name) for name in names[:_MOST_WALKS]]
        unknown = _merged(walk.unknown for walk in walks) + tuple(names[_MOST_WALKS:])
        paths = sorted((walk.path for walk in walks if walk.path), key=lambda path: (len(path), path))
        safety = _merged(walk.safety for walk in walks)
        systems = [s for s in (self._plant.system(name) for name in names[:_MOST_WALKS]) if s is not None]
        exposed = () if kind in _NOTHING_READ else _merged(system.data_classes for system in systems)
        if paths:
            risk = ProductionRisk.YES
        elif unknown or not walks:
            risk = ProductionRisk.UNKNOWN
        else:
            risk = ProductionRisk.NO
        return Impact(
            production_at_risk=risk,
            path=paths[0] if paths else (),
            lines=_merged(walk.lines for walk in walks),
            exposed=exposed,
            unknown=unknown,
            safety=safety,
            criticality=max((s.criticality for s in systems), key=lambda c: c.rank, default=None),
        )

    def _reach(self, name: str) -> Reach:
        if name not in self._walks:
            self._walks[name] = self._plant.reach(name)
        return self._walks[name]


def _merged(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({item for group in groups for item in group}))
