from __future__ import annotations

from typing import Any

import yaml

from pullcord.detection.loading import Document, guarded, one_line
from pullcord.detection.rules import RuleSet, RuleState, load_rules
from tests.detection.build import selection

ID = "0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001"
COUNT: dict[str, Any] = {"type": "event_count", "rules": ["base"], "timespan": "5m", "condition": {"gte": 3}}


def base(name: str = "base", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    rule = {"title": f"Rule {name}", "name": name, "logsource": {"product": "ai"}}
    return {**rule, "detection": selection({"a": "x"}), **more}


def correlation(title: str = "C", *, name: str | None = None, **section: Any) -> dict[str, Any]:  # noqa: ANN401
    named = {"name": name} if name else {}
    return {"title": title, **named, "correlation": {**COUNT, **section}}


def load(*documents: dict[str, Any]) -> RuleSet:
    return load_rules(
        (f"{number}.yml", yaml.safe_dump(each).encode()) for number, each in enumerate(documents)
    )


def errors(rules: RuleSet) -> dict[str, str]:
    return {status.path: status.error for status in rules.statuses if status.error}


def test_references_go_over_all_files_in_any_order() -> None:
    rules = load(
        correlation("top", type="temporal", rules=["middle", ID], condition=None),
        correlation("middle", name="middle"),
        base("other", id=ID.upper()),
        base(),
    )
    assert not errors(rules)
    assert [rule.title for rule in rules.correlations] == ["middle", "top"]
    assert [reference.rule_id for reference in rules.correlations[1].references] == ["1.yml", ID]


def test_rules_that_are_only_there_for_correlations_are_silent_and_say_so() -> None:
    rules = load(base(), base("free"), correlation("top", name="one"))
    assert [rule.emits for rule in rules.rules] == [False, True]
    assert [status.note for status in rules.statuses] == [
        "makes no findings of its own: it is there for 'top'",
        None,
        None,
    ]


def test_generate_keeps_their_findings() -> None:
    assert [rule.emits for rule in load(base(), correlation(generate=True)).rules] == [True]
    one_asks = load(base(), correlation("a", generate=True), correlation("b"))
    assert [rule.emits for rule in one_asks.rules] == [True]
    chained = load(base(), correlation("a", name="a", generate=True), correlation("b", rules=["a"]))
    assert [rule.emits for rule in chained.correlations] == [False, True]


def test_a_correlation_that_failed_silences_nothing() -> None:
    rules = load(base(), correlation(timespan="soon"))
    assert [rule.emits for rule in rules.rules] == [True]
    assert "timespan" in errors(rules)["1.yml"].lower()


def test_a_failed_base_is_the_reason() -> None:
    rules = load(base(detection=selection({"a|re": "("})), correlation(), correlation(name="x", rules=["x"]))
    assert set(errors(rules)) == {"0.yml", "1.yml", "2.yml"}
    assert "its rule 0.yml failed (PC-1001" in errors(rules)["1.yml"]
    assert "rests on itself" in errors(rules)["2.yml"]


def test_a_base_that_is_not_even_yaml_is_found_by_its_name() -> None:
    files = [("0.yml", b"title: [\nname: base\n"), ("1.yml", yaml.safe_dump(correlation()).encode())]
    assert "its rule 0.yml failed" in errors(load_rules(files))["1.yml"]


def test_a_condition_that_holds_from_the_first_match_on_is_remarked() -> None:
    rules = load(base(), correlation(condition={"lt": 3}), correlation(condition={"lt": 3, "gt": 1}))
    assert [status.note for status in rules.statuses[1:]] == [
        "its condition holds from the first match of a group on",
        None,
    ]


def test_ids_are_one_namespace() -> None:
    rules = load(base(id=ID), {**correlation(), "id": ID}, {**correlation(), "id": ID})
    assert [status.status for status in rules.statuses] == [
        RuleState.LOADED,
        RuleState.FAILED,
        RuleState.FAILED,
    ]
    assert "same id" in errors(rules)["1.yml"]
    assert not rules.correlations


def test_filters_join_their_rules_and_have_a_status() -> None:
    made = {
        "title": "F",
        "logsource": {"product": "ai"},
        "filter": {"rules": ["base", "gone"], "s": {"b": "y"}, "condition": "not s"},
    }
    rules = load(made, base(), correlation(rules=["gone"]))
    assert [status.status for status in rules.statuses] == [
        RuleState.LOADED,
        RuleState.LOADED,
        RuleState.FAILED,
    ]
    assert "gone" in (rules.statuses[0].note or "")
    assert "for no rule" in errors(load(made))["0.yml"]


def test_filters_are_bounded() -> None:
    made = {
        "title": "F",
        "logsource": {"product": "ai"},
        "filter": {"rules": "any", "s": {"b": "y"}, "condition": "not s"},
    }
    documents = b"---\n".join([yaml.safe_dump(made).encode()] * 502)
    rules = load_rules([("f.yml", documents)])
    assert [status.status for status in rules.statuses].count(RuleState.LOADED) == 500
    assert "more than 500 filters" in (rules.statuses[-1].error or "")


def test_what_goes_wrong_is_an_error_of_the_document() -> None:
    document = Document("id", None, "path")
    assert document.attempt(lambda: 1 // 0) is None
    assert (
        document.status().error
        == "PC-1001: ZeroDivisionError: integer division or modulo by zero; correct the rule"
    )
    assert guarded(lambda: 5) == 5
    assert one_line("a\nb\x00" + "x" * 1_000) == "a b " + "x" * 396
