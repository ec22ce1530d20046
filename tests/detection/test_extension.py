from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.errors import RuleError
from pullcord.detection.extension import (
    MOST_ITEMS,
    MOST_REPEATS,
    MOST_STEPS,
    Extension,
    RuleTests,
    Signal,
    Step,
    read_extension,
)
from pullcord.model.event import LogSource

HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=12,
)


def test_no_section_is_the_default() -> None:
    assert read_extension(None) == Extension(incident_type=None, signal=Signal.RULE, tests=RuleTests())


def test_both_keys() -> None:
    section = {"incident_type": "tool-abuse", "signal": "text"}
    assert read_extension(section) == Extension(incident_type="tool-abuse", signal=Signal.TEXT)


@pytest.mark.parametrize(
    "section",
    [
        {"signla": "text"},
        {"signal": "verdict"},
        {"incident_type": 3},
        [],
        "text",
        {"tests": []},
        {"tests": 1},
    ],
)
def test_what_is_unknown_is_refused(section: object) -> None:
    with pytest.raises(RuleError, match=r"custom\.pullcord"):
        read_extension(section)


def test_an_item_is_an_event_or_a_sequence() -> None:
    found = read_extension(
        {
            "tests": {
                "positive": [{"a.b": 1, "c": ["x", "y"]}, [{"a": True}, {"a": 0.5, "@time": 90}]],
                "benign": [{}],
            }
        }
    ).tests
    assert [[sample.attributes for sample in item] for item in found.positive] == [
        [{"a.b": 1, "c": ["x", "y"]}],
        [{"a": True}, {"a": 0.5}],
    ]
    assert found.positive[1][1].step == Step(time=90.0)
    assert found.benign[0][0].attributes == {}


def test_special_keys_describe_the_event() -> None:
    item = {
        "@time": 1.5,
        "@logsource": {"product": "zeek", "service": "dns"},
        "@rule": "base",
        "@asset": "press-30",
        "@actor": "desk-helper",
        "@trace": "t1",
        "@repeat": 3,
        "query": "x",
    }
    ((sample,),) = read_extension({"tests": {"positive": [item]}}).tests.positive
    assert sample.attributes == {"query": "x"}
    assert sample.step == Step(
        time=1.5,
        logsource=LogSource(product="zeek", service="dns"),
        rule="base",
        asset="press-30",
        actor="desk-helper",
        trace="t1",
        repeat=3,
    )


@pytest.mark.parametrize(
    "item",
    [
        3,
        [],
        [3],
        {"a": None},
        {"a": {"b": 1}},
        {1: "a"},
        {"@tiem": 1},
        {"@time": -1},
        {"@time": float("nan")},
        {"@time": "soon"},
        {"@repeat": 0},
        {"@repeat": MOST_REPEATS + 1},
        {"@logsource": {"produkt": "ai"}},
        [{"a": 1}] * (MOST_STEPS + 1),
    ],
)
def test_a_test_that_would_test_something_else_is_refused_with_its_place(item: object) -> None:
    with pytest.raises(RuleError, match=r"custom\.pullcord: tests\.benign\[1\]"):
        read_extension({"tests": {"benign": [{"a": 1}, item]}})


def test_the_number_of_tests_is_bounded() -> None:
    items = [{"a": 1}] * MOST_ITEMS
    assert len(read_extension({"tests": {"positive": items}}).tests.positive) == MOST_ITEMS
    with pytest.raises(RuleError, match="more than"):
        read_extension({"tests": {"positive": [*items, {}]}})


@given(HOSTILE)
def test_whatever_yaml_holds_is_read_or_refused(section: object) -> None:
    for each in (section, {"tests": section}, {"tests": {"positive": [section]}}):
        assert isinstance(read(each), Extension | RuleError)


def read(section: object) -> Extension | RuleError:
    try:
        return read_extension(section)
    except RuleError as error:
        return error


def test_the_example_of_the_reference_is_read() -> None:
    import yaml

    page = Path(__file__).parents[2] / "docs" / "reference" / "rules.md"
    section = page.read_text(encoding="utf-8").partition("## Tests inside a rule")[2]
    example = yaml.safe_load(section.partition("```yaml")[2].partition("```")[0])
    tests = read_extension(example["custom"]["pullcord"]).tests
    assert [len(item) for item in tests.positive] == [1, 2]
    assert len(tests.benign) == 2
