"""What follows from the names of an event's attributes alone, worked out once for each set of names.

A service sends the same few sets over and over: whether a name is an old one, what the event is about and which
attribute names the actor need not be asked of every span.
"""

from __future__ import annotations

import msgspec

from pullcord.intake import genai
from pullcord.intake.aliases import BY_OPERATION, OPERATION, OPERATIONS, RENAMES, rename
from pullcord.intake.context import Counters
from pullcord.intake.messages import PREFIXES
from pullcord.model.event import Attributes, LogSource, Value

Names = tuple[str, ...]

_MOST_SHAPES, _MOST_SOURCES = 2_048, 1_024
_MOST_CHARACTERS = 8_192
"""Of the names in a shape that is kept: a flood of made-up names must not fill the memory."""
_SERVICE = ("service.name",)
_MOVED = frozenset(RENAMES) | {name for names in BY_OPERATION.values() for name in names}


class Shape(msgspec.Struct, frozen=True):
    """A set of names.

    Attributes:
        longest: characters of the longest name.
        is_present: none of the names is an old one, and none is one of many messages: nothing has to be moved.
        operation: ``gen_ai.operation.name`` as it follows from the names, where none of them tells it.
        is_stated: the source may say itself what the event is.
        category: what the event is about, if its operation does not tell.
        actors: the names that may tell who acted.
    """

    longest: int
    is_present: bool
    operation: str | None
    is_stated: bool
    category: str | None
    actors: Names

    def logsource(self, attributes: Attributes) -> LogSource:
        """As :func:`pullcord.intake.genai.logsource`, of attributes with these names."""
        if self.is_stated:
            return genai.logsource(attributes)
        category = genai.category_of(attributes.get(OPERATION)) or self.category
        return _logsource(category, genai.first_text(attributes, _SERVICE))


_shapes: dict[tuple[Names, Names], Shape] = {}
_sources: dict[tuple[str | None, str | None], LogSource] = {}


def shape(shared: Names, own: Names) -> Shape:
    """The shape of a leaf with its own names and those of its resource and scope."""
    key = shared, own
    found = _shapes.get(key)
    if found is None:
        found = _shape(shared, own)
        if sum(map(len, shared)) + sum(map(len, own)) <= _MOST_CHARACTERS:
            if len(_shapes) >= _MOST_SHAPES:
                _shapes.clear()
            _shapes[key] = found
    return found


def _shape(shared: Names, own: Names) -> Shape:
    names = {*shared, *own}
    is_present = _MOVED.isdisjoint(names) and not any(name.startswith(PREFIXES) for name in names)
    operation = None
    if OPERATION not in names:
        # Only its mere presence counts for the names that are left.
        is_present = is_present and names.isdisjoint(OPERATIONS)
        probe: dict[str, Value] = dict.fromkeys(names, 0)
        rename(probe, Counters())
        told = probe.get(OPERATION)
        operation = told if isinstance(told, str) else None
    return Shape(
        longest=max(map(len, own), default=0),
        is_present=is_present,
        operation=operation,
        is_stated=not names.isdisjoint(genai.STATED),
        category=genai.category_by_names(names),
        actors=tuple(name for name in genai.ACTORS if name in names),
    )


def _logsource(category: str | None, service: str | None) -> LogSource:
    key = category, service
    found = _sources.get(key)
    if found is None:
        product = None if category is None else genai.PRODUCT
        found = LogSource(product=product, category=category, service=service)
        if len(_sources) >= _MOST_SOURCES:
            _sources.clear()
        _sources[key] = found
    return found
