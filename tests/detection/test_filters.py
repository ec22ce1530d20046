from __future__ import annotations

from typing import Any

import pytest
import yaml

from pullcord.detection.correlation.resolve import Names
from pullcord.detection.errors import RuleError
from pullcord.detection.filters import Filter, compile_filter, filtered, targets
from pullcord.detection.node import Node
from pullcord.detection.rules import load_rules
from pullcord.detection.sigma_parse import ParsedFilter, parse_document
from pullcord.detection.view import View
from pullcord.model.event import Attributes, LogSource
from tests.detection.build import load, selection

RULES = {
    "one": LogSource(product="ai", category="tool"),
    "two": LogSource(product="ai", category="llm"),
    "three": LogSource(product="windows"),
}


def made(rules: object = "any", condition: str = "not s", **source: str) -> Filter:
    search = {"user|startswith": "svc_"}
    document = {
        "title": "F",
        "logsource": source or {"product": "ai"},
        "filter": {"rules": rules, "s": search, "s_two": {"b": "y"}, "condition": condition},
    }
    parsed = parse_document(yaml.safe_dump(document))
    assert isinstance(parsed, ParsedFilter)
    return compile_filter(parsed.common, parsed.condition)


def names() -> Names:
    known = Names()
    for rule_id in (*RULES, "correlation"):
        known.add(rule_id, f"name {rule_id}")
    return known


def test_any_means_all_rules_whose_log_source_it_serves() -> None:
    assert targets(made(), names(), RULES) == ({"one", "two"}, [])
    assert targets(made("ANY", category="tool"), names(), RULES) == ({"one"}, [])
    found, notes = targets(made([], product="linux"), names(), RULES)
    assert not found
    assert notes == ["its log source serves no rule that loaded"]


def test_rules_are_named_by_id_or_name_and_what_does_not_fit_is_noted() -> None:
    found, notes = targets(made(["one", "name two", "three", "nobody", "correlation"]), names(), RULES)
    assert found == {"one", "two"}
    assert notes == [
        "the filter's log source does not serve 'three'",
        "there is no rule 'nobody'",
        "'correlation' is no detection rule that loaded",
    ]


def test_a_filter_for_nothing_fails() -> None:
    with pytest.raises(RuleError, match="for no rule: there is no rule 'nobody'"):
        targets(made("nobody"), names(), RULES)


def test_rules_must_be_named_by_text_and_not_be_too_many() -> None:
    with pytest.raises(RuleError, match="no text"):
        made(["one", 5])
    with pytest.raises(RuleError, match="more than 2000 rules"):
        made([str(number) for number in range(2_001)])


def node() -> Node:
    return load(selection({"a": "x"})).rules[0].node


@pytest.mark.parametrize(
    ("attributes", "matches"),
    [
        ({"a": "x"}, True),
        ({"a": "x", "user": "ann"}, True),
        ({"a": "x", "user": "SVC_backup"}, False),
        ({"a": "z", "user": "ann"}, False),
        ({"a": "x", "b": "y"}, False),
    ],
)
def test_all_conditions_must_hold(attributes: Attributes, *, matches: bool) -> None:
    joined = filtered(node(), [made(), made(condition="not 1 of s_*")])
    assert joined.match(View(attributes)) is matches


def test_without_filters_the_condition_is_as_it_was() -> None:
    plain = node()
    assert filtered(plain, []) is plain


def test_a_filter_reaches_every_condition_of_a_rule() -> None:
    rule: dict[str, Any] = {
        "title": "R",
        "logsource": {"product": "ai"},
        "detection": {"p": {"a": "x"}, "q": {"a": "z"}, "condition": ["p", "q"]},
    }
    document = {
        "title": "F",
        "logsource": {"product": "ai"},
        "filter": {"rules": "any", "s": {"user": "bot"}, "condition": "not s"},
    }
    data = yaml.safe_dump_all([document, rule]).encode()
    (loaded,) = load_rules([("x.yml", data)]).rules
    assert loaded.node.match(View({"a": "z"}))
    assert not loaded.node.match(View({"a": "z", "user": "bot"}))
    assert not loaded.node.match(View({"a": "x", "user": "bot"}))
