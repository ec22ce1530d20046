"""Hands the attributes of a resource to each of its spans, while the budget of the request lasts.

A request of 16 MiB can hold one huge resource and a hundred thousand tiny spans: full copies would take all memory
there is.
"""

from __future__ import annotations

import msgspec

from pullcord.intake.context import Context
from pullcord.intake.envelope import length
from pullcord.model.event import Value

ESSENTIAL = (
    "service.name",
    "pullcord.asset",
    "pullcord.site",
    "pullcord.logsource.product",
    "pullcord.logsource.category",
    "pullcord.logsource.service",
    "gen_ai.agent.name",
    "enduser.id",
    "user.id",
    "otel.scope.name",
)
"""What every span keeps, cut short, when the budget is spent: without these an event belongs to nobody."""

_ENTRY = 16
_LONGEST = 512


class Budget:
    """What is left of ``max_spread`` for one request."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._left = ctx.limits.max_spread

    def spend(self, cost: int) -> bool:
        """Take so many characters from the budget; False if it is spent."""
        self._left -= cost
        return self._left >= 0


class Spread(msgspec.Struct, frozen=True):
    """What a span gets from its resource and scope.

    Attributes:
        attributes: not to be changed.
        names: theirs.
        size: about how many characters the values take.
    """

    attributes: dict[str, Value]
    names: tuple[str, ...]
    size: int


def spread(attributes: dict[str, Value]) -> Spread:
    """These attributes, measured."""
    return Spread(attributes, tuple(attributes), sum(map(length, attributes.values())))


class Shared:
    """The attributes of one resource and scope."""

    def __init__(self, attributes: dict[str, Value], budget: Budget, ctx: Context) -> None:
        self._all = spread(attributes)
        self._budget = budget
        self._ctx = ctx
        self._cost = self._all.size + sum(len(key) + _ENTRY for key in attributes)
        few: dict[str, Value] = {}
        for key in ESSENTIAL:
            value = attributes.get(key)
            if isinstance(value, str):
                few[key] = value[:_LONGEST]
        self._few = spread(few)

    def share(self) -> Spread:
        """The attributes for one more span."""
        if self._budget.spend(self._cost):
            return self._all
        self._ctx.counters.dropped += len(self._all.attributes) - len(self._few.attributes)
        return self._few
