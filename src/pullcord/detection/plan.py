"""Which rules an event is asked about: by its log source, then by what it shows.

The rules that serve a log source are a *group*. In it each rule is filed under one clause (see ``atoms``): literals go
to the gate, equal values to hash tables, thresholds to sorted lists, so that thousands of rules about numbers cost no
more than a look-up per field. Rules that nothing can be said about are asked for every event of the group.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.detection.atoms import Clause, Literal
from pullcord.detection.dispatch import Dispatch
from pullcord.detection.gate import GateKind, make_gate
from pullcord.detection.group import Group, Scanner, make_group
from pullcord.model.event import LogSource

# Log sources come from events, so their number is up to whoever sends events.
_MOST_SOURCES = 1_024
_MOST_GROUPS = 512
_OWN_GATES = 32
"""Groups with a gate of their own: literals of rules for other log sources are not even looked for."""


class Plan:
    """All rules, filed.

    Attributes:
        chosen: the clause that each rule is filed under, None where nothing can be said about it.
    """

    def __init__(
        self, sources: Sequence[LogSource], chosen: Sequence[Clause | None], kind: GateKind | None = None
    ) -> None:
        """File rules.

        Args:
            sources: the log source of each rule.
            chosen: the clause that each is filed under.
            kind: of the gate; the fastest by default.
        """
        self.chosen = chosen
        self._dispatch, self._kind = Dispatch(sources), kind
        self._groups: dict[tuple[int, ...], Group] = {}
        self._by_source: dict[LogSource, Group] = {}
        self._scanners = 0
        self._shared: Scanner | None = None

    def group(self, source: LogSource) -> Group:
        """What serves events of this log source."""
        group = self._by_source.get(source)
        if group is None:
            group = self._find(self._dispatch.rules_for(source))
            if len(self._by_source) < _MOST_SOURCES:
                self._by_source[source] = group
        return group

    def _find(self, served: tuple[int, ...]) -> Group:
        group = self._groups.get(served)
        if group is not None:
            return group
        if len(self._groups) >= _MOST_GROUPS:
            # So many combinations of words that rules know nobody has by chance: not worth filing for each.
            return Group(served, served)
        group = self._groups[served] = make_group(served, self.chosen, self._scanner)
        return group

    def _scanner(self, texts: Sequence[str]) -> Scanner:
        """A gate for a group: of its own, or the one for all literals that the later ones share."""
        if self._scanners < _OWN_GATES:
            self._scanners += 1
            return self._make(texts)
        if self._shared is None:
            atoms = (atom for clause in self.chosen for atom in clause or ())
            self._shared = self._make(
                tuple(dict.fromkeys(atom.text for atom in atoms if isinstance(atom, Literal)))
            )
        return self._shared

    def _make(self, texts: Sequence[str]) -> Scanner:
        lengths = tuple(len(text.encode("utf-8", "surrogatepass")) for text in texts)
        return Scanner(make_gate(texts, self._kind), tuple(texts), lengths)
