"""Compile Sigma conditions, as pySigma parsed them, into the tree of ``node``.

Semantics: the Sigma 2.1 specification; a missing field makes every comparison false (so its negation true), a
list attribute matches if any element does, several conditions of a rule are alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

from pullcord.detection.atoms import Anchor, Clause, Equal, Present, either, literals
from pullcord.detection.errors import RuleError
from pullcord.detection.node import Compare, Form, Node, Statement, Test, all_of, any_of, negation
from pullcord.detection.regex import linear_search
from pullcord.detection.regex_literals import required
from pullcord.detection.sigma_text import Shape, TextPattern, test_any
from pullcord.detection.sigma_values import flags_of, regex_of, value_clauses, value_test, words
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
    """Alternatives; simple strings and patterns for one field are tested together, as rules list them by the dozen."""
    texts: dict[tuple[str, bool, Shape], list[str]] = {}
    patterns: dict[tuple[str, str], list[SigmaRegularExpression]] = {}
    nodes: list[Node] = []
    for part in parts:
        if isinstance(part, ConditionFieldEqualsValueExpression):
            if isinstance(part.value, SigmaString):
                pattern = TextPattern(part.value)
                if pattern.shape is not Shape.OTHER:
                    key = part.field, pattern.cased, pattern.shape
                    texts.setdefault(key, []).append(pattern.needle)
                    continue
            elif isinstance(part.value, SigmaRegularExpression):
                patterns.setdefault((part.field, flags_of(part.value)), []).append(part.value)
                continue
        nodes.append(_compile(part, depth + 1))
    together: list[Node] = [
        _text_node(field, shape, tuple(needles), cased=cased)
        for (field, cased, shape), needles in texts.items()
    ]
    for (field, _), values in patterns.items():
        together += _patterns(field, values)
    return any_of(together + nodes)


def _patterns(field: str, values: Sequence[SigmaRegularExpression]) -> list[Node]:
    """Patterns with the same flags as one search, where all run in linear time."""
    single = [_pattern(field, value) for value in values]
    if len(single) == 1 or any(node.form is Form.CAPPED for node in single):
        return list(single)
    flags = flags_of(values[0])
    joined = "|".join(f"(?:{value.regexp})" for value in values)
    search = linear_search(f"(?{flags}){joined}" if flags else joined)
    if search is None:
        return list(single)
    says = f"matches /{joined}/"
    clauses = either([node.clauses for node in single])
    return [Compare(field, Form.TEXTS, search, Test.CALL, search, says, clauses)]


_KINDS = {
    Shape.EQUALS: Test.EQUALS,
    Shape.PREFIX: Test.PREFIX,
    Shape.SUFFIX: Test.SUFFIX,
    Shape.CONTAINS: Test.CONTAINS,
}


_ANCHORS = {
    Shape.EQUALS: Anchor.WHOLE,
    Shape.PREFIX: Anchor.START,
    Shape.SUFFIX: Anchor.END,
    Shape.CONTAINS: Anchor.ANYWHERE,
}


def _text_node(field: str | None, shape: Shape, needles: tuple[str, ...], *, cased: bool) -> Compare:
    """Any of several literals of one shape."""
    folded = [needle.casefold() for needle in needles]
    clauses = literals(folded, field, _ANCHORS[shape])
    if field is not None:
        if shape is Shape.EQUALS:
            clauses += (tuple(Equal(field, text) for text in folded),)
        clauses += ((Present(field),),)
    return Compare(
        field=field,
        form=Form.TEXTS if cased else Form.FOLDED,
        test=test_any(shape, needles),
        kind=_KINDS[shape],
        data=frozenset(needles) if shape is Shape.EQUALS else needles,
        clauses=clauses,
    )


def _call_node(
    field: str | None, form: Form, test: Callable[..., bool], says: str, clauses: tuple[Clause, ...]
) -> Compare:
    """A test that is a function."""
    present: tuple[Clause, ...] = () if field is None else ((Present(field),),)
    return Compare(field, form, test, Test.CALL, test, says, clauses + present)


def _compile_value(field: str | None, value: SigmaType, depth: int) -> Node:
    """One comparison of a field, or of every attribute where ``field`` is None (a keyword)."""
    match value:
        case SigmaString():
            return _text(field, TextPattern(value, anywhere=field is None))
        case SigmaRegularExpression():
            regex = regex_of(value)
            sets = required(str(value.regexp), flags_of(value))
            clauses = tuple(clause for texts in sets for clause in literals(texts, field))
            return _call_node(
                field,
                Form.TEXTS if regex.linear else Form.CAPPED,
                regex.search,
                f"matches /{value.regexp}/",
                clauses,
            )
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


def _pattern(field: str | None, value: SigmaRegularExpression) -> Compare:
    regex = regex_of(value)
    sets = required(str(value.regexp), flags_of(value))
    clauses = tuple(clause for texts in sets for clause in literals(texts, field))
    form = Form.TEXTS if regex.linear else Form.CAPPED
    return _call_node(field, form, regex.search, f"matches /{value.regexp}/", clauses)


def _text(field: str | None, pattern: TextPattern) -> Node:
    if pattern.shape is not Shape.OTHER:
        return _text_node(field, pattern.shape, (pattern.needle,), cased=pattern.cased)
    form = Form.TEXTS if pattern.cased else Form.FOLDED
    clauses = tuple(clause for part in pattern.parts for clause in literals([part.casefold()], field))
    return _call_node(field, form, pattern.test, f"is like {pattern.written!r}", clauses)


def _compile_other(field: str | None, value: SigmaType) -> Node:
    """Comparisons that are neither text nor pattern."""
    test = value_test(value)
    if test is not None:
        # A number as keyword is looked for like text, as the specification says of unbound values.
        if field is None and type(value) is SigmaNumber:
            return _text(None, TextPattern(SigmaString(str(value)), anywhere=True))
        clauses = () if field is None else value_clauses(field, value)
        return _call_node(field, Form.VALUES, test, words(value), clauses)
    if field is None:
        raise RuleError(f"{type(value).__name__} needs a field", "bind the value to a field")
    match value:
        case SigmaNull():
            return Statement(lambda view: field not in view.attributes, f"{field} is absent")
        case SigmaExists():
            wanted = value.exists
            text = f"{field} {'exists' if wanted else 'is absent'}"
            there: tuple[Clause, ...] = ((Present(field),),) if wanted else ()
            return Statement(lambda view: (field in view.attributes) is wanted, text, there)
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

    both = ((Present(field),), (Present(other),))
    return Statement(match, f"{field} agrees with {other}", both)
