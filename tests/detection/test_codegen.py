from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from sigma.exceptions import SigmaError

from pullcord.detection.codegen import compile_match
from pullcord.detection.errors import RuleError
from pullcord.detection.node import Node
from pullcord.detection.sigma import compile_rule
from pullcord.detection.sigma_parse import parse
from pullcord.detection.view import View
from tests.detection.build import load, rule_yaml, selection
from tests.detection.test_sigma import ATTRIBUTES, CONDITIONS, SEARCHES


@settings(max_examples=200)
@given(SEARCHES, SEARCHES, CONDITIONS, ATTRIBUTES)
def test_the_code_says_what_the_tree_says(
    one: object, two: object, condition: str, attributes: dict[str, Any]
) -> None:
    try:
        node = compile_rule(parse(rule_yaml({"s1": one, "s2": two, "condition": condition}).decode()))
    except (SigmaError, RuleError):
        return
    assert compile_match(node)(View(attributes)) is node.match(View(attributes))


def test_nothing_of_a_rule_becomes_code() -> None:
    hostile = "\"); raise SystemExit(1) #'\\\n"
    rules = load(selection({hostile: [hostile, f"*{hostile}*"], "a|re": "x'\""}))
    match = compile_match(rules.rules[0].node)
    assert match(View({hostile: hostile, "a": "x'\""}))
    assert not match(View({hostile: "other", "a": "x'\""}))


def test_a_wide_and_a_deep_condition() -> None:
    many = [f"value-{number}?" for number in range(3_000)]
    assert compile_match(load(selection({"a": many})).rules[0].node)(View({"a": "value-2999x"}))
    deep = load(selection({"a": "x"}, "not " * 60 + "selection")).rules[0].node
    assert compile_match(deep)(View({"a": "x"}))


def test_what_it_does_not_know_it_refuses() -> None:
    with pytest.raises(TypeError, match="no code for Node"):
        compile_match(Node())
