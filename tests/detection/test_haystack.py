from __future__ import annotations

import pytest

from pullcord.detection import haystack as module
from pullcord.detection.atoms import Anchor, Clause, Literal
from pullcord.detection.haystack import Haystack
from pullcord.detection.plan import Plan
from pullcord.model.event import Attributes, LogSource

TOOL = LogSource(product="ai", category="tool")


def candidates(clauses: list[Clause], *records: Attributes) -> dict[int, set[int]]:
    plan = Plan([TOOL] * len(clauses), clauses)
    haystack = Haystack()
    for place, attributes in enumerate(records):
        haystack.add(place, attributes, plan.group(TOOL))
    haystack.scan()
    return haystack.found


def test_the_right_field_of_the_right_record() -> None:
    rules: list[Clause] = [(Literal("needle", "a"),), (Literal("needle", "b"),), (Literal("other", "b"),)]
    assert candidates(rules, {"a": "x"}, {"b": "a NEEDLE"}, {}, {"a": "needle", "b": "Another"}) == {
        1: {1},
        3: {0, 2},
    }


@pytest.mark.parametrize("before", ["", "x", "ä", "ß", "x\0y"])
def test_anchors_and_fields_behind_letters_of_any_length(before: str) -> None:
    rules: list[Clause] = [
        (Literal("abc", "b", Anchor.START),),
        (Literal("abc", "b", Anchor.END),),
        (Literal("abc", "b", Anchor.WHOLE),),
        (Literal("abc", "a"),),
        (Literal("abc", "c"),),
    ]
    found = candidates(
        rules, {"a": before, "b": "abc"}, {"a": before, "b": "abcx"}, {"a": before, "b": "xabc", "c": before}
    )
    assert {place: rules - {3, 4} for place, rules in found.items()} == {0: {0, 1, 2}, 1: {0}, 2: {1}}
    if "\0" not in before:
        assert found == {0: {0, 1, 2}, 1: {0}, 2: {1}}


def test_lists_numbers_and_truth_values_are_looked_at_as_text() -> None:
    rules: list[Clause] = [
        (Literal("one", "a", Anchor.WHOLE),),
        (Literal("123", "a", Anchor.WHOLE),),
        (Literal("true", "a", Anchor.WHOLE),),
    ]
    assert candidates(rules, {"a": ["x", "One"]}, {"a": 123}, {"a": True}, {"a": [1234, 123.0]}) == {
        0: {0},
        1: {1},
        2: {2},
        3: {1},
    }


def test_keywords_are_found_in_any_field() -> None:
    assert candidates([(Literal("word", None),)], {"x": "a word"}, {"word": "x"}) == {0: {0}}


def test_much_text_is_scanned_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TEXT", 10)
    records = [{"a": "0123456789 needle" if place % 2 else "nothing"} for place in range(9)]
    assert candidates([(Literal("needle", "a"),)], *records) == {place: {0} for place in range(1, 9, 2)}


def test_records_of_several_groups_in_one_batch() -> None:
    llm = LogSource(product="ai", category="llm")
    plan = Plan([TOOL, llm], [(Literal("needle", "a"),), (Literal("needle", "a"),)])
    haystack = Haystack()
    for place, source in enumerate([TOOL, llm, TOOL, LogSource(product="other")]):
        haystack.add(place, {"a": "a needle"}, plan.group(source))
    haystack.scan()
    assert haystack.found == {0: {0}, 1: {1}, 2: {0}}
