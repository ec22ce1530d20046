"""A slow, obvious reading of correlations, from the specification, to check the engine by.

It works out each window and measure afresh for each event, by trying everything. It shares no code with the
engine: rules are the maps of their YAML, extended conditions nested tuples.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Any

from pullcord.model.event import Event

Section = Mapping[str, Any]
Tree = tuple[Any, ...]
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
COMPARE = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}
MOST_IDS = 100
MOST_CHAINED = 16


@dataclass
class Happening:
    """A match, or a correlation that fired."""

    rule: str
    time: int
    ids: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass
class Item:
    """What one event adds to a group."""

    time: int
    ids: tuple[str, ...]
    values: tuple[Any, ...]
    rules: frozenset[str]


@dataclass
class Group:
    """A group: its window, and whether it spoke."""

    items: list[Item] = field(default_factory=list)
    held: bool = False
    fired: int | None = None


@dataclass
class Reference:
    """Correlations by name, bases first; ``trees`` has their extended conditions."""

    rules: Mapping[str, Section]
    trees: Mapping[str, Tree]
    groups: dict[tuple[str, tuple[str, ...]], Group] = field(default_factory=dict)

    def event(self, each: Event, matched: Sequence[str]) -> list[Any]:
        """What one event sets off: (rule, time, event ids) of each correlation that fires."""
        fields = each.attributes
        happened = [Happening(rule, each.time, (each.id,), fields) for rule in matched]
        found = []
        for name, section in self.rules.items():
            for key, item in self.sorted(section, happened).items():
                group = self.groups.setdefault((name, key), Group())
                if group.items and each.received:
                    correct(group, item, each.received)
                if group.items and item.time <= newest(group.items) - span(section):
                    continue
                group.items.append(item)
                if self.speaks(name, section, group):
                    at, ids = newest(group.items), all_ids(group.items)
                    found.append((name, at, ids))
                    extra = dict(zip(listed(section.get("group-by")), key, strict=True))
                    happened.append(Happening(name, at, ids[-MOST_CHAINED:], {**extra, **fields}))
        return found

    def sorted(self, section: Section, happened: Sequence[Happening]) -> dict[tuple[str, ...], Item]:
        """By group: one item for everything the event brought."""
        items: dict[tuple[str, ...], Item] = {}
        for rule in section["rules"]:
            for each in happened:
                if each.rule != rule:
                    continue
                key = tuple(
                    group_key(look(section, rule, each, name)) for name in listed(section.get("group-by"))
                )
                values = values_of(section, rule, each)
                if "" in key or values is None:
                    continue
                before = items.get(key)
                item = Item(each.time, each.ids, values, frozenset({rule}))
                items[key] = item if before is None else joined(before, item)
        return items

    def speaks(self, name: str, section: Section, group: Group) -> bool:
        # What fell out of the window stays out, even if a time from the future is put right later.
        group.items = window = within(group.items, span(section))
        holds = self.holds(name, section, window)
        at = newest(window)
        speaks = holds and (not group.held or (group.fired is not None and at - group.fired >= span(section)))
        group.held = holds
        if speaks:
            group.fired = at
        return speaks

    def holds(self, name: str, section: Section, window: Sequence[Item]) -> bool:
        rules, kind = section["rules"], section["type"]
        present = frozenset().union(*(item.rules for item in window))
        if name in self.trees:
            chains = chained(rules, window) if kind == "temporal_ordered" else [present]
            return any(
                true(self.trees[name], frozenset(chain), present, positive=True) for chain in [*chains, ()]
            )
        comparisons = section.get("condition") or {"gte": len(rules)}
        number = measure(section, window, present)
        return all(
            COMPARE[key](number, Fraction(value)) for key, value in comparisons.items() if key in COMPARE
        )


def correct(group: Group, item: Item, received: int) -> None:
    """Nothing happened after it was received, if the other side knows the present."""
    if item.time > received and newest(group.items) <= received:
        item.time = received
    elif item.time <= received:
        for old in group.items:
            old.time = min(old.time, received)
        group.fired = None if group.fired is None else min(group.fired, received)


def measure(section: Section, window: Sequence[Item], present: frozenset[str]) -> Fraction:
    kind = section["type"]
    if kind.startswith(("event", "temporal")) or kind == "value_count":
        return Fraction(counted(section, window, present))
    return calculated(section, [Fraction(value) for item in window for value in item.values])


def counted(section: Section, window: Sequence[Item], present: frozenset[str]) -> int:
    match section["type"]:
        case "event_count":
            return len(window)
        case "value_count":
            return len({value for item in window for value in item.values})
        case "temporal":
            return len(present)
        case _:
            return max(len(chain) for chain in [(), *chained(section["rules"], window)])


def calculated(section: Section, values: Sequence[Fraction]) -> Fraction:
    match section["type"]:
        case "value_sum":
            return sum(values, Fraction())
        case "value_avg":
            return sum(values, Fraction()) / len(values)
        case "value_median":
            return percentile(sorted(values), Fraction(50))
        case _:
            return percentile(sorted(values), Fraction(section["condition"]["percentile"]))


def percentile(ranked: Sequence[Fraction], wanted: Fraction) -> Fraction:
    place = wanted / 100 * (len(ranked) - 1)
    low, high = ranked[math.floor(place)], ranked[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def chained(rules: Sequence[str], window: Sequence[Item]) -> list[tuple[str, ...]]:
    """Every row of rules, in their order, for which there are as many items one after the other."""
    rows = [row for length in range(1, len(rules) + 1) for row in combinations(rules, length)]
    return [row for row in rows if follows(row, window)]


def follows(row: Sequence[str], window: Sequence[Item]) -> bool:
    if not row:
        return True
    return any(row[0] in item.rules and follows(row[1:], window[at + 1 :]) for at, item in enumerate(window))


def true(tree: Tree, chain: frozenset[str], present: frozenset[str], *, positive: bool) -> bool:
    match tree:
        case ("not", part):
            return not true(part, chain, present, positive=not positive)
        case ("and", *parts):
            return all(true(part, chain, present, positive=positive) for part in parts)
        case ("or", *parts):
            return any(true(part, chain, present, positive=positive) for part in parts)
        case _:
            return tree[1] in (chain if positive else present)


def look(section: Section, rule: str, each: Happening, name: str) -> Any:  # noqa: ANN401
    return each.fields.get(section.get("aliases", {}).get(name, {}).get(rule, name))


def group_key(value: Any) -> str:  # noqa: ANN401
    text = ", ".join(map(plain, value)) if isinstance(value, list) else plain(value)
    return text.casefold() if text.strip() else ""


def values_of(section: Section, rule: str, each: Happening) -> tuple[Any, ...] | None:
    """The values to measure; None if there are none."""
    fields = listed((section.get("condition") or {}).get("field")) if rule_measures(section) else []
    if not fields:
        return ()
    found = [look(section, rule, each, name) for name in fields]
    if len(fields) > 1:
        keys = [group_key(value) for value in found]
        return (tuple(keys),) if all(keys) else None
    values = found[0] if isinstance(found[0], list) else [found[0]]
    kept: list[Any]
    if section["type"] == "value_count":
        kept = [plain(value).casefold() for value in values if plain(value).strip()]
    else:
        kept = [number for value in values for number in numeric(value)]
    return tuple(kept) or None


def rule_measures(section: Section) -> bool:
    return isinstance(section.get("condition"), Mapping)


def numeric(value: Any) -> Iterator[float]:  # noqa: ANN401
    if value is None or isinstance(value, bool):
        return
    try:
        number = float(value)
    except ValueError:
        return
    if math.isfinite(number):
        yield number


def plain(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def joined(one: Item, other: Item) -> Item:
    values = one.values if one.values == other.values else tuple(dict.fromkeys(one.values + other.values))
    ids = tuple(dict.fromkeys(one.ids + other.ids))[-MOST_CHAINED:]
    return Item(max(one.time, other.time), ids, values, one.rules | other.rules)


def span(section: Section) -> int:
    text = section["timespan"]
    return int(text[:-1]) * UNITS[text[-1]] * 1_000_000_000


def newest(items: Sequence[Item]) -> int:
    return max(item.time for item in items)


def within(items: Sequence[Item], length: int) -> list[Item]:
    """The window, by time, then by arrival."""
    horizon = newest(items) - length
    return sorted((item for item in items if item.time > horizon), key=lambda item: item.time)


def all_ids(window: Sequence[Item]) -> tuple[str, ...]:
    """The newest ids, each once, where it came last; in order of time."""
    ids = list(dict.fromkeys(one for item in reversed(window) for one in reversed(item.ids)))
    return tuple(reversed(ids[:MOST_IDS]))


def listed(names: Any) -> list[str]:  # noqa: ANN401
    return [names] if isinstance(names, str) else list(names or [])
