from __future__ import annotations

import pytest

from pullcord.detection.lint_fields import Field, check_fields, fields_of
from pullcord.model.event import LogSource

TOOL = LogSource(product="ai", category="tool")


def notes(search: object, source: LogSource = TOOL) -> list[tuple[str, bool]]:
    return [(note.what, certain) for note, certain in check_fields({"selection": search}, source)]


def test_fields_are_found_in_maps_lists_and_keywords() -> None:
    detection = {
        "a": {"x|contains|all": ["1", "2"], "y": None},
        "b": [{"z|re": "q"}, "word"],
        "c": "other",
        "timeframe": "5m",
        "condition": "a or b",
    }
    assert list(fields_of(detection)) == [
        Field("x", frozenset({"contains", "all"}), ("1", "2")),
        Field("y", frozenset(), (None,)),
        Field("z", frozenset({"re"}), ("q",)),
        Field("", frozenset(), ("word",)),
        Field("", frozenset(), ("other",)),
    ]
    assert list(fields_of(["no", "section"])) == []


def test_a_documented_attribute_is_no_news() -> None:
    assert notes({"gen_ai.tool.name|startswith": "send*"}) == []


def test_an_unknown_attribute_is_a_warning_told_once() -> None:
    found = notes([{"gen_ai.tool.nmae": "a"}, {"gen_ai.tool.nmae|contains": "b"}])
    assert found == [("no event of this log source is documented to have 'gen_ai.tool.nmae'", False)]


def test_fields_of_other_products_are_not_judged() -> None:
    assert notes({"AnyField": "x"}, LogSource(product="windows", category="process_creation")) == []


@pytest.mark.parametrize("value", ["*send*", ["x", "*send mail*"]])
def test_wildcards_at_both_ends_are_meant_as_contains(value: object) -> None:
    ((what, certain),) = notes({"gen_ai.tool.name": value})
    assert certain
    assert "wildcards at both ends" in what


@pytest.mark.parametrize("value", ["*send", "send*", "*se*nd*", "*se?nd*", r"*send\*", "*", "**", 3, None])
def test_other_wildcards_are_meant(value: object) -> None:
    assert notes({"gen_ai.tool.name": value}) == []


def test_wildcards_of_keywords_and_patterns_are_left_alone() -> None:
    assert notes(["*word*"]) == []
    assert notes({"gen_ai.tool.name|re": ".*send.*"}) == []


@pytest.mark.parametrize("pattern", ["(?<=a)b", r"(a)\1", "a(?!b)"])
def test_patterns_that_backtrack_are_found(pattern: str) -> None:
    ((what, certain),) = notes({"gen_ai.tool.name|re|i": ["plain", pattern]})
    assert certain
    assert "needs backtracking" in what
