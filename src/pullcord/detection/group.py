"""What serves the events of one log source: rules in hash tables, in sorted lists, and behind literals of a gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from pullcord.detection.atoms import AtLeast, AtMost, Atom, Clause, Equal, Literal, Number, Present
from pullcord.detection.gate import Gate

Value = int | float


@dataclass(slots=True)
class Ladder:
    """Thresholds of one field in rising order, each with the rules that ask for it."""

    thresholds: list[Value] = default(default_factory=list)
    rules: list[int] = default(default_factory=list)

    @classmethod
    def of(cls, pairs: Sequence[tuple[Value, int]]) -> Ladder:
        """From (threshold, rule) in any order."""
        ordered = sorted(pairs, key=lambda pair: pair[0])
        return cls([pair[0] for pair in ordered], [pair[1] for pair in ordered])


@dataclass(slots=True)
class FieldIndex:
    """What the rules of a group ask of one field.

    Attributes:
        name: the attribute.
        equal: rules by case-folded text; ``numbers``: by number.
        least: rules that ask for at least so much; ``most``: for at most so much.
        present: rules that only ask for the field to be there.
    """

    name: str
    equal: dict[str, tuple[int, ...]]
    numbers: dict[Value, tuple[int, ...]]
    least: Ladder | None
    most: Ladder | None
    present: tuple[int, ...]

    @property
    def numeric(self) -> bool:
        """Whether numbers are asked for."""
        return bool(self.numbers or self.least or self.most)


Behind = tuple[int, int, tuple[int, ...]]
"""Where in a value a literal must stand (bits of ``Anchor``), in which of the scanned fields (-1: in any), and the
rules that then are asked."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A gate and its literals.

    Attributes:
        gate: scans for them.
        texts: the literals by number.
        lengths: their bytes.
    """

    gate: Gate
    texts: tuple[str, ...]
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What serves the events of one log source.

    Attributes:
        served: the rules, rising.
        always: rules that are asked for each event.
        fields: what is looked up.
        scanned: the fields whose text goes through the gate; None for all of them; empty for none.
        scanner: the gate; None where nothing is scanned.
        behind: by literal of the gate, what is behind it.
    """

    served: tuple[int, ...]
    always: tuple[int, ...]
    fields: tuple[FieldIndex, ...] = ()
    scanned: tuple[str, ...] | None = ()
    scanner: Scanner | None = None
    behind: dict[int, tuple[Behind, ...]] = default(default_factory=dict)


def make_group(
    served: tuple[int, ...],
    chosen: Sequence[Clause | None],
    scanner_for: Callable[[Sequence[str]], Scanner],
) -> Group:
    """File the rules of a group.

    Args:
        served: their numbers, rising.
        chosen: the clause of each rule, by number.
        scanner_for: a gate that knows some texts, and perhaps others.
    """
    always: list[int] = []
    looked_up: dict[str, list[tuple[Atom, int]]] = {}
    scanned: list[tuple[Literal, int]] = []
    for number in served:
        clause = chosen[number]
        if clause is None:
            always.append(number)
        for atom in clause or ():
            if isinstance(atom, Literal):
                scanned.append((atom, number))
            else:
                looked_up.setdefault(atom.field, []).append((atom, number))
    fields = tuple(_index(name, pairs) for name, pairs in sorted(looked_up.items()))
    if not scanned:
        return Group(served, tuple(always), fields)
    scanner = scanner_for(tuple(dict.fromkeys(atom.text for atom, _ in scanned)))
    names, behind = _behind(scanned, scanner)
    return Group(served, tuple(always), fields, names, scanner, behind)


def _behind(
    scanned: Sequence[tuple[Literal, int]], scanner: Scanner
) -> tuple[tuple[str, ...] | None, dict[int, tuple[Behind, ...]]]:
    """The fields to scan, and what is behind each literal."""
    named = dict.fromkeys(atom.field for atom, _ in scanned)
    names = None if None in named else tuple(name for name in named if name is not None)
    places = {name: place for place, name in enumerate(names or ())}
    numbers = {text: number for number, text in enumerate(scanner.texts)}
    found: dict[int, dict[tuple[int, int], list[int]]] = {}
    for atom, rule in scanned:
        # Where all fields are scanned, any of them will do: the rule itself looks at the right one.
        key = int(atom.anchor), places.get(atom.field, -1) if atom.field is not None else -1
        found.setdefault(numbers[atom.text], {}).setdefault(key, []).append(rule)
    behind = {
        literal: tuple((anchor, place, tuple(rules)) for (anchor, place), rules in entries.items())
        for literal, entries in found.items()
    }
    return names, behind


def _index(name: str, pairs: Sequence[tuple[Atom, int]]) -> FieldIndex:
    equal: dict[str, list[int]] = {}
    numbers: dict[Value, list[int]] = {}
    least: list[tuple[Value, int]] = []
    most: list[tuple[Value, int]] = []
    present: list[int] = []
    for atom, rule in pairs:
        match atom:
            case Equal(_, text):
                equal.setdefault(text, []).append(rule)
            case Number(_, number):
                numbers.setdefault(number, []).append(rule)
            case AtLeast(_, number):
                least.append((number, rule))
            case AtMost(_, number):
                most.append((number, rule))
            case Present():
                present.append(rule)
            case Literal():  # looked for by the gate
                continue
    return FieldIndex(
        name=name,
        equal={text: tuple(rules) for text, rules in equal.items()},
        numbers={number: tuple(rules) for number, rules in numbers.items()},
        least=Ladder.of(least) if least else None,
        most=Ladder.of(most) if most else None,
        present=tuple(present),
    )
