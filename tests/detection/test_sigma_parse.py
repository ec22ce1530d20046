from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.errors import RuleError
from pullcord.detection.rules import RuleState, load_rules
from pullcord.detection.sigma_parse import FILE_LIMIT, NODE_LIMIT, documents, guess_id, parse
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
        ("correlation: {}", "correlation rules are not supported yet"),
        ("filter: {}", "filter rules are not supported yet"),
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


KEYS = st.sampled_from(
    ["title", "id", "logsource", "detection", "tags", "level", "custom", "condition", "a|re", "a"]
)
TREES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TREES, max_size=6))
def test_any_structure_gives_a_status(changes: dict[str, object]) -> None:
    rules = load_rules(
        [("any.yml", rule_yaml({"selection": {"a": "x"}, "condition": "selection"}, **changes))]
    )
    assert len(rules.statuses) >= 1
