from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from pullcord.detection.errors import RuleError
from pullcord.detection.extension import read_extension
from pullcord.detection.rule_tests import (
    MOST_EVENTS,
    START,
    TestKind,
    TestResult,
    fresh_detectors,
    item_events,
    run_tests,
)
from pullcord.detection.rules import RuleSet, load_rules
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding
from pullcord.model.times import SECOND

BASE = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
MANY = "33333333-3333-4333-8333-333333333333"


def detection(rule_id: str, field: str, name: str, tests: object = None) -> dict[str, Any]:
    return {
        "title": name,
        "id": rule_id,
        "name": name,
        "logsource": {"product": "ai", "category": "tool"},
        "detection": {"selection": {field: "yes"}, "condition": "selection"},
        "custom": {"pullcord": {"tests": tests or {}}},
    }


def many(tests: object) -> dict[str, Any]:
    return {
        "title": "Many",
        "id": MANY,
        "correlation": {
            "type": "event_count",
            "rules": ["base"],
            "group-by": ["who"],
            "timespan": "1m",
            "condition": {"gte": 3},
        },
        "custom": {"pullcord": {"tests": tests}},
    }


def rules(*documents: dict[str, Any]) -> RuleSet:
    found = load_rules([("a.yml", yaml.safe_dump_all(documents).encode())])
    assert [status.error for status in found.statuses if status.error] == []
    return found


def outcome(results: Sequence[TestResult]) -> list[tuple[TestKind, int, bool]]:
    return [(each.kind, each.index, each.passed) for each in results]


def test_positives_must_match_and_benign_must_not() -> None:
    tests = {"positive": [{"a": "yes"}, {"a": "no"}], "benign": [{"a": "no"}, {"a": "yes"}]}
    results = run_tests(rules(detection(BASE, "a", "base", tests)), BASE)
    assert outcome(results) == [
        (TestKind.POSITIVE, 0, True),
        (TestKind.POSITIVE, 1, False),
        (TestKind.BENIGN, 0, True),
        (TestKind.BENIGN, 1, False),
    ]
    assert [each.why for each in results] == [
        "",
        "the rule did not match",
        "",
        "the rule matched a benign event",
    ]


def test_only_the_rule_itself_counts() -> None:
    tests = {"positive": [{"b": "yes"}], "benign": [{"b": "yes"}]}
    ruleset = rules(detection(BASE, "a", "base", tests), detection(OTHER, "b", "other"))
    assert outcome(run_tests(ruleset, BASE)) == [(TestKind.POSITIVE, 0, False), (TestKind.BENIGN, 0, True)]
    assert run_tests(ruleset, OTHER) == []


def test_another_log_source_is_not_served() -> None:
    elsewhere = {"a": "yes", "@logsource": {"product": "ai", "category": "llm"}}
    tests = {"positive": [elsewhere], "benign": [elsewhere]}
    results = run_tests(rules(detection(BASE, "a", "base", tests)), BASE)
    assert outcome(results) == [(TestKind.POSITIVE, 0, False), (TestKind.BENIGN, 0, True)]


def test_correlations_see_each_item_afresh_and_in_time() -> None:
    step = {"@rule": "base", "a": "yes", "who": "x"}
    tests = {
        "positive": [[step, step, step], [{**step, "@repeat": 3}], [step, step]],
        "benign": [[step, step], [step, step, {**step, "@time": 90}], [{**step, "who": "{n}", "@repeat": 9}]],
    }
    results = run_tests(rules(detection(BASE, "a", "base"), many(tests)), MANY)
    assert [each.passed for each in results] == [True, True, False, True, True, True]


def test_rules_that_only_serve_others_are_tested_as_if_they_spoke() -> None:
    base = detection(BASE, "a", "base", {"positive": [{"a": "yes"}], "benign": [{"a": "no"}]})
    ruleset = rules(base, many({}))
    assert not ruleset.rules[0].emits
    assert all(each.passed for each in run_tests(ruleset, BASE))
    assert not ruleset.rules[0].emits


def test_a_test_that_cannot_run_says_why() -> None:
    tests = {"positive": [[{"a": "yes"}], [{"@rule": "nobody", "a": "yes"}]]}
    results = run_tests(rules(detection(BASE, "a", "base"), many(tests)), MANY)
    assert [each.passed for each in results] == [False, False]
    assert "@rule" in results[0].why
    assert "nobody" in results[1].why


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(RuleError, match="no rule"):
        run_tests(rules(detection(BASE, "a", "base")), OTHER)


def events_of(item: object) -> list[Event]:
    ruleset = rules(detection(BASE, "a", "base"), detection(OTHER, "b", "other"))
    (samples,) = read_extension({"tests": {"positive": [item]}}).tests.positive
    return item_events(ruleset, BASE, samples)


def test_events_are_a_second_apart_unless_they_say_otherwise() -> None:
    events = events_of([{}, {}, {"@time": 60}, {}, {"@repeat": 2}, {"@time": 10, "@repeat": 2}])
    assert [(event.time - START) // SECOND for event in events] == [0, 1, 60, 61, 62, 63, 10, 11]
    assert len({event.id for event in events}) == len(events)


def test_events_carry_what_the_item_says() -> None:
    (event,) = events_of({"a": [1, 2], "@asset": "press-30", "@actor": "x", "@trace": "t", "@rule": OTHER})
    assert event.logsource == LogSource(product="ai", category="tool")
    assert (event.asset, event.actor, event.trace_id, event.attributes) == (
        "press-30",
        "x",
        "t",
        {"a": [1, 2]},
    )


def test_repeats_are_numbered() -> None:
    first, second = events_of({"a": "k{n}", "b": ["{n}", 1], "@asset": "m{n}", "@repeat": 2})
    assert (first.attributes, first.asset) == ({"a": "k1", "b": ["1", 1]}, "m1")
    assert (second.attributes, second.asset) == ({"a": "k2", "b": ["2", 1]}, "m2")
    assert events_of({"a": "{n}"})[0].attributes == {"a": "{n}"}


def test_the_number_of_events_is_bounded() -> None:
    step = {"@repeat": 5_000}
    assert len(events_of([step] * 4)) == MOST_EVENTS
    with pytest.raises(RuleError, match="more than"):
        events_of([*[step] * 4, {}])


def test_a_detector_of_ones_own_is_asked() -> None:
    asked: list[int] = []

    class Deaf:
        def detect(self, events: Sequence[Event]) -> list[Finding]:
            asked.append(len(events))
            return []

    ruleset = rules(detection(BASE, "a", "base", {"positive": [{"a": "yes"}, [{}, {}]]}))
    assert [each.passed for each in run_tests(ruleset, BASE, lambda _: Deaf())] == [False, False]
    assert asked == [1, 2]


def test_detectors_of_one_set_of_rules_do_not_remember_each_other() -> None:
    ruleset = rules(detection(BASE, "a", "base"), many({}))
    fresh = fresh_detectors()
    samples = read_extension(
        {"tests": {"positive": [{"a": "yes", "who": "x", "@repeat": 2}]}}
    ).tests.positive[0]
    events = item_events(ruleset, BASE, samples)
    assert [fresh(ruleset).detect(events) for _ in range(3)] == [[], [], []]
    one = fresh(ruleset)
    assert one.detect(events) == []
    later = [*item_events(ruleset, BASE, samples * 2)][2:]
    assert [finding.rule_id for finding in one.detect(later)] == [MANY]
