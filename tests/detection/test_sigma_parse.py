from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.detection.errors import RuleError
from pullcord.detection.rules import RuleState, load_rules
from pullcord.detection.sigma_parse import (
    FILE_LIMIT,
    NODE_LIMIT,
    ParsedCorrelation,
    ParsedFilter,
    documents,
    guess_id,
    guess_name,
    parse,
    parse_document,
)
from tests.detection.build import error, load, rule_yaml, selection

GOOD = rule_yaml(selection({"a": "x"})).decode()


def test_documents_are_split_and_empty_ones_left_out() -> None:
    text = f"%YAML 1.1\n--- # first\n{GOOD}...\n---\n# only a comment\n--- \n{GOOD}"
    assert len(list(documents(text.encode()))) == 2


def test_dashes_within_a_line_do_not_split() -> None:
    assert len(list(documents(b"title: a --- b\ntext: ' ---'\n"))) == 1


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * (FILE_LIMIT + 1)])
def test_unreadable_files_are_refused(data: bytes) -> None:
    with pytest.raises(RuleError):
        list(documents(data))


def test_a_broken_document_shows_its_id() -> None:
    assert (
        guess_id("title: [\nid: 'AAAAAAAA-0000-4000-8000-000000000001'\n")
        == "aaaaaaaa-0000-4000-8000-000000000001"
    )
    assert guess_id("title: x") is None


def test_a_broken_document_shows_its_name() -> None:
    assert guess_name("title: [\nname: 'odd login' # the old one\n") == "odd login"
    assert guess_name("name: login\r\n") == "login"
    assert guess_name("title: x\n  name: y\n") is None


CORRELATION = """
title: Many
correlation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 3}}
"""
FILTER = "title: F\nlogsource: {product: ai}\nfilter: {rules: any, condition: not s, s: {a: x}}\n"


def test_correlations_and_filters_are_told_apart() -> None:
    correlation = parse_document(CORRELATION + "generate: true\nlevel: high\n")
    assert isinstance(correlation, ParsedCorrelation)
    assert correlation.section.generate
    assert str(correlation.common.level) == "high"
    within = parse_document(CORRELATION.replace("3}", "3}, generate: true"))
    assert isinstance(within, ParsedCorrelation)
    assert within.section.generate
    made = parse_document(FILTER)
    assert isinstance(made, ParsedFilter)
    assert made.condition.detection.condition == ["not s"]
    with pytest.raises(RuleError, match="not a detection rule"):
        parse(FILTER)


def test_conditions_of_filters_are_bounded_too() -> None:
    with pytest.raises(RuleError, match="condition longer"):
        parse_document(FILTER.replace("not s", "s or " * 1_000 + "s"))
    with pytest.raises(RuleError, match="twice"):
        parse_document(FILTER.replace("{a: x}", "{a|windash|windash: x}"))


def laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines) + "\n" + GOOD


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (laughs(), "laughs"),
        ("a: " + "[" * 40 + "]" * 40, "deeper"),
        ("[" * 200_000, "depth|deeper"),
        ("a: [" + "1," * (NODE_LIMIT + 1) + "]", "values"),
        ("- 1", "not a rule"),
        ("just text", "not a rule"),
        ("correlation: {}", "missing required field `type`"),
        ("correlation: [1]", "Expected `object`"),
        ("filter: {}", "title"),
        ("title: x\nlogsource: {product: ai}\nfilter: {}", "condition"),
        ("title: x\nlogsource: {product: ai}\nfilter: {condition: s, s: {a: x}}", "rules"),
        ("title: x\nlogsource: {product: ai}\nfilter: {rules: 5, condition: s, s: {a: x}}", "rules"),
        ("title: x\nfilter: {rules: any, condition: s, s: {a: x}}", "log source"),
        ("title: x\ncorrelation: {}\nfilter: {}", "correlation and filter"),
        ("action: global", "action"),
        (GOOD + "title: again\n", "Duplicate"),
        ("a: &a [*a]", "Recursive|recursive"),
    ],
)
def test_hostile_documents_are_refused_quickly(document: str, why: str) -> None:
    start = time.process_time()
    with pytest.raises(Exception, match=why):
        parse(document)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("search", "why"),
    [
        ({"a|windash|windash": "-a -b -c"}, "twice"),
        ([{"a|base64offset|base64offset": "x"}], "twice"),
        ({"a|windash": ["-a"] * 1_001}, "windash on more than"),
    ],
)
def test_values_that_multiply_are_bounded(search: object, why: str) -> None:
    assert why in error(load(selection(search)))


