"""What correlations take in: a match of a detection rule, or the firing of another correlation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pullcord.detection.correlation.entry import (
    Context,
    Entry,
    Kept,
    Pool,
    bounded_entities,
    bounded_name,
    clip,
    group_text,
    numbers,
    pack,
    texts,
)
from pullcord.detection.correlation.rule import CorrelationRule, Reference
from pullcord.detection.describe import entities
from pullcord.detection.view import View
from pullcord.model.event import Event, Value


class Match(NamedTuple):
    """A detection rule matched an event."""

    rule_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened, by one rule.

    Attributes:
        time: nanoseconds UTC.
        events, trace: the events it rests on and their common trace, as entries hold them.
        event: the telling event, whose fields count.
        context: what entries keep of it.
        extra: the group of a correlation that fired, by its own names.
    """

    time: int
    events: str | tuple[str, ...]
    trace: str | None
    event: Event
    context: Context
    extra: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Value | None:
        """A field of the telling event, else of the group that fired."""
        return self.event.attributes.get(name, self.extra.get(name))


class Bucket(NamedTuple):
    """What one event adds to one group of one correlation.

    Attributes:
        key: of the group.
        parts: its values for people.
    """

    key: bytes
    parts: tuple[str, ...]
    entry: Entry


def occurrence_of(event: Event, pool: Pool) -> Occurrence:
    """A match of a detection rule; whether the rule only judges wording is set per correlation."""
    context = Context(
        bounded_name(event.site),
        bounded_name(event.asset),
        bounded_name(event.actor),
        event.trust,
        text=False,
        entities=bounded_entities(entities(event, View(event.attributes))),
    )
    events, trace = pack((event.id,), event.trace_id)
    return Occurrence(event.time, events, trace, event, pool.share(context))


class Sorter:
    """Sorts what one event brought into the groups of a correlation.

    Args:
        pool: shares contexts between entries.

    Attributes:
        ungrouped: matches without a field to group by.
        valueless: matches without a value to measure.
        cut_values: elements of list attributes beyond the bound.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.ungrouped = 0
        self.valueless = 0
        self.cut_values = 0

    def sort(self, rule: CorrelationRule, found: Mapping[str, Sequence[Occurrence]]) -> Iterable[Bucket]:
        """At most one bucket per group: an event counts once, however many of the rules it matches.

        Args:
            found: what the event brought, by rule id.
        """
        buckets: dict[bytes, Bucket] = {}
        for place, reference in enumerate(rule.references):
            for occurrence in found.get(reference.rule_id, ()):
                group = _group(reference, occurrence)
                values = self._values(rule, reference, occurrence)
                if group is None or values is None:
                    self.ungrouped += group is None
                    self.valueless += group is not None
                    continue
                context = occurrence.context
                if reference.text and not context.text:
                    context = self._pool.share(context._replace(text=True))
                entry = Entry(
                    occurrence.time, occurrence.events, values, 1 << place, context, occurrence.trace
                )
                key = _key(rule, group)
                before = buckets.get(key)
                buckets[key] = Bucket(
                    key, tuple(map(clip, group)), _merged(before.entry, entry) if before else entry
                )
        return buckets.values()

    def _values(
        self, rule: CorrelationRule, reference: Reference, occurrence: Occurrence
    ) -> tuple[Kept, ...] | None:
        """The values to measure; None if there are none although the rule measures values."""
        if not reference.fields:
            return ()
        kept: Sequence[Kept]
        if len(reference.fields) > 1:
            several = [group_text(occurrence.value(name)) for name in reference.fields]
            whole = [each.casefold() for each in several if each is not None]
            kept = [clip("\0".join(whole))] if len(whole) == len(several) else []
        else:
            read = numbers if rule.type.numeric else texts
            kept, cut = read(occurrence.value(reference.fields[0]))
            self.cut_values += cut
        return tuple(kept) or None


def _group(reference: Reference, occurrence: Occurrence) -> list[str] | None:
    """The values to group by, or None if one is missing: matches without a user are not one user."""
    parts: list[str] = []
    for name in reference.group:
        text = group_text(occurrence.value(name))
        if text is None:
            return None
        parts.append(text)
    return parts


def _key(rule: CorrelationRule, parts: Sequence[str]) -> bytes:
    """The key of a group; case does not tell groups apart, as nowhere in the language."""
    digest = hashlib.blake2b(rule.key.encode(), digest_size=16)
    for part in parts:
        data = part.casefold().encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b" % (len(data), data))
    return digest.digest()


def _merged(one: Entry, other: Entry) -> Entry:
    """Two entries of one event as one. It judges more than wording if either does."""
    context = one.context._replace(text=one.context.text and other.context.text)
    values = tuple(dict.fromkeys((*one.values, *other.values))) if one.values != other.values else one.values
    same = one.trace_id if one.trace_id == other.trace_id else None
    ids, trace = pack(tuple(dict.fromkeys((*one.ids, *other.ids))), same)
    return Entry(max(one.time, other.time), ids, values, one.rules | other.rules, context, trace)
