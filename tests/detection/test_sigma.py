from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.exceptions import SigmaError

from pullcord.detection.errors import RuleError
from pullcord.detection.sigma import compile_rule
from pullcord.detection.sigma_parse import parse
from pullcord.detection.view import View
from tests.detection.build import error, hits, load, rule_yaml, selection
from tests.detection.reference import matches

CASES: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    # search, an event that matches, one that does not
    ({"a": "x"}, {"a": "X"}, {"a": "xy"}),
    ({"a": ["x", "y"]}, {"a": "y"}, {"a": "z"}),
    ({"a|contains": "mid"}, {"a": "aMIDb"}, {"a": "md"}),
    ({"a|startswith": ["x", "y"]}, {"a": "yes"}, {"a": "ey"}),
    ({"a|endswith": "x"}, {"a": "fox"}, {"a": "xo"}),
    ({"a|contains|all": ["x", "y"]}, {"a": "y-x"}, {"a": "x"}),
    ({"a|re": "b+c$"}, {"a": "abbc"}, {"a": "ABBC"}),
    ({"a|re|i": "b+c"}, {"a": "ABBC"}, {"a": "AC"}),
    ({"a|re|m": "^c"}, {"a": "b\nc"}, {"a": "bc"}),
    ({"a|re|s": "b.c"}, {"a": "b\nc"}, {"a": "bc"}),
    ({"a|re": "ab(?!c)"}, {"a": "abd"}, {"a": "abc"}),
    ({"a|base64": "foo"}, {"a": "Zm9v"}, {"a": "foo"}),
    (
        {"a|base64offset|contains": "secret"},
        {"a": base64.b64encode(b"xxsecretyy").decode()},
        {"a": "c2Vj"},
    ),
    (
        {"a|wide|base64offset|contains": "ping"},
        {"a": base64.b64encode("ping".encode("utf-16le")).decode()},
        {"a": "ping"},
    ),
    ({"a|windash|contains": " -enc "}, {"a": "p /enc x"}, {"a": "p enc x"}),
    ({"a|cidr": "10.0.0.0/8"}, {"a": "10.9.9.9"}, {"a": "11.0.0.1"}),
    ({"a|cidr": "fd00::/8"}, {"a": "fd00::1"}, {"a": "fe00::1"}),
    ({"a|lt": 5}, {"a": 4}, {"a": 5}),
    ({"a|lte": 5}, {"a": "5"}, {"a": 6}),
    ({"a|gt": 5.5}, {"a": 6}, {"a": "text"}),
    ({"a|gte": 5}, {"a": 5.0}, {"a": 4}),
    ({"a|neq": "x"}, {"a": "y"}, {"a": "X"}),
    ({"a|exists": True}, {"a": ""}, {"b": "x"}),
    ({"a|exists": False}, {"b": "x"}, {"a": ""}),
    ({"a|cased": "Ab"}, {"a": "Ab"}, {"a": "AB"}),
    ({"a|contains|cased": "Ab"}, {"a": "xAb"}, {"a": "xab"}),
    ({"a|fieldref": "b"}, {"a": "X", "b": "x"}, {"a": "X"}),
    ({"a|fieldref|startswith": "b"}, {"a": "xy", "b": "x"}, {"a": "yx", "b": "x"}),
    ({"a|fieldref|endswith": "b"}, {"a": "xy", "b": "Y"}, {"a": "yx", "b": "y"}),
    ({"a|fieldref|contains": "b"}, {"a": "xyz", "b": "y"}, {"a": "x", "b": "y"}),
    ({"a|hour": 3}, {"a": "2026-01-02T03:04:05Z"}, {"a": "2026-01-02T04:04:05Z"}),
    ({"a|hour|gte": 22}, {"a": "2026-01-02T23:04:05Z"}, {"a": "2026-01-02T04:04:05Z"}),
    ({"a": None}, {"b": "x"}, {"a": ""}),
    ({"a": ""}, {"a": ""}, {"b": "x"}),
    ({"a": 1}, {"a": "1"}, {"a": True}),
    ({"a": "1"}, {"a": 1}, {"a": 10}),
    ({"a": True}, {"a": "true"}, {"a": 1}),
    ({"a": "*"}, {"a": ""}, {"b": "x"}),
    ({"a": "x*z?"}, {"a": "xyzz"}, {"a": "xyz"}),
    ({"a": r"\*x"}, {"a": "*x"}, {"a": "yx"}),
    ({"a": "x"}, {"a": ["w", "X"]}, {"a": ["w"]}),
    ({"a": "x"}, {"a": "x"}, {"a": []}),
    (["word", "other"], {"q": "a WORD here"}, {"word": "q"}),
    ({"|all": ["one", "two"]}, {"p": "one", "q": "two"}, {"p": "one"}),
    ([4625], {"p": "id 4625"}, {"p": "462"}),
    ({"|re": "w[0o]rd"}, {"p": ["x", "w0rd"]}, {"p": "ward"}),
    ([{"a": "x"}, {"b": "y"}], {"b": "y"}, {"a": "y"}),
]


