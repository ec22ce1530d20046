"""Which detectors an event concerns, by the names of its attributes: decided once per set of names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pullcord.detection.behaviour import canary, egress, shadow, sources, tools_changed

_AT_WORK = frozenset({"gen_ai.operation.name", "gen_ai.tool.name"})
_DEFINES = frozenset(tools_changed.TRIGGERS)
_WRITES = frozenset({"ot.operation", "ot.value"})
MOST = 1_024
"""Shapes that are remembered; then all are forgotten, as they are quick to make again."""
_LONGEST = 64


class Shape(NamedTuple):
    """What an event with these attributes is worth looking at for.

    Attributes:
        at_work: an agent called a model or a tool.
        stores: it may be a write to a memory for another reason than its tool's name.
        defines, writes, logs_in: it may tell of tools and their servers, writes to OT, use of a credential.
        aspects: it says what a tool or server is.
        outward: attributes that may carry a canary.
        goes: attributes that name where an agent goes.
        hosts, urls: attributes that tell of model services and model servers.
    """

    at_work: bool
    stores: bool
    defines: bool
    writes: bool
    logs_in: bool
    aspects: bool
    outward: tuple[str, ...]
    goes: tuple[str, ...]
    hosts: tuple[str, ...]
    urls: tuple[str, ...]


class Shapes:
    """Shapes by names of attributes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Shape] = {}

    def of(self, names: Iterable[str]) -> Shape:
        """The shape of an event with these attributes."""
        key = tuple(names)
        shape = self._known.get(key)
        if shape is None:
            shape = _shape(frozenset(key))
            shape = NOTHING if shape == NOTHING else shape
            if len(key) <= _LONGEST:
                if len(self._known) >= MOST:
                    self._known.clear()
                self._known[key] = shape
        return shape


def _shape(names: frozenset[str]) -> Shape:
    def present(wanted: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in wanted if name in names)

    return Shape(
        at_work=not names.isdisjoint(_AT_WORK),
        stores=not names.isdisjoint(sources.TRIGGERS),
        defines=not names.isdisjoint(_DEFINES),
        writes=not names.isdisjoint(_WRITES),
        logs_in="credential.id" in names,
        aspects=not names.isdisjoint(tools_changed.ASPECTS),
        outward=present(canary.OUTWARD),
        goes=present(egress.ATTRIBUTES),
        hosts=present(shadow.HOSTS),
        urls=present(shadow.URLS),
    )


NOTHING = _shape(frozenset())
"""The one shape of all events that concern no detector."""
