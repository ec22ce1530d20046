"""A correlation that fires → its finding: the events, what they share, and reasons for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pullcord.detection.correlation.condition import Comparison, shown
from pullcord.detection.correlation.entry import Context, Entry, bounded_entities
from pullcord.detection.correlation.group import Group
from pullcord.detection.correlation.rule import CorrelationRule, CorrelationType, Number, Seen
from pullcord.detection.describe import OUR_AUTHOR, shorten
from pullcord.detection.extension import Signal
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind, finding_id
from pullcord.model.times import to_rfc3339

MOST_EVENTS = 100
MOST_SHARED = 24
_SHOWN = 5

_MEASURES = {
    CorrelationType.VALUE_SUM: "The sum",
    CorrelationType.VALUE_AVG: "The average",
    CorrelationType.VALUE_MEDIAN: "The median",
}


class Firing(NamedTuple):
    """What held when a correlation fired.

    Attributes:
        reading: what was measured.
        ids: the newest events, in order of time, at most ``MOST_EVENTS``.
        context: what all events share; the trust of the least trusted.
        trace_id: the trace of all events, if there is one.
        entities: of all events, newest first.
        total: events, before the bound.
    """

    reading: Number | Seen
    ids: tuple[str, ...]
    context: Context
    trace_id: str | None
    entities: tuple[str, ...]
    total: int


def fire(group: Group, reading: Number | Seen) -> Firing:
    """Gather what the window of a group holds."""
    ids: dict[str, None] = {}
    for entry in reversed(group.entries):
        ids.update(dict.fromkeys(reversed(entry.ids)))
        if len(ids) >= MOST_EVENTS:
            break
    total = sum(1 if isinstance(entry.events, str) else len(entry.events) for entry in group.entries)
    newest = tuple(ids)[:MOST_EVENTS]
    contexts = group.contexts()
    entities = tuple(dict.fromkeys(each for context in contexts for each in context.entities))
    authenticated = all(context.trust is SourceTrust.AUTHENTICATED for context in contexts)
    context = Context(
        _same(context.site for context in contexts),
        _same(context.asset for context in contexts),
        _same(context.actor for context in contexts),
        SourceTrust.AUTHENTICATED if authenticated else SourceTrust.ATTACKER_WRITABLE,
        text=all(context.text for context in contexts),
        entities=bounded_entities(entities),
    )
    trace_id = _same(entry.trace_id for entry in group.entries)
    found = tuple(reversed(newest))
    return Firing(reading, found, context, trace_id, entities[:MOST_SHARED], max(total, len(found)))


def finding(rule: CorrelationRule, group: Group, firing: Firing) -> Finding:
    """The finding of a correlation."""
    context = firing.context
    text = context.text or rule.extension.signal is Signal.TEXT
    return Finding(
        id=finding_id(rule.rule_id, firing.ids),
        rule_id=rule.rule_id,
        title=rule.title,
        severity=rule.severity,
        time=group.newest,
        event_ids=firing.ids,
        kind=FindingKind.TEXT if text else FindingKind.RULE,
        site=context.site,
        asset=context.asset,
        actor=context.actor,
        trace_id=firing.trace_id,
        techniques=rule.techniques,
        incident_type=rule.extension.incident_type,
        entities=firing.entities,
        reasons=tuple(_reasons(rule, group, firing)),
        trust=context.trust,
    )


def _same(names: Iterable[str | None]) -> str | None:
    """The one name that all have, else None."""
    rest = iter(names)
    first = next(rest)
    return first if all(name == first for name in rest) else None


def _reasons(rule: CorrelationRule, group: Group, firing: Firing) -> Iterable[str]:
    entries = group.entries
    of = ", ".join(f"{name}={shorten(part)}" for name, part in zip(rule.group_by, group.parts, strict=False))
    where = f" for {of}" if of else ""
    yield f"{_measured(rule, entries, firing.reading)}{where} within {rule.window}; {_asked(rule)}."
    if len(entries) > 1:
        yield f"The first was at {to_rfc3339(entries[0].time)}, the last at {to_rfc3339(entries[-1].time)}."
    if firing.total > len(firing.ids):
        yield f"Only the newest {len(firing.ids)} of {firing.total} events are listed."
    if rule.author and rule.author != OUR_AUTHOR:
        yield f"Rule by {rule.author}."


def _asked(rule: CorrelationRule) -> str:
    order = ", one after the other" if rule.type is CorrelationType.TEMPORAL_ORDERED else ""
    unit = " of its rules" if rule.type.temporal and isinstance(rule.condition, Comparison) else ""
    return f"the rule asks for {rule.condition.text}{unit}{order}"


def _measured(rule: CorrelationRule, entries: Sequence[Entry], reading: Number | Seen) -> str:
    """What was measured, as the beginning of a sentence."""
    titles = _titles(rule, entries)
    if isinstance(reading, Seen):
        return f"Matches of {titles}"
    matches = f"{len(entries)} match{'es' if len(entries) != 1 else ''} of {titles}"
    if rule.type is CorrelationType.EVENT_COUNT:
        return matches
    if rule.type is CorrelationType.VALUE_COUNT:
        values = list(dict.fromkeys(value for entry in reversed(entries) for value in entry.values))
        some = ", ".join(shorten(str(value).replace("\0", " + ")) for value in values[:_SHOWN])
        more = ", …" if len(values) > _SHOWN else ""
        return f"{shown(reading)} different values of {rule.field} ({some}{more}) in {matches}"
    percent = f"Percentile {shown(rule.percentile)}"
    return f"{_MEASURES.get(rule.type, percent)} of {rule.field} was {shown(reading)} in {matches}"


def _titles(rule: CorrelationRule, entries: Sequence[Entry]) -> str:
    """The rules that matched, with how often where there are several."""
    counts = [0] * len(rule.references)
    for entry in entries:
        for place in range(entry.rules.bit_length()):
            counts[place] += entry.rules >> place & 1
    named = [
        f"'{shorten(reference.title)}'{f' ({count}×)' if len(rule.references) > 1 else ''}"
        for reference, count in zip(rule.references, counts, strict=True)
        if count
    ]
    return ", ".join(named[:_SHOWN]) + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")
