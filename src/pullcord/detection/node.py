"""The compiled form of a rule: closures that match, and closures that say what matched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pullcord.detection.view import Scalar, View

Match = Callable[[View], bool]

T = TypeVar("T", str, Scalar)


@dataclass(frozen=True, slots=True)
class Witness:
    """What made a comparison true.

    Attributes:
        field: the field that was compared; None where a keyword was found anywhere, or nothing was compared.
        text: the event's value as text, or a statement where there is no value.
    """

    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """One condition.

    Attributes:
        match: whether it holds for an event.
        witnesses: what made it true; to be asked only after ``match`` said so.
    """

    match: Match
    witnesses: Callable[[View], Iterator[Witness]]


def leaf(
    field: str | None, read: Callable[[View, str | None], Sequence[T]], test: Callable[[T], bool]
) -> Node:
    """A comparison that holds if any value of a field passes a test.

    Args:
        field: the attribute; None for every attribute.
        read: the form of the values that ``test`` wants; in the order of ``View.values``.
        test: of one value.
    """

    def match(view: View) -> bool:
        # A plain loop: this is the innermost one, and any() over a generator takes three times as long.
        for value in read(view, field):  # noqa: SIM110
            if test(value):
                return True
        return False

    def witnesses(view: View) -> Iterator[Witness]:
        for value, text in zip(read(view, field), view.texts(field), strict=True):
            if test(value):
                yield Witness(field, text)
                return

    return Node(match, witnesses)


def statement(match: Match, text: str) -> Node:
    """A condition without a value to show."""
    return Node(match, lambda _: iter((Witness(None, text),)))


def negation(node: Node) -> Node:
    """True where the node is not. What is absent leaves no witness."""
    inner = node.match
    return Node(lambda view: not inner(view), lambda _: iter(()))


def all_of(nodes: Sequence[Node]) -> Node:
    """True where every node is."""
    if len(nodes) == 1:
        return nodes[0]
    matches = tuple(node.match for node in nodes)

    def match(view: View) -> bool:
        for each in matches:  # noqa: SIM110  (see leaf)
            if not each(view):
                return False
        return True

    def witnesses(view: View) -> Iterator[Witness]:
        for node in nodes:
            yield from node.witnesses(view)

    return Node(match, witnesses)


def any_of(nodes: Sequence[Node]) -> Node:
    """True where at least one node is."""
    if len(nodes) == 1:
        return nodes[0]
    matches = tuple(node.match for node in nodes)

    def match(view: View) -> bool:
        for each in matches:  # noqa: SIM110  (see leaf)
            if each(view):
                return True
        return False

    def witnesses(view: View) -> Iterator[Witness]:
        for node in nodes:
            if node.match(view):
                yield from node.witnesses(view)
                return

    return Node(match, witnesses)