@pytest.mark.parametrize(("search", "positive", "negative"), CASES)
def test_searches(search: object, positive: dict[str, Any], negative: dict[str, Any]) -> None:
    assert hits(search, positive)
    assert not hits(search, negative)


def test_not_over_a_missing_field_is_true() -> None:
    assert hits({"a": "x"}, {"b": "x"}, "not selection")
    assert hits({"a|neq": "x"}, {"b": "x"})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("one and two", False),
        ("one or two", True),
        ("one and not two", True),
        ("1 of them", True),
        ("all of them", False),
        ("1 of o*", True),
        ("not (two or one)", False),
        (["two", "one"], True),
    ],
)
def test_conditions(condition: object, expected: bool) -> None:  # noqa: FBT001
    rules = load({"one": {"a": "x"}, "two": {"a": "y"}, "condition": condition})
    assert rules.rules[0].node.match(View({"a": "x"})) is expected


@pytest.mark.parametrize(
    ("search", "why"),
    [
        ({"a|expand": "%admins%"}, "placeholder"),
        ({"a|re|expand": "%admins%x"}, "placeholder"),
        ({"a|nosuch": "x"}, "nosuch"),
        ({"a|cidr": "10.0.0.0/99"}, "CIDR"),
        ({"a|re": "("}, "invalid"),
        ({"a|lt": "x"}, "incompatible"),
        ([None], "needs a field"),
        ({"|fieldref": "x"}, "needs a field"),
    ],
)
def test_what_cannot_work_fails_with_a_reason(search: object, why: str) -> None:
    assert why in error(load(selection(search)))


@pytest.mark.parametrize(("depth", "why"), [(70, "deeper"), (500, "ecursion")])
def test_a_deep_condition_is_refused(depth: int, why: str) -> None:
    assert why in error(load(selection({"a": "x"}, "not " * depth + "selection")))


VALUES = st.one_of(st.text("aAbB*?\\ 1.ß", max_size=5), st.integers(-2, 12), st.booleans())
FIELDS = st.sampled_from(["a", "b", "c"])
MODIFIERS = st.sampled_from(["", "|contains", "|startswith", "|endswith", "|cased", "|neq", "|contains|all"])
REGEXES = st.sampled_from(["a+b", "^[aA]", "b$", "a.b", "(a|b){2}", "a(?!b)"])
ITEMS = st.one_of(
    st.tuples(
        st.builds(str.__add__, FIELDS, MODIFIERS),
        st.lists(st.text("aAb*?\\1ß", max_size=4), min_size=1, max_size=3),
    ),
    st.tuples(st.builds(str.__add__, FIELDS, st.sampled_from(["|lt", "|gte", ""])), st.integers(-2, 12)),
    st.tuples(st.builds(str.__add__, FIELDS, st.sampled_from(["|re", "|re|i"])), REGEXES),
    st.tuples(st.builds("{}|fieldref{}".format, FIELDS, st.sampled_from(["", "|contains"])), FIELDS),
    st.tuples(st.builds("{}|exists".format, FIELDS), st.booleans()),
    st.tuples(FIELDS, st.one_of(st.none(), st.booleans())),
    st.tuples(st.builds("{}|hour".format, FIELDS), st.integers(0, 3)),
    st.tuples(st.builds("{}|windash".format, FIELDS), st.sampled_from(["-a", "/b -a", "a"])),
)
SEARCHES = st.one_of(
    st.lists(ITEMS, min_size=1, max_size=3).map(dict),
    st.lists(
        st.one_of(st.text("aAb*?1", min_size=1, max_size=3), st.integers(0, 12)), min_size=1, max_size=3
    ),
    st.lists(st.lists(ITEMS, min_size=1, max_size=2).map(dict), min_size=2, max_size=3),
)
CONDITIONS = st.sampled_from(
    ["s1", "not s1", "s1 and s2", "s1 or not s2", "1 of s*", "not (s1 and not s2)", "all of them"]
)
ATTRIBUTES = st.dictionaries(
    FIELDS,
    st.one_of(
        VALUES,
        st.lists(VALUES, max_size=3),
        st.sampled_from(["2026-01-02T02:00:00+00:00", "-a", "/b \u2013a", 1.5, 4.0, "1.0"]),
    ),
    max_size=3,
)


@settings(max_examples=400)
@given(SEARCHES, SEARCHES, CONDITIONS, st.lists(ATTRIBUTES, min_size=1, max_size=6))
def test_the_engine_agrees_with_the_reference(
    one: object, two: object, condition: str, events: list[dict[str, Any]]
) -> None:
    document = rule_yaml({"s1": one, "s2": two, "condition": condition}).decode()
    try:
        rule = parse(document)
        node = compile_rule(rule)
    except (SigmaError, RuleError):
        assert load({"s1": one, "s2": two, "condition": condition}).rules == ()
        return
    for event in events:
        assert node.match(View(event)) is matches(rule, event)
        if node.match(View(event)):
            assert all(witness.text is not None for witness in node.witnesses(View(event)))
