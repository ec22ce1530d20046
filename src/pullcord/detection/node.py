"""The compiled form of a condition: a small tree that can be asked, explained, indexed and turned into code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pullcord.detection.atoms import Clause
from pullcord.detection.view import View

ValueTest = Callable[..., bool]
"""A test of one value, in the form that the comparison asks for."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What made a comparison true.

    Attributes:
        field: the field that was compared; None where a keyword was found anywhere, or nothing was compared.
        text: the event's value as text, or a statement where there is no value.
    """

    field: str | None
    text: str


class Form(StrEnum):
    """In which form a comparison wants the values of a field: the name of the method of ``View``."""

    VALUES = "values"
    TEXTS = "texts"
    FOLDED = "folded"
    CAPPED = "capped"


class Test(StrEnum):
    """How generated code tests the values of a field against the literal of a comparison.

    ``EQUALS``: any value is in a set; ``PREFIX``, ``SUFFIX``, ``CONTAINS``: any of a tuple of texts is at the start,
    end, or anywhere; ``CALL``: a function says so.
    """

    __test__ = False

    EQUALS = "equals"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    CONTAINS = "contains"
    CALL = "call"


class Node:
    """One condition; a tree of the classes below."""

    __slots__ = ()

    def match(self, view: View) -> bool:
        """Whether it holds for an event."""
        raise NotImplementedError

    def witnesses(self, view: View) -> Iterator[Witness]:
        """What made it true; to be asked only where it is."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """Any value of a field passes a test.

    Attributes:
        field: the attribute; None for every attribute.
        form: in which form the test wants the values.
        test: of one value.
        kind, data: the same test for generated code: ``data`` is the set, tuple or function that ``kind`` names.
        says: the test in words, where ``data`` is a function.
        clauses: what an event must show for the test to pass (see ``atoms``).
    """

    field: str | None
    form: Form
    test: ValueTest
    kind: Test
    data: frozenset[str] | tuple[str, ...] | ValueTest
    says: str = ""
    clauses: tuple[Clause, ...] = ()

    def match(self, view: View) -> bool:
        """Whether any value passes."""
        return any(map(self.test, getattr(view, self.form)(self.field)))

    def witnesses(self, view: View) -> Iterator[Witness]:
        """The first value that passes."""
        values = getattr(view, self.form)(self.field)
        for value, text in zip(values, view.texts(self.field), strict=True):
            if self.test(value):
                yield Witness(self.field, text)
                return


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """A condition without a value to show.

    Attributes:
        holds: of a view.
        text: what it says.
        clauses: as in :class:`Compare`.
    """

    holds: Callable[[View], bool]
    text: str
    clauses: tuple[Clause, ...] = ()

    def match(self, view: View) -> bool:
        """Whether it holds."""
        return self.holds(view)

    def witnesses(self, _view: View) -> Iterator[Witness]:
        """What it says."""
        yield Witness(None, self.text)


@dataclass(frozen=True, slots=True)
class Not(Node):
    """True where the inner condition is not. What is absent leaves no witness."""

    inner: Node

    def match(self, view: View) -> bool:
        """Whether the inner one does not hold."""
        return not self.inner.match(view)

    def witnesses(self, _view: View) -> Iterator[Witness]:
        """Nothing."""
        yield from ()


@dataclass(frozen=True, slots=True)
class All(Node):
    """True where every part is."""

    parts: tuple[Node, ...]

    def match(self, view: View) -> bool:
        """Whether every part holds."""
        return all(part.match(view) for part in self.parts)

    def witnesses(self, view: View) -> Iterator[Witness]:
        """Those of every part."""
        for part in self.parts:
            yield from part.witnesses(view)


@dataclass(frozen=True, slots=True)
class Any(Node):
    """True where at least one part is."""

    parts: tuple[Node, ...]

    def match(self, view: View) -> bool:
        """Whether a part holds."""
        return any(part.match(view) for part in self.parts)

    def witnesses(self, view: View) -> Iterator[Witness]:
        """Those of the first part that holds."""
        for part in self.parts:
            if part.match(view):
                yield from part.witnesses(view)
                return


def negation(node: Node) -> Node:
    """True where the node is not."""
    return Not(node)


def all_of(nodes: Sequence[Node]) -> Node:
    """True where every node is. What is "all of" itself is taken apart: one level is easier to read and to order."""
    parts = [part for node in nodes for part in (node.parts if isinstance(node, All) else (node,))]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(nodes: Sequence[Node]) -> Node:
    """True where at least one node is; taken apart as in :func:`all_of`."""
    parts = [part for node in nodes for part in (node.parts if isinstance(node, Any) else (node,))]
    return parts[0] if len(parts) == 1 else Any(tuple(parts))
