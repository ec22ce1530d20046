"""Why a rule matched an event, or what is missing: its condition as a tree with the answer at each node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pullcord.detection.node import All, Any, Compare, Form, Node, Not, Statement, Test
from pullcord.detection.view import BACKTRACKING_LIMIT, View

Span = tuple[int, int]
"""Characters of a value: first, and after the last."""

_SHOWN = 5
_NEEDLE = 80
_VERBS = {
    Test.EQUALS: "is",
    Test.PREFIX: "starts with",
    Test.SUFFIX: "ends with",
    Test.CONTAINS: "contains",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One node of a condition, for one event.

    Attributes:
        label: what it asks for.
        holds: whether it is so.
        field: the field it looks at; None for every field, or where it looks at none.
        value: the value that passes, else the first value the field has; None where it has none.
        span: the characters of ``value`` that pass; None where nothing does.
        children: the nodes below.
    """

    label: str
    holds: bool
    field: str | None = None
    value: str | None = None
    span: Span | None = None
    children: tuple[Explained, ...] = ()


def explain(node: Node, view: View) -> Explained:
    """The answer of each node; what the engine finds, in slow motion."""
    match node:
        case All():
            parts = tuple(explain(part, view) for part in node.parts)
            return Explained("all of", all(part.holds for part in parts), children=parts)
        case Any():
            parts = tuple(explain(part, view) for part in node.parts)
            return Explained("any of", any(part.holds for part in parts), children=parts)
        case Not():
            inner = explain(node.inner, view)
            return Explained("not", not inner.holds, children=(inner,))
        case Compare():
            return _compare(node, view)
        case Statement():
            return Explained(node.text, node.match(view))
        case _:
            return Explained(type(node).__name__, node.match(view))


def obstacles(one: Explained) -> Iterator[Explained]:
    """The lowest nodes that would have to change for a condition that does not hold to hold."""
    if one.holds:
        return
    if one.label == "all of" and one.children:
        for child in one.children:
            yield from obstacles(child)
    else:
        yield one


def _compare(node: Compare, view: View) -> Explained:
    label = f"{node.field or 'any field'} {_says(node)}"
    values, texts = getattr(view, node.form)(node.field), view.texts(node.field)
    for value, text in zip(values, texts, strict=True):
        if node.test(value):
            field = node.field if node.field is not None else _field_of(text, view)
            return Explained(label, holds=True, field=field, value=text, span=_span(node, text))
    first = texts[0] if texts and node.field is not None else None
    return Explained(label, holds=False, field=node.field, value=first)


def _says(node: Compare) -> str:
    """The test in words."""
    if isinstance(node.data, Collection):
        needles = sorted(node.data) if isinstance(node.data, frozenset) else list(node.data)
        shown = ", ".join(repr(needle[:_NEEDLE]) for needle in needles[:_SHOWN])
        more = f" … and {len(needles) - _SHOWN} more" if len(needles) > _SHOWN else ""
        return f"{_VERBS[node.kind]} {'any of ' if len(needles) > 1 else ''}{shown}{more}"
    return node.says or "passes a test"


def _field_of(text: str, view: View) -> str | None:
    """The field that a keyword was found in."""
    return next((key for key in view.attributes if text in view.texts(key)), None)


def _span(node: Compare, text: str) -> Span:
    """The characters that pass: those of a literal, or the fewest that the test still takes; else all of them."""
    whole = (0, len(text))
    if node.form is Form.VALUES or node.kind is Test.EQUALS:
        return whole
    if isinstance(node.data, Collection):
        return _literal_span(node, tuple(node.data), text) or whole
    if node.form is Form.FOLDED:
        return whole
    # A backtracking expression must not see more here than the engine lets it see.
    return _fewest(node.test, text[:BACKTRACKING_LIMIT] if node.form is Form.CAPPED else text)


def _literal_span(node: Compare, needles: tuple[str, ...], text: str) -> Span | None:
    folds = node.form is Form.FOLDED
    # One character may fold into several (ß → ss): places in the folded text are led back to those in the text.
    origin = [place for place, mark in enumerate(text) for _ in (mark.casefold() if folds else mark)]
    held = text.casefold() if folds else text
    for needle in needles:
        start = len(held) - len(needle) if node.kind is Test.SUFFIX else held.find(needle)
        fits = held.startswith(needle, start) if start >= 0 else False
        if fits and (node.kind is not Test.PREFIX or start == 0):
            end = start + len(needle)
            return (origin[start], origin[end - 1] + 1) if needle else (0, 0)
    return None


def _fewest(test: Callable[[str], bool], text: str) -> Span:
    """The shortest beginning that passes, then its shortest end; checked, as anchors can make this wrong."""
    end = _first(lambda size: test(text[:size]), len(text))
    start = end - _first(lambda size: test(text[end - size : end]), end)
    return (start, end) if start < end and test(text[start:end]) else (0, len(text))


def _first(true: Callable[[int], bool], most: int) -> int:
    """By halving, the smallest number up to ``most`` for which something is true, if it stays true from there on."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if true(middle):
            high = middle
        else:
            low = middle + 1
    return low
