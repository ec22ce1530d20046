from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.exceptions import SigmaError

from pullcord.detection.atoms import Anchor, AtLeast, AtMost, Atom, Equal, Literal, Number, Present
from pullcord.detection.errors import RuleError
from pullcord.detection.filing import clauses_of, shows
from pullcord.detection.sigma import compile_rule
from pullcord.detection.sigma_parse import parse
from pullcord.detection.view import View
from tests.detection.build import load, rule_yaml, selection
from tests.detection.test_engine_agrees import LONG, VALUES
from tests.detection.test_sigma import ATTRIBUTES, CONDITIONS


def filed(search: object, condition: str = "selection") -> set[frozenset[Atom]]:
    node = load(selection(search, condition)).rules[0].node
    return {frozenset(clause) for clause in clauses_of(node)}


def test_what_each_comparison_must_show() -> None:
    here = frozenset({Present("a")})
    assert filed({"a|contains": "needle"}) == {frozenset({Literal("needle", "a")}), here}
    whole = Literal("needle", "a", Anchor.WHOLE)
    assert filed({"a": "Needle"}) == {frozenset({whole}), frozenset({Equal("a", "needle")}), here}
    assert filed({"a": 5}) == {frozenset({Number("a", 5)}), here}
    assert filed({"a|gte": 5}) == {frozenset({AtLeast("a", 5)}), here}
    assert filed({"a|lt": 5}) == {frozenset({AtMost("a", 5)}), here}
    assert filed({"a|exists": True}) == {here}
    assert filed({"a|exists": False}) == set()
    assert filed({"a": None}) == set()
    assert filed(["keyword"]) == {frozenset({Literal("keyword", None)})}


def test_a_negation_says_nothing_and_alternatives_need_one_each() -> None:
    assert filed({"a|contains": "needle"}, "not selection") == set()
    assert filed([{"a|contains": "needle"}, {"b": 5}]) == {
        frozenset({Literal("needle", "a"), Number("b", 5)})
    }
    assert filed([{"a|contains": "needle"}, {"b": None}]) == set()


@settings(max_examples=300)
@given(
    LONG,
    LONG,
    CONDITIONS,
    st.one_of(ATTRIBUTES, st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2)),
)
def test_an_event_that_matches_shows_every_clause(
    one: object, two: object, condition: str, attributes: dict[str, Any]
) -> None:
    try:
        node = compile_rule(parse(rule_yaml({"s1": one, "s2": two, "condition": condition}).decode()))
    except (SigmaError, RuleError):
        return
    view = View(attributes)
    if node.match(view):
        assert all(shows(clause, view) for clause in clauses_of(node))


@pytest.mark.parametrize(
    ("atom", "shown"),
    [
        (Literal("bc", "a"), True),
        (Literal("bc", "a", Anchor.END), False),
        (Literal("ab", "a", Anchor.START), True),
        (Literal("cd", None, Anchor.END), True),
        (Literal("abcd", "a", Anchor.WHOLE), True),
        (Literal("abcd", "n", Anchor.WHOLE), False),
        (Equal("a", "abcd"), True),
        (Number("n", 4), True),
        (AtLeast("n", 5), False),
        (AtMost("n", 5), True),
        (Present("c"), False),
    ],
)
def test_whether_an_event_shows_an_atom(atom: Atom, shown: bool) -> None:  # noqa: FBT001
    assert shows((atom,), View({"a": "ABCD", "n": "4"})) is shown