def test_a_long_condition_is_refused() -> None:
    assert "condition longer" in error(load(selection({"a": "x"}, " or ".join(["selection"] * 600))))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_statuses_never_an_error(data: bytes) -> None:
    rules = load_rules([("any.yml", data)])
    assert rules.statuses
    assert all(status.error for status in rules.statuses if status.status is RuleState.FAILED)


KEYS = st.sampled_from([
    "title", "id", "name", "logsource", "product", "detection", "tags", "level", "custom", "condition", "a|re", "a",
    "correlation", "filter", "rules", "type", "group-by", "timespan", "aliases", "generate", "field", "gte",
    "percentile", "selection",
])  # fmt: skip
TREES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(
            ["any", "base", "event_count", "temporal_ordered", "value_avg", "5m", "base and (", "not s"]
        ),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
DOCUMENTS: list[dict[str, Any]] = [
    {"title": "B", "name": "base", "logsource": {"product": "ai"}, "detection": selection({"a": "x"})},
    {
        "title": "C",
        "name": "many",
        "correlation": {"type": "value_sum", "rules": ["base"], "group-by": ["u"], "timespan": "5m",
                        "condition": {"gte": 3, "field": "v"}, "aliases": {"u": {"base": "user"}}},
    },
    {
        "title": "D",
        "correlation": {"type": "temporal", "rules": ["base", "many"], "timespan": "5m",
                        "condition": "base and not many"},
    },
    {
        "title": "F",
        "logsource": {"product": "ai"},
        "filter": {"rules": ["base"], "selection": {"a": "y"}, "condition": "not selection"},
    },
]  # fmt: skip


@given(st.dictionaries(KEYS, TREES, max_size=6))
def test_any_structure_gives_a_status(changes: dict[str, object]) -> None:
    rules = load_rules(
        [("any.yml", rule_yaml({"selection": {"a": "x"}, "condition": "selection"}, **changes))]
    )
    assert len(rules.statuses) >= 1


def places(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401
    """The way to every part of a document."""
    found = [at]
    for key, part in (
        tree.items() if isinstance(tree, dict) else enumerate(tree if isinstance(tree, list) else [])
    ):
        found += places(part, (*at, key))
    return found


def mutated(tree: Any, at: tuple[Any, ...], part: Any, *, drop: bool) -> Any:  # noqa: ANN401
    """The document with one part replaced or left out."""
    if not at:
        return part
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    if drop and len(at) == 1:
        del copy[at[0]]
    else:
        copy[at[0]] = mutated(tree[at[0]], at[1:], part, drop=drop)
    return copy


@given(st.data())
@settings(max_examples=300)
def test_mutated_documents_give_a_status_each(data: st.DataObject) -> None:
    documents = list(DOCUMENTS)
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(documents) - 1))
        at = data.draw(st.sampled_from(places(documents[number])))
        documents[number] = mutated(documents[number], at, data.draw(TREES), drop=data.draw(st.booleans()))
    files = [(f"{number}.yml", yaml.safe_dump(each).encode()) for number, each in enumerate(documents)]
    rules = load_rules(data.draw(st.permutations(files)))
    assert {status.path for status in rules.statuses} == {path for path, _ in files}
    loaded = [status for status in rules.statuses if status.status is RuleState.LOADED]
    assert len(rules.rules) + len(rules.correlations) <= len(loaded)
    assert all(bool(status.error) == (status.status is RuleState.FAILED) for status in rules.statuses)
