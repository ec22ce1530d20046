"""Under which clause a rule is filed: what an event must show, read off the compiled condition."""

from __future__ import annotations

from pullcord.detection import atoms
from pullcord.detection.atoms import Anchor, AtLeast, AtMost, Atom, Clause, Equal, Literal, Number, Present
from pullcord.detection.node import All, Any, Compare, Node, Statement
from pullcord.detection.view import View, as_number


def clauses_of(node: Node) -> tuple[Clause, ...]:
    """What an event that matches must show: one atom of each clause. Empty: nothing can be said.

    A negation says nothing: an event that shows none of its atoms may match it.
    """
    match node:
        case Compare() | Statement():
            return node.clauses
        case All():
            return atoms.every([clauses_of(part) for part in node.parts])
        case Any():
            return atoms.either([clauses_of(part) for part in node.parts])
        case _:
            return ()


def shows(clause: Clause, view: View) -> bool:
    """Whether an event shows one of the atoms of a clause."""
    return any(_shows(atom, view) for atom in clause)


def _shows(atom: Atom, view: View) -> bool:
    match atom:
        case Literal(text, field, anchor):
            return any(_stands(text, value, anchor) for value in view.folded(field))
        case Equal(field, text):
            return text in view.folded(field)
        case Present(field):
            return field in view.attributes
        case Number(field, number):
            return number in map(as_number, view.values(field))
        case AtLeast(field, number):
            return any(held is not None and held >= number for held in map(as_number, view.values(field)))
        case AtMost(field, number):
            return any(held is not None and held <= number for held in map(as_number, view.values(field)))


def _stands(text: str, value: str, anchor: Anchor) -> bool:
    match anchor:
        case Anchor.WHOLE:
            return value == text
        case Anchor.START:
            return value.startswith(text)
        case Anchor.END:
            return value.endswith(text)
        case _:
            return text in value
