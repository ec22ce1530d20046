"""Chooses under which clause each rule is filed, and learns from the events themselves what is rare at this site."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Protocol

from pullcord.detection.atoms import SEPARATOR, Atom, Clause, Literal, best
from pullcord.detection.filing import clauses_of, shows
from pullcord.detection.group import Group
from pullcord.detection.node import Node
from pullcord.detection.plan import Plan
from pullcord.detection.view import View
from pullcord.model.event import Attributes

_FIRST = 2_048
_GROWTH = 4
_ROUNDS = 5
_SAMPLE = 192
"""Records kept to look at, spread over what came; ``_ENOUGH`` of them are looked at for one rule."""
_ENOUGH = 48
_EVERY = 16
_OFTEN = 0.002
"""What costs more than so many questions an event is worth a look."""
_MOST_RULES = 600
"""Rules looked at in one round: it happens while events wait."""
_HIT = 0.3
"""What it costs that a literal is seen, where asking a rule costs one."""


class _Record(Protocol):
    @property
    def attributes(self) -> Attributes: ...


class Tuning:
    """Counts how often rules were asked, and says when it is worth filing them anew.

    Which clause a rule is filed under never changes what it finds, only how often it is asked in vain.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._clauses = [clauses_of(node) for node in nodes]
        self._shares = Counter(
            atom for clauses in self._clauses for atom in {atom for clause in clauses for atom in clause}
        )
        self._measured: list[dict[Clause, float]] = [{} for _ in nodes]
        self._asked = [0] * len(nodes)
        self._sample: deque[tuple[Attributes, Group]] = deque(maxlen=_SAMPLE)
        self._total, self._next, self._rounds = 0, _FIRST, 0

    @property
    def due(self) -> bool:
        """Whether enough was seen to look again."""
        return self._rounds < _ROUNDS and self._total >= self._next

    def seen(self, records: Sequence[_Record], groups: Sequence[Group]) -> None:
        """Count events, and keep some of them."""
        if self._rounds < _ROUNDS:
            self._total += len(records)
            for place in range(0, len(records), _EVERY):
                self._sample.append((records[place].attributes, groups[place]))

    def asked(self, rules: Iterable[int]) -> None:
        """Count rules that had to be asked."""
        if self._rounds < _ROUNDS:
            for number in rules:
                self._asked[number] += 1

    def choose(self) -> list[Clause | None]:
        """For each rule the clause that costs least, by what is known."""
        return [
            best(clauses, measured, self._shares)
            for clauses, measured in zip(self._clauses, self._measured, strict=True)
        ]

    def tune(self, plan: Plan) -> list[Clause | None]:
        """Look at the rules that cost most under a plan, in the records that were kept; what to choose now."""
        sample = _Sample(self._sample)
        costs = self._costs(plan, sample)
        for number in sorted(costs, key=lambda number: -costs[number])[:_MOST_RULES]:
            mine = sample.served(number)
            for clause in self._clauses[number] if mine else ():
                self._measured[number][clause] = sample.cost(clause, mine)
        self._asked = [0] * len(self._asked)
        self._next = self._total * _GROWTH
        self._rounds += 1
        if self._rounds == _ROUNDS:
            self._sample.clear()
        return self.choose()

    def _costs(self, plan: Plan, sample: _Sample) -> dict[int, float]:
        """Of the rules that are worth a look what each costs an event."""
        hits = sample.hits()
        found: dict[int, float] = {}
        for number, clause in enumerate(plan.chosen):
            if clause is not None:
                seen = sum(hits.get(atom.text, 0.0) for atom in clause if isinstance(atom, Literal))
                cost = self._asked[number] / self._total + _HIT * seen
                if cost > _OFTEN:
                    found[number] = cost
        return found


class _Sample:
    """Some records, to look at again and again."""

    def __init__(self, records: Iterable[tuple[Attributes, Group]]) -> None:
        pairs = list(records)
        self._views = [(View(attributes), frozenset(group.served)) for attributes, group in pairs]
        self._scanners = [group.scanner for _, group in pairs]
        self._texts = [SEPARATOR.join(view.folded(None)) for view, _ in self._views]
        self._occurrences: dict[str, list[int]] = {}

    def hits(self) -> dict[str, float]:
        """How often a record shows each literal of its gate."""
        counted: Counter[str] = Counter()
        for text, scanner in zip(self._texts, self._scanners, strict=True):
            if scanner is not None:
                found = scanner.gate.scan(text.encode("utf-8", "surrogatepass"))
                counted.update(scanner.texts[literal] for literal, _ in found)
        return {text: times / len(self._texts) for text, times in counted.items()}

    def served(self, rule: int) -> list[int]:
        """Places of records that a rule serves."""
        places = [place for place, (_, served) in enumerate(self._views) if rule in served]
        return places[:: max(1, len(places) // _ENOUGH)][:_ENOUGH]

    def cost(self, clause: Clause, places: Sequence[int]) -> float:
        """What filing a rule under a clause costs a record that it serves."""
        shown = sum(shows(clause, self._views[place][0]) for place in places)
        seen = sum(self._count(atom, place) for atom in clause for place in places)
        # Never zero: of two that none of the sample shows the smaller one is chosen.
        return (shown + _HIT * seen) / len(places) + 1e-6 * len(clause)

    def _count(self, atom: Atom, place: int) -> int:
        if not isinstance(atom, Literal):
            return 0
        counts = self._occurrences.get(atom.text)
        if counts is None:
            counts = self._occurrences[atom.text] = [text.count(atom.text) for text in self._texts]
        return counts[place]
