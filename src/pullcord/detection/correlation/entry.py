"""What a window keeps of a match: when, which events, which values; all bounded, so that state stays small."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from pullcord.detection.view import as_number, as_text
from pullcord.model.event import SourceTrust, Value

Kept = str | int | float

MOST_VALUES = 8
"""Values per match that are kept of a list attribute."""
LONGEST_VALUE = 64
LONGEST_ENTITY = 80
LONGEST_NAME = 128
"""Bytes of UTF-8. Longer values are kept as their beginning and a digest, longer names not at all."""
MOST_ENTITIES = 8
MOST_IDS = 16
MOST_ID_BYTES = 2_048
_HEAD = 24
_EXACT = 2**63


class Context(NamedTuple):
    """What many entries have in common; equal ones are shared.

    Attributes:
        text: whether only wording was judged.
        entities: at most ``MOST_ENTITIES``.
    """

    site: str | None
    asset: str | None
    actor: str | None
    trust: SourceTrust
    text: bool
    entities: tuple[str, ...]


class Entry(msgspec.Struct, gc=False):
    """One match, or the firing of another correlation. There are many: every byte counts.

    Attributes:
        time: nanoseconds UTC.
        events: the id of the event, or the ids of several, the telling one last.
        values: of the measured field.
        rules: which rules matched, as bits.
        context: shared with other entries where equal.
        trace: the trace, None without; empty if it is the part of the id before the colon.
        chunk: number of the piece of stored state it is in.
    """

    time: int
    events: str | tuple[str, ...]
    values: tuple[Kept, ...]
    rules: int
    context: Context
    trace: str | None = None
    chunk: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """The events, the telling one last."""
        return (self.events,) if isinstance(self.events, str) else self.events

    @property
    def trace_id(self) -> str | None:
        """The trace, if it is known."""
        return self.ids[-1].partition(":")[0] if self.trace == "" else self.trace


def pack(ids: Sequence[str], trace: str | None) -> tuple[str | tuple[str, ...], str | None]:
    """Ids and trace as an entry holds them."""
    kept = bounded_ids(ids)
    trace = bounded_name(trace)
    if trace and kept[-1].partition(":")[0] == trace:
        trace = ""
    return (kept[0] if len(kept) == 1 else kept), trace


class Pool:
    """Gives equal contexts, and equal entities in them, one object; starts over when it is full."""

    def __init__(self, most: int = 4_096) -> None:
        self._most = most
        self._known: dict[Context, Context] = {}
        self._entities: dict[str, str] = {}

    def share(self, context: Context) -> Context:
        """The one object that stands for this value."""
        known = self._known.get(context)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
                self._entities.clear()
            entities = tuple(self._entities.setdefault(each, each) for each in context.entities)
            known = self._known[context] = context._replace(entities=entities)
        return known


def clip(text: str) -> str:
    """A value of bounded length that is still equal only to itself."""
    if len(text) <= LONGEST_VALUE and text.isascii():
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= LONGEST_VALUE:
        return text
    return f"{data[:_HEAD].decode('utf-8', 'ignore')}…{hashlib.sha256(data).hexdigest()[:32]}"


def bounded_name(name: str | None, longest: int = LONGEST_NAME) -> str | None:
    """The name, or None if it is too long: half a name would join what does not belong together."""
    if name is None or len(name) > longest:
        return None
    return name if name.isascii() or len(name.encode("utf-8", "surrogatepass")) <= longest else None


def bounded_entities(entities: Iterable[str]) -> tuple[str, ...]:
    """The first entities that are short enough."""
    return tuple(each for each in entities if bounded_name(each, LONGEST_ENTITY))[:MOST_ENTITIES]


def bounded_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """The newest ids that fit; at least one."""
    if len(ids) == 1:
        return tuple(ids)
    kept: list[str] = []
    size = 0
    for each in reversed(ids):
        size += len(each.encode("utf-8", "surrogatepass"))
        if kept and (size > MOST_ID_BYTES or len(kept) == MOST_IDS):
            break
        kept.append(each)
    return tuple(reversed(kept))


def group_text(value: Value | None) -> str | None:
    """An attribute as part of a group: text, a list as a whole; None if there is nothing to group by.

    Not clipped yet: case has to be folded first, or long values could be told apart by it.
    """
    if isinstance(value, list):
        text = ", ".join(as_text(each) for each in value[:MOST_VALUES])
        if len(value) > MOST_VALUES:
            whole = repr(value).casefold().encode("utf-8", "surrogatepass")
            text += f", … {hashlib.sha256(whole).hexdigest()}"
    elif value is None:
        return None
    else:
        text = as_text(value)
    return text if text.strip() else None


def texts(value: Value | None) -> tuple[list[str], int]:
    """The values of an attribute to tell apart, without case, and how many were left out by the bound."""
    if value is None:
        return [], 0
    given = value if isinstance(value, list) else [value]
    kept = [clip(text.casefold()) for each in given[:MOST_VALUES] if (text := as_text(each)).strip()]
    return kept, max(0, len(given) - MOST_VALUES)


def numbers(value: Value | None) -> tuple[list[int | float], int]:
    """The numbers of an attribute (text counts if it is one), and how many were left out by the bound."""
    if value is None:
        return [], 0
    given = value if isinstance(value, list) else [value]
    kept: list[int | float] = []
    for each in given[:MOST_VALUES]:
        number = as_number(each)
        # Integers beyond 64 bits are stored as the nearest float; so they are compared as that from the start.
        if isinstance(number, int) and not -_EXACT <= number < _EXACT:
            number = float(number) if number.bit_length() < 1_000 else None  # noqa: PLR2004  (below the largest float)
        if number is not None and math.isfinite(number):
            kept.append(number)
    return kept, max(0, len(given) - MOST_VALUES)
