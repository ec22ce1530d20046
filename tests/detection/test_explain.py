from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.explain import Explained, explain, obstacles
from pullcord.detection.node import Node
from pullcord.detection.view import View
from pullcord.model.event import Attributes
from tests.detection.build import load, selection


def rule(search: object, condition: object = "selection", **more: object) -> Node:
    made = load(selection(search, condition) | more)
    assert made.rules, made.statuses
    return made.rules[0].node


def told(search: object, attributes: Attributes, condition: object = "selection") -> Explained:
    return explain(rule(search, condition), View(attributes))


@pytest.mark.parametrize(
    ("search", "value", "shown"),
    [
        ({"a|contains": "EXPORT"}, "please Export all", "Export"),
        ({"a|startswith": "rm "}, "rm -rf /", "rm "),
        ({"a|endswith": ".PKL"}, "model.pkl", ".pkl"),
        ({"a": "x"}, "X", "X"),
        ({"a|contains": "strasse"}, "Die Straße hier", "Straße"),
        ({"a|contains": "xyz"}, "ßßßXYZ", "XYZ"),
        ({"a|re": "ign[a-z]+ the"}, "please ignore the alarm", "ignore the"),
        ({"a|re": "(?=x)xy"}, "..xy..", "xy"),
        ({"a|re": "^all of it$"}, "all of it", "all of it"),
        ({"a|contains|cased": "Key"}, "key Key", "Key"),
        ({"a|contains": ["zzz", "two"]}, "one two", "two"),
        ({"a|cidr": "10.0.0.0/8"}, "10.1.2.3", "10.1.2.3"),
        ({"a": "b*d"}, "bcd", "bcd"),
    ],
)
def test_the_part_that_matched_is_pointed_at(search: object, value: str, shown: str) -> None:
    one = told(search, {"a": value})
    assert one.holds
    assert one.span is not None
    assert (one.field, one.value, value[slice(*one.span)]) == ("a", value, shown)


def test_every_node_has_its_answer() -> None:
    one = told({"a": "x", "b|gt": 5, "c": None}, {"a": "x", "b": 3}, "selection")
    assert (one.label, one.holds) == ("all of", False)
    assert [(child.holds, child.value) for child in one.children] == [(True, "x"), (False, "3"), (True, None)]
    assert [child.label for child in one.children][::2] == ["a is 'x'", "c is absent"]
    assert one.children[1].label.startswith("b ")


def test_what_is_missing_is_named() -> None:
    search = {"a": "x", "b|contains": ["y", "z"]}
    one = told(search, {"a": "x"})
    assert [(two.label, two.field, two.value) for two in obstacles(one)] == [
        ("b contains any of 'y', 'z'", "b", None)
    ]
    assert list(obstacles(told(search, {"a": "x", "b": "z"}))) == []


def test_a_negation_says_what_stood_in_the_way() -> None:
    node = rule({"a": "x"}, "selection and not filter", filter={"b": "trusted"})
    (not_,) = obstacles(explain(node, View({"a": "x", "b": "trusted"})))
    assert (not_.label, not_.children[0].value) == ("not", "trusted")
    assert explain(node, View({"a": "x"})).holds


def test_a_keyword_names_the_field_it_was_found_in() -> None:
    one = told(["secret"], {"a": "x", "deep.b": "the secret plan"})
    assert (one.label, one.field, one.span) == ("any field contains 'secret'", "deep.b", (4, 10))


def test_a_backtracking_expression_sees_no_more_than_in_the_engine() -> None:
    one = told({"a|re": "(?=x)x.*y"}, {"a": "x" + "z" * 2_000 + "y" + "z" * 100_000 + "y"})
    assert (one.holds, one.span) == (True, (0, 2_002))


def test_of_several_values_the_one_that_passes_is_shown() -> None:
    assert told({"a|contains": "y"}, {"a": ["x", "yy"]}).value == "yy"


def test_long_lists_are_shortened() -> None:
    one = told({"a|contains": [f"word{number}" for number in range(40)]}, {"a": "x"})
    assert one.label.endswith("… and 35 more")


@given(
    st.dictionaries(st.sampled_from("abc"), st.text("xyzß.", max_size=8), max_size=3),
    st.text("xyzs", min_size=1, max_size=3),
    st.sampled_from(["contains", "startswith", "endswith", "re"]),
)
def test_the_answer_is_that_of_the_engine_and_the_span_is_within(
    attributes: dict[str, str], needle: str, modifier: str
) -> None:
    node = rule({f"a|{modifier}": needle, "b": "x*"}, "selection or not other", other={"c|contains": needle})
    one = explain(node, View(attributes))
    assert one.holds is node.match(View(attributes))
    waiting = [one]
    while waiting:
        each = waiting.pop()
        waiting += each.children
        if each.span is not None:
            assert each.value is not None
            assert 0 <= each.span[0] <= each.span[1] <= len(each.value)
            assert each.holds
