"""Which findings belong together: a union of links by session, by rare shared entity, and by place and time."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.times import HOUR, MINUTE
from pullcord.triage.rows import Row

GAP = 30 * MINUTE
"""Findings about the same asset and of the same family join while no gap between them is longer."""

ENTITY_GAP = 24 * HOUR
"""A shared entity links over a longer time: an attacker's address today and tomorrow is the same attacker."""

MOST_SHARERS = 25
"""An entity that more sessions or assets than this share is common in the plant and links nothing."""

LINK_KINDS = frozenset(
    {
        "destination",
        "indicator",
        "credential",
        "actor",
        "host",
        "address",
        "artifact",
        "domain",
        "url",
        "hash",
        "session",
        "mcp_server",
        "tag",
    }
)
"""Entity kinds that link. Not ``agent``, ``model`` and ``user``: sessions of one agent are different sessions."""


class Union:
    """Disjoint sets over 0 … n-1 with path halving (Tarjan and van Leeuwen 1984)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        """The representative of an item: the smallest member of its set."""
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        """Make two sets one."""
        first, second = self.find(one), self.find(other)
        if first != second:
            self._parent[max(first, second)] = min(first, second)


def family(kind: str) -> str:
    """Types that join at one asset: an intrusion goes through tactics, so all ``it-`` types are one family."""
    return "it" if kind.startswith("it-") else kind


def link(rows: Sequence[Row], quiet: Sequence[bool]) -> Union:
    """Join rows (by time) into groups.

    Args:
        rows: by time.
        quiet: True where a row is routine noise; such a row joins nothing.
    """
    union = Union(len(rows))
    sharers = _sharers(rows, quiet)
    last_trace: dict[str, int] = {}
    last_place: dict[tuple[str, str], int] = {}
    last_entity: dict[str, int] = {}
    for index, row in enumerate(rows):
        if quiet[index]:
            continue
        if row.trace_id is not None:
            union.join(last_trace.setdefault(row.trace_id, index), index)
        elif row.signature.asset is not None:
            place = (row.signature.asset, family(row.signature.type))
            before = last_place.get(place)
            if before is not None and row.time - rows[before].time <= GAP:
                union.join(before, index)
            last_place[place] = index
        for entity in row.entities:
            if len(sharers[entity]) > MOST_SHARERS:
                continue
            before = last_entity.get(entity)
            if before is not None and _near(rows, before, index, entity):
                union.join(before, index)
            last_entity[entity] = index
    return union


def _near(rows: Sequence[Row], before: int, index: int, entity: str) -> bool:
    """A host is a place, so it links as briefly as an asset does; other entities link longer."""
    gap = GAP if entity.startswith("host:") else ENTITY_GAP
    return rows[index].time - rows[before].time <= gap


def _sharers(rows: Sequence[Row], quiet: Sequence[bool]) -> dict[str, set[str]]:
    """Sessions and assets per entity; counted no further than needed."""
    sharers: dict[str, set[str]] = {}
    for index, row in enumerate(rows):
        if quiet[index]:
            continue
        for entity in row.entities:
            seen = sharers.setdefault(entity, set())
            if len(seen) <= MOST_SHARERS:
                seen.add(f"t:{row.trace_id}" if row.trace_id is not None else f"a:{row.signature.asset}")
    return sharers
