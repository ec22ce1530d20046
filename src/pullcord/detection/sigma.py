"""Compile Sigma conditions, as pySigma parsed them, into closures over a view of an event.

Semantics: the Sigma 2.1 specification; a missing field makes every comparison false (so its negation true), a
list attribute matches if any element does, several conditions of a rule are alternatives.
"""

from __future__ import annotations

from collections.abc import Sequence

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionItem,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaType,
)

from pullcord.detection.errors import RuleError
from pullcord.detection.node import Node, all_of, any_of, leaf, negation, statement
from pullcord.detection.sigma_text import Shape, TextPattern, test_any
from pullcord.detection.sigma_values import regex_of, value_test
from pullcord.detection.view import View

DEPTH_LIMIT = 64

Tree = ConditionItem | ConditionFieldEqualsValueExpression | ConditionValueExpression | None


def compile_rule(rule: SigmaRule) -> Node:
    """The matcher of a rule.

    Raises:
        RuleError: it uses what this engine does not support, with the reason.
        sigma.exceptions.SigmaError: pySigma cannot parse the condition.
    """
    return any_of([_compile(condition.parsed, 0) for condition in rule.detection.parsed_condition])


def _compile(tree: Tree, depth: int) -> Node:
    """One node of the condition tree and all below."""
    if depth > DEPTH_LIMIT:
        raise RuleError(f"condition nested deeper than {DEPTH_LIMIT} levels", "simplify the condition")
    match tree:
        case ConditionAND():
            return all_of([_compile(part, depth + 1) for part in tree.args])
        case ConditionOR():
            return _compile_or(tree.args, depth)
        case ConditionNOT():
            return negation(_compile(tree.args[0], depth + 1))
        case ConditionFieldEqualsValueExpression():
            return _compile_value(tree.field, tree.value, depth)
        case ConditionValueExpression():
            return _compile_value(None, tree.value, depth)
        case _:
            raise RuleError("the condition is empty", "name at least one search in the condition")


def _compile_or(parts: Sequence[Tree], depth: int) -> Node:
    """Alternatives; simple strings for one field are tested together, as rules list them by the dozen."""
    groups: dict[tuple[str, bool, Shape], list[str]] = {}
    nodes: list[Node] = []
    for part in parts:
        if isinstance(part, ConditionFieldEqualsValueExpression) and isinstance(part.value, SigmaString):
            pattern = TextPattern(part.value)
            if pattern.shape is not Shape.OTHER:
                groups.setdefault((part.field, pattern.cased, pattern.shape), []).append(pattern.needle)
                continue
        nodes.append(_compile(part, depth + 1))
    together = [
        leaf(field, View.texts if cased else View.folded, test_any(shape, tuple(needles)))
        for (field, cased, shape), needles in groups.items()
    ]
    return any_of(together + nodes)


def _compile_value(field: str | None, value: SigmaType, depth: int) -> Node:
    """One comparison of a field, or of every attribute where ``field`` is None (a keyword)."""
    match value:
        case SigmaString():
            pattern = TextPattern(value, anywhere=field is None)
            return leaf(field, View.texts if pattern.cased else View.folded, pattern.test)
        case SigmaRegularExpression():
            regex = regex_of(value)
            return leaf(field, View.texts if regex.linear else View.capped, regex.search)
        case SigmaExpansion():
            expanded: list[Tree] = [
                ConditionValueExpression(each)
                if field is None
                else ConditionFieldEqualsValueExpression(field, each)
                for each in value.values
            ]
            return _compile_or(expanded, depth + 1)
        case _:
            return _compile_other(field, value)


def _compile_other(field: str | None, value: SigmaType) -> Node:
    """Comparisons that are neither text nor pattern."""
    test = value_test(value)
    if test is not None:
        # A number as keyword is looked for like text, as the specification says of unbound values.
        if field is None and type(value) is SigmaNumber:
            return leaf(None, View.folded, TextPattern(SigmaString(str(value)), anywhere=True).test)
        return leaf(field, View.values, test)
    if field is None:
        raise RuleError(f"{type(value).__name__} needs a field", "bind the value to a field")
    match value:
        case SigmaNull():
            return statement(lambda view: field not in view.attributes, f"{field} is absent")
        case SigmaExists():
            wanted = value.exists
            text = f"{field} {'exists' if wanted else 'is absent'}"
            return statement(lambda view: (field in view.attributes) is wanted, text)
        case SigmaFieldReference():
            return _field_reference(field, value)
        case _:
            raise RuleError(f"{type(value).__name__} is not supported", "express the rule without it")


def _field_reference(field: str, reference: SigmaFieldReference) -> Node:
    """Any value of one field against any value of another, without case."""
    other = reference.field

    def same(mine: str, theirs: str) -> bool:
        if reference.starts_with and reference.ends_with:
            return theirs in mine
        if reference.starts_with:
            return mine.startswith(theirs)
        return mine.endswith(theirs) if reference.ends_with else mine == theirs

    def match(view: View) -> bool:
        return any(same(mine, theirs) for mine in view.folded(field) for theirs in view.folded(other))

    return statement(match, f"{field} agrees with {other}")
