from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.detection.correlation.correlator import Correlator
from pullcord.detection.correlation.groups import Limits
from pullcord.detection.correlation.occurrence import Match
from pullcord.detection.rules import RuleSet
from pullcord.detection.stream import MOST_KEY, MOST_VALUE
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.times import SECOND
from tests.detection.correlation.reference import Reference
from tests.detection.correlation.scenarios import Scenario, event, matches, rule_set, scenarios

TYPES = (
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
    "value_median",
)


def expected(scenario: Scenario) -> list[Any]:
    reference = Reference(scenario.sections, scenario.trees)
    return [firing for each in scenario.events for firing in reference.event(each, bases_of(each))]


def bases_of(each: Event) -> list[str]:
    names = each.attributes["m"]
    assert isinstance(names, list)
    return [str(name) for name in names]


def told(rules: RuleSet, findings: list[Finding]) -> list[Any]:
    names = {rule.rule_id: rule.name for rule in rules.correlations}
    return [(names[finding.rule_id], finding.time, finding.event_ids) for finding in findings]


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
@settings(max_examples=150)
def test_it_agrees_with_the_reference(kind: str, data: st.DataObject) -> None:
    scenario = data.draw(scenarios(kind))
    rules = rule_set(scenario.sections)
    findings = Correlator(rules.correlations).feed(matches(rules, scenario.events))
    assert told(rules, findings) == expected(scenario)


def restarted(
    rules: RuleSet, scenario: Scenario, stops: set[int], limits: Limits
) -> tuple[list[Finding], Correlator]:
    """Feed event by event; at each stop go on with a new correlator, from what was stored."""
    store: dict[str, bytes] = {}
    correlator = Correlator(rules.correlations, limits)
    found: list[Finding] = []
    for number, each in enumerate(scenario.events):
        found += correlator.feed(matches(rules, [each]))
        if number in stops:
            keep(store, correlator)
            correlator = Correlator(rules.correlations, limits)
            correlator.restore(store)
            assert not correlator.health()["damaged"] + correlator.health()["outdated"]
        elif number % 3 == 0:
            keep(store, correlator)
    return found, correlator


def keep(store: dict[str, bytes], correlator: Correlator) -> None:
    for key, value in correlator.changed().items():
        assert len(key) <= MOST_KEY
        if value is None:
            del store[key]
        else:
            assert len(value) <= MOST_VALUE
            store[key] = value


SMALL = st.builds(
    Limits,
    groups=st.sampled_from([2, 1_000]),
    entries=st.sampled_from([5, 1_000]),
    per_group=st.sampled_from([4, 1_000]),
    per_ordered=st.sampled_from([3, 1_000]),
)


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
@settings(max_examples=60)
def test_a_restart_changes_nothing_whatever_the_bounds(kind: str, data: st.DataObject) -> None:
    scenario = data.draw(scenarios(kind))
    limits = data.draw(SMALL)
    stops = data.draw(st.sets(st.integers(0, 30), max_size=6))
    rules = rule_set(scenario.sections)
    whole = Correlator(rules.correlations, limits)
    plain = [finding for each in scenario.events for finding in whole.feed(matches(rules, [each]))]
    found, correlator = restarted(rules, scenario, stops, limits)
    assert found == plain
    health, other = whole.health(), correlator.health()
    assert (health["groups"], health["entries"]) == (other["groups"], other["entries"])
    assert health["groups"] <= limits.groups
    # One group alone may have more than all together: it is never evicted for itself.
    assert health["entries"] <= max(limits.entries, limits.per_group, limits.per_ordered)


def counting(number: int = 3, **more: Any) -> RuleSet:  # noqa: ANN401
    section = {
        "type": "event_count",
        "rules": ["a"],
        "timespan": "10s",
        "group-by": "user",
        "condition": {"gte": number},
    }
    return rule_set({"one": {**section, **more}})


def run(correlator: Correlator, rules: RuleSet, *events: Event) -> list[Finding]:
    return correlator.feed(matches(rules, events))


