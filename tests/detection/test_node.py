from __future__ import annotations

from pullcord.detection.node import (
    All,
    Any,
    Compare,
    Form,
    Node,
    Statement,
    Test,
    ValueTest,
    Witness,
    all_of,
    any_of,
    negation,
)
from pullcord.detection.view import View

VIEW = View({"a": ["x", "Yes"], "b": 3})


def call(field: str, form: Form, test: ValueTest) -> Node:
    return Compare(field, form, test, Test.CALL, test)


YES = call("a", Form.FOLDED, lambda text: text == "yes")
THREE = call("b", Form.VALUES, lambda value: value == 3)
NEVER = call("a", Form.TEXTS, lambda text: text == "z")


def test_a_comparison_shows_the_element_that_matched() -> None:
    assert YES.match(VIEW)
    assert list(YES.witnesses(VIEW)) == [Witness("a", "Yes")]
    assert not NEVER.match(VIEW)


def test_all_shows_every_part_and_any_the_one_that_held() -> None:
    both = all_of([YES, THREE])
    assert both.match(VIEW)
    assert [witness.field for witness in both.witnesses(VIEW)] == ["a", "b"]
    assert not all_of([YES, NEVER]).match(VIEW)
    either = any_of([NEVER, THREE])
    assert either.match(VIEW)
    assert list(either.witnesses(VIEW)) == [Witness("b", "3")]
    assert not any_of([NEVER, NEVER]).match(VIEW)


def test_one_part_stays_itself() -> None:
    assert all_of([YES]) is YES
    assert any_of([YES]) is YES


def test_a_negation_has_no_witness() -> None:
    assert negation(NEVER).match(VIEW)
    assert list(negation(NEVER).witnesses(VIEW)) == []


def test_a_statement() -> None:
    node = Statement(lambda view: "c" not in view.attributes, "c is absent")
    assert node.match(VIEW)
    assert list(node.witnesses(VIEW)) == [Witness(None, "c is absent")]


def test_levels_of_the_same_kind_are_one() -> None:
    assert all_of([all_of([YES, THREE]), NEVER]) == All((YES, THREE, NEVER))
    assert any_of([YES, any_of([THREE, NEVER])]) == Any((YES, THREE, NEVER))
    assert any_of([all_of([YES, THREE]), NEVER]) == Any((All((YES, THREE)), NEVER))
