"""What an event must show before a rule can match: the atoms that the engine looks for before it asks the rule.

A *clause* is a set of atoms of which a matching event shows at least one. A rule is filed under one of its clauses,
the one that is seen least; events that show none of its atoms never reach the rule. Clauses may only be too wide,
never too narrow: that is what the property tests against the reference interpreter are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntFlag

SHORTEST = 3
"""Characters of a literal worth scanning for; shorter ones are in nearly every event, unless of odd characters."""
LONGEST = 24
"""Of longer literals so many characters are looked for: more would only make the automaton larger."""
SEPARATOR = "\0"
"""Stands between the texts that are scanned together, so no literal may hold it."""
MOST_ATOMS = 4_096
"""Atoms of one clause; a rule that lists more is asked for every event of its log source."""
_MOST_CLAUSES = 16


class Anchor(IntFlag):
    """Where in a value a literal must stand."""

    ANYWHERE = 0
    START = 1
    END = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that is part of a value as text, both case-folded; ``field`` is None where any field may hold it."""

    text: str
    field: str | None
    anchor: Anchor = Anchor.ANYWHERE


@dataclass(frozen=True, slots=True)
class Equal:
    """A field with a value that is this text, both case-folded."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A field with a value that is this number."""

    field: str
    number: int | float


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A field with a number that is not below this."""

    field: str
    number: int | float


@dataclass(frozen=True, slots=True)
class AtMost:
    """A field with a number that is not above this."""

    field: str
    number: int | float


@dataclass(frozen=True, slots=True)
class Present:
    """A field that is there."""

    field: str


Atom = Literal | Equal | Number | AtLeast | AtMost | Present
Clause = tuple[Atom, ...]


def literal(text: str, field: str | None, anchor: Anchor = Anchor.ANYWHERE) -> Literal | None:
    """The atom of a literal, or None where scanning for it would gate nothing.

    Args:
        text: case-folded.
    """
    if SEPARATOR in text or not text:
        return None
    if len(text) < SHORTEST and text.isascii() and (len(text) == 1 or any(map(_plain, text))):
        return None
    if len(text) <= LONGEST:
        return Literal(text, field, anchor)
    if anchor is Anchor.START:
        return Literal(text[:LONGEST], field, anchor)
    # The end: file names tell more than the folders before them.
    return Literal(text[-LONGEST:], field, anchor & Anchor.END)


def _plain(character: str) -> bool:
    """Whether a character is in nearly every text: two in a row of the others are rare."""
    return character.isalnum() or character.isspace()


def literals(texts: Iterable[str], field: str | None, anchor: Anchor = Anchor.ANYWHERE) -> tuple[Clause, ...]:
    """The clause "one of these texts is there", or nothing if one of them cannot be looked for."""
    found: list[Atom] = []
    for text in texts:
        atom = literal(text, field, anchor)
        if atom is None:
            return ()
        found.append(atom)
    return (tuple(dict.fromkeys(found)),) if found else ()


def every(parts: Sequence[tuple[Clause, ...]]) -> tuple[Clause, ...]:
    """Clauses of "all of these": each clause of each part."""
    found = [clause for clauses in parts for clause in clauses if len(clause) <= MOST_ATOMS]
    return tuple(sorted(found, key=guess)[:_MOST_CLAUSES])


def either(parts: Sequence[tuple[Clause, ...]]) -> tuple[Clause, ...]:
    """Clauses of "one of these": the best clause of each part put together; none if a part has none."""
    joined: dict[Atom, None] = {}
    for clauses in parts:
        if not clauses:
            return ()
        rarest: Clause = min(clauses, key=guess)
        joined.update(dict.fromkeys(rarest))
    return (tuple(joined),) if 0 < len(joined) <= MOST_ATOMS else ()


def best(
    clauses: Sequence[Clause], measured: Mapping[Clause, float], shares: Mapping[Atom, int]
) -> Clause | None:
    """The clause that the fewest events show; None if there is none.

    Args:
        measured: shares of events, as far as they are known; else it is guessed.
        shares: how many rules name an atom. What many rules name tells them apart badly, and is seen often.
    """

    def cost(clause: Clause) -> float:
        return sum(_prior(atom) * shares.get(atom, 1) for atom in clause)

    return min(clauses, key=lambda clause: measured.get(clause, cost(clause)), default=None)


def guess(clause: Clause) -> float:
    """About which share of events shows a clause, before anything was measured."""
    return sum(map(_prior, clause))


def _prior(atom: Atom) -> float:
    match atom:
        case Literal():
            length = len(atom.text) if atom.text.isascii() else 8 + len(atom.text)
            return float((0.1 if atom.anchor else 0.2) * 0.72**length)
        case Equal():
            return float(0.1 * 0.8 ** len(atom.text)) + 0.002
        case Number():
            return 0.02
        case AtLeast() | AtMost():
            return 0.3
        case _:
            return 0.6
