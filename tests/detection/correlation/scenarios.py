"""Generated correlations and events for the property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml
from hypothesis import strategies as st

from pullcord.detection.correlation.occurrence import Match
from pullcord.detection.rules import RuleSet, load_rules
from pullcord.detection.view import View
from pullcord.model.event import Event, LogSource
from pullcord.model.times import SECOND
from tests.detection.correlation.reference import Tree

BASES = ("a", "b", "c")
OPERATORS = st.sampled_from(["gt", "gte", "lt", "lte", "eq", "neq"])
FIELDS = ("user", "host", "peer")


@dataclass(frozen=True)
class Scenario:
    """Correlations by name, the trees of extended conditions, and events in order of arrival."""

    sections: Mapping[str, dict[str, Any]]
    trees: Mapping[str, Tree]
    events: Sequence[Event]


def rule_set(sections: Mapping[str, dict[str, Any]]) -> RuleSet:
    """The correlations and their bases, loaded; base ``a`` matches events whose ``m`` has an ``a``."""
    documents: list[dict[str, Any]] = [
        {"title": f"Corr {name}", "name": name, "correlation": {"generate": True, **section}}
        for name, section in sections.items()
    ]
    documents += [
        {
            "title": f"Base {name}",
            "name": name,
            "logsource": {"product": "ai"},
            "detection": {"s": {"m": name}, "condition": "s"},
        }
        for name in BASES
    ]
    rules = load_rules([("x.yml", yaml.safe_dump_all(documents).encode())])
    assert not [status.error for status in rules.statuses if status.error], rules.statuses
    return rules


def matches(rules: RuleSet, events: Sequence[Event]) -> list[Match]:
    """What the detection rules match, in the order of the events."""
    return [
        Match(rule.rule_id, event)
        for event in events
        for rule in rules.rules
        if rule.node.match(View(event.attributes))
    ]


def event(number: int, seconds: float, **fields: Any) -> Event:  # noqa: ANN401
    """One event; ``m`` names the bases it matches."""
    return Event(
        id=f"e{number}", time=int(seconds * SECOND), logsource=LogSource(product="ai"), attributes=fields
    )


@st.composite
def comparisons(draw: st.DrawFn, low: int, high: int) -> dict[str, Any]:
    """One comparison, or a range."""
    number = draw(st.integers(low, high))
    if draw(st.booleans()):
        return {draw(OPERATORS): number}
    return {
        draw(st.sampled_from(["gt", "gte"])): number,
        draw(st.sampled_from(["lt", "lte"])): number + draw(st.integers(2, 5)),
    }


def trees(rules: Sequence[str]) -> st.SearchStrategy[Tree]:
    """Extended conditions over these rules."""
    leaf = st.sampled_from([("rule", rule) for rule in rules])
    return st.recursive(
        leaf,
        lambda part: st.one_of(
            st.tuples(st.just("not"), part),
            st.tuples(st.sampled_from(["and", "or"]), part, part),
        ),
        max_leaves=4,
    )


def written(tree: Tree) -> str:
    """An extended condition as text."""
    match tree:
        case ("rule", name):
            return str(name)
        case ("not", part):
            return f"not ({written(part)})"
        case _:
            return f" {tree[0]} ".join(f"({written(part)})" for part in tree[1:])


def named(tree: Tree) -> list[str]:
    """The rules of a tree, in the order of its text."""
    if tree[0] == "rule":
        return [tree[1]]
    return list(dict.fromkeys(name for part in tree[1:] for name in named(part)))


@st.composite
def sections(draw: st.DrawFn, kind: str, names: Sequence[str]) -> tuple[dict[str, Any], Tree | None]:
    """A correlation of one type over some of the names, and its tree if it has one."""
    rules = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    section: dict[str, Any] = {"type": kind, "timespan": draw(st.sampled_from(["2s", "5s", "1m"]))}
    tree: Tree | None = None
    if kind.startswith("temporal"):
        shape = draw(st.sampled_from(["default", "count", "tree"]))
        if shape == "count":
            section["condition"] = {"gte": draw(st.integers(1, len(rules)))}
        elif shape == "tree":
            tree = draw(trees(rules))
            rules = named(tree)
            section["condition"] = written(tree)
    else:
        section["condition"] = draw(comparisons(2, 6) if kind.endswith("count") else comparisons(-2, 8))
        if kind == "value_count":
            section["condition"]["field"] = draw(st.sampled_from(["v", ["v", "host"], ["v"]]))
        elif kind != "event_count":
            section["condition"]["field"] = "v"
        if kind == "value_percentile":
            section["condition"]["percentile"] = draw(st.sampled_from([0, 10, 50, 90, 99.5, 100]))
    section["rules"] = rules
    groups = draw(st.lists(st.sampled_from(["user", "host", "who"]), max_size=2, unique=True))
    if groups:
        section["group-by"] = groups
    if "who" in groups:
        section["aliases"] = {"who": {rule: draw(st.sampled_from(FIELDS)) for rule in rules}}
    return section, tree


VALUES = st.one_of(
    st.integers(-3, 9),
    st.sampled_from(
        [0.1, 0.2, 0.3, 2.5, 1e17, -1e17, "7", " ", "", "x", "X", True, [1, 2], [], ["x", 5, "y"]]
    ),
)
ATTRIBUTES = st.fixed_dictionaries(
    {"m": st.lists(st.sampled_from(BASES), min_size=1, max_size=3, unique=True)},
    optional={
        "user": st.sampled_from(["ann", "ANN", "bob", ""]),
        "host": st.sampled_from(["h1", "h2", 3, 3.0, ["h1", "h2"]]),
        "peer": st.sampled_from(["ann", "h1"]),
        "v": VALUES,
    },
)


@st.composite
def scenarios(draw: st.DrawFn, kind: str) -> Scenario:
    """One correlation of a type, perhaps another on top, and events that mostly come in order."""
    first, tree = draw(sections(kind, BASES))
    made = {"one": first}
    found = {"one": tree} if tree else {}
    if draw(st.booleans()):
        above = draw(
            st.sampled_from(["event_count", "temporal", "temporal_ordered", "value_count", "value_sum"])
        )
        made["two"], tree = draw(sections(above, ("one", "a", "b")))
        if tree:
            found["two"] = tree
    times = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(-4, 0)), max_size=30))
    events: list[Event] = []
    live, ahead = (
        draw(st.booleans()),
        draw(st.lists(st.sampled_from([0, 0, 1, 3, 500]), min_size=30, max_size=30)),
    )
    now = 100.0
    for number, (step, back) in enumerate(times):
        now += step / 2
        late = back if back < -1 else 0
        one = event(number, now + late + ahead[number] * live, **draw(ATTRIBUTES))
        events.append(msgspec.structs.replace(one, received=int(now * SECOND)) if live else one)
    return Scenario(made, found, events)