def test_it_speaks_once_and_again_after_a_timespan() -> None:
    rules = counting()
    events = [event(number, number, m=["a"], user="ann") for number in range(30)]
    found = run(Correlator(rules.correlations), rules, *events)
    assert [finding.time // SECOND for finding in found] == [2, 12, 22]


def test_it_speaks_again_after_it_was_false() -> None:
    rules = counting()
    times = [0, 1, 2, 13, 14, 15]
    events = [event(number, at, m=["a"], user="ann") for number, at in enumerate(times)]
    found = run(Correlator(rules.correlations), rules, *events)
    assert [finding.event_ids for finding in found] == [("e0", "e1", "e2"), ("e3", "e4", "e5")]


def received(number: int, seconds: float, at: float) -> Event:
    made = event(number, seconds, m=["a"], user="ann")
    return msgspec.structs.replace(made, received=int(at * SECOND))


@pytest.mark.parametrize("place", range(4))
def test_one_event_from_the_future_does_not_empty_the_window(place: int) -> None:
    rules = counting(number=4)
    correlator = Correlator(rules.correlations)
    events = [received(at, at, at + 0.5) for at in range(10, 13)]
    events.insert(place, received(9, 10**9, 10 + place))
    (finding,) = run(correlator, rules, *events)
    assert set(finding.event_ids) == {"e9", "e10", "e11", "e12"}
    assert correlator.health()["future"] == 1
    assert correlator.health()["late"] == 0


def test_a_recording_from_the_future_keeps_its_times() -> None:
    rules = counting(number=2)
    apart = [received(at, 10**6 + at * 60, 5) for at in range(5)]
    assert not run(Correlator(rules.correlations), rules, *apart)


def test_what_comes_too_late_is_counted() -> None:
    rules = counting()
    correlator = Correlator(rules.correlations)
    assert not run(correlator, rules, *(event(at, at, m=["a"], user="ann") for at in (50, 40, 41)))
    assert correlator.health()["late"] == 1
    assert correlator.health()["entries"] == 2


def test_an_event_counts_once_for_several_rules() -> None:
    rules = counting(number=2, rules=["a", "b"])
    correlator = Correlator(rules.correlations)
    assert not run(correlator, rules, event(1, 1, m=["a", "b"], user="ann"))
    assert run(correlator, rules, event(2, 2, m=["b"], user="ann"))


def test_matches_without_a_group_or_a_value_are_counted_and_left_out() -> None:
    rules = rule_set({
        "one": {
            "type": "value_sum",
            "rules": ["a"],
            "timespan": "10s",
            "group-by": "user",
            "condition": {"gte": 1, "field": "v"},
        }
    })  # fmt: skip
    correlator = Correlator(rules.correlations)
    run(correlator, rules, event(1, 1, m=["a"], v=5), event(2, 2, m=["a"], user="ann", v="many"))
    health = correlator.health()
    assert (health["ungrouped"], health["valueless"], health["groups"]) == (1, 1, 0)


def test_groups_are_bounded_and_the_oldest_goes_first() -> None:
    rules = counting()
    correlator = Correlator(rules.correlations, Limits(groups=2))
    users = ["ann", "bob", "ann", "eve", "bob", "bob", "ann"]
    found = run(correlator, rules, *(event(at, at, m=["a"], user=user) for at, user in enumerate(users)))
    # bob, touched longest ago, goes for eve; then ann goes for bob, and so cannot reach three.
    assert not found
    health = correlator.health()
    assert health["groups"] == 2
    assert health["evicted_groups"] == health["evicted_live"] == 3


def test_entries_of_a_group_and_of_all_are_bounded() -> None:
    rules = counting(number=3)
    correlator = Correlator(rules.correlations, Limits(per_group=8, entries=10))
    run(correlator, rules, *(event(at, at / 100, m=["a"], user="ann") for at in range(50)))
    assert correlator.health()["entries"] <= 8
    assert correlator.health()["cut_entries"] >= 42
    run(correlator, rules, *(event(at, at / 100, m=["a"], user="bob") for at in range(50, 60)))
    assert correlator.health()["entries"] <= 10
    assert correlator.health()["evicted_groups"] == 1


def test_state_of_a_rule_that_changed_and_damaged_state_is_dropped() -> None:
    rules = counting()
    correlator = Correlator(rules.correlations)
    run(correlator, rules, *(event(at, at, m=["a"], user=user) for at, user in enumerate(["ann", "bob"])))
    store = {key: value for key, value in correlator.changed().items() if value is not None}
    changed = Correlator(counting(number=4).correlations)
    changed.restore(store)
    assert changed.health()["groups"] == 0
    assert changed.health()["outdated"] == 4
    assert set(changed.changed().values()) == {None}
    broken = {key: value[:-3] if "." in key else value for key, value in store.items()}
    correlator.restore({**broken, "odd key": b"x"})
    assert correlator.health()["damaged"] == 5
    assert correlator.health()["groups"] == 0


@given(st.dictionaries(st.from_regex(r"[0-9a-f]{32}(\.[0-9]{1,2})?", fullmatch=True), st.binary(max_size=60)))
def test_no_state_can_stop_it(store: dict[str, bytes]) -> None:
    correlator = Correlator(counting().correlations)
    correlator.restore(store)
    assert correlator.health()["groups"] == 0


def test_an_unused_rule_id_does_no_harm() -> None:
    rules = counting()
    correlator = Correlator(rules.correlations)
    assert correlator.feed([Match("other", event(1, 1, m=["a"], user="ann"))]) == []
    assert len(correlator.bases) == 1


def test_a_chain_of_correlations_needs_both() -> None:
    rules = rule_set({
        "many": {
            "type": "event_count",
            "rules": ["a"],
            "timespan": "1m",
            "group-by": "user",
            "condition": {"gte": 3},
            "generate": False,
        },
        "then": {
            "type": "temporal_ordered",
            "rules": ["many", "b"],
            "timespan": "5m",
            "group-by": "user",
            "generate": False,
        },
    })  # fmt: skip
    correlator = Correlator(rules.correlations)
    early = event(0, 0, m=["b"], user="ann")
    assert not run(correlator, rules, early, event(8, 1, m=["b"], user="eve"))
    failed = [event(at, at, m=["a"], user="ann") for at in (1, 2, 3)]
    (finding,) = run(correlator, rules, *failed, event(9, 9, m=["b"], user="ann"))
    # The window has everything that matched a rule of the correlation, also what came before.
    assert finding.event_ids == ("e0", "e1", "e2", "e3", "e9")
    assert finding.title == "Corr then"


def test_late_entries_cost_no_more_than_the_bound_allows() -> None:
    rules = rule_set(
        {"one": {"type": "temporal_ordered", "rules": ["a", "b", "c"], "timespan": "1h", "group-by": "user"}}
    )
    correlator = Correlator(rules.correlations, Limits(per_ordered=100))
    events = [event(at, 3_000 - at / 10, m=["a", "b"], user="ann") for at in range(3_000)]
    start = time.process_time()
    run(correlator, rules, *events)
    assert time.process_time() - start < 20
    assert correlator.health()["entries"] <= 100
