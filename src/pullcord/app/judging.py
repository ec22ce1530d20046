"""Wiring of the judging rooms: detection content, incident types, weights, and the rooms as the response needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from pullcord import content
from pullcord.app.inventory import empty_inventory
from pullcord.model.errors import UsageError
from pullcord.model.explanation import Explanation
from pullcord.model.incident import Incident
from pullcord.model.incident_type import IncidentType
from pullcord.model.inventory import Inventory
from pullcord.model.lesson import Lesson
from pullcord.model.plan import Action, Plan
from pullcord.ports import Transaction
from pullcord.response.case import Case, Judges

_MOST_RULE_FILES = 100_000
_RULE_SUFFIXES = frozenset({".yml", ".yaml"})


def rule_files(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """``(path, bytes)`` of the rules in a folder and below, or of those that ship with Pullcord.

    Raises:
        UsageError: the folder cannot be read or holds no rule file.
    """
    if folder is None:
        yield from content.walk("rules", ".yml")
        return
    if not folder.is_dir():
        raise UsageError(f"{folder}: no folder", "give the folder that holds the Sigma rules")
    found = sorted(path for path in folder.rglob("*") if path.suffix in _RULE_SUFFIXES and path.is_file())
    if not found:
        raise UsageError(
            f"{folder}: no .yml or .yaml file in it", "give the folder that holds the Sigma rules"
        )
    for path in found[:_MOST_RULE_FILES]:
        yield str(path.relative_to(folder)), path.read_bytes()


class Judging:
    """The judging rooms over one inventory.

    Args:
        recorded: lessons are drawn from a recording, where delays say nothing about people.
    """

    def __init__(self, inventory: Inventory | None = None, *, recorded: bool = True) -> None:
        self.inventory = empty_inventory() if inventory is None else inventory
        self._recorded = recorded

    @cached_property
    def types(self) -> dict[str, IncidentType]:
        """The incident types that ship with Pullcord, by id."""
        from pullcord.triage.types import load_types

        return load_types(content.walk("incident_types", ".yaml"))

    def judges(self) -> Judges:
        """The rooms as the response calls them."""
        from pullcord.investigation.ranking import Ranker

        ranker = Ranker.shipped()
        return Judges(contain=self.contain, investigate=ranker.investigate, recover=self.recover)

    def learn(self, incident: Incident, tx: Transaction) -> tuple[Lesson, ...]:
        """Lessons of an incident, drawn from its record."""
        from pullcord.learning.lessons import learn

        return learn(
            incident,
            phases=tx.phases(incident.id),
            findings=tuple(tx.findings(incident.finding_ids)),
            plans=tx.plans(incident.id),
            receipts=tx.receipts(incident.id),
            verifications=tx.verifications(incident.id),
            explanations=tx.explanations(incident.id),
            approvals=tx.approvals(incident.id),
            inventory=self.inventory,
            recorded=self._recorded,
        )

    def contain(self, case: Case, told: Sequence[Explanation], done: Sequence[Action]) -> Plan:
        """The containment plan of a case."""
        from pullcord.containment.bind import plan_containment

        return plan_containment(
            case.incident, case.findings, told, self.inventory, self.types, done=done, calls=case.calls
        )

    def recover(self, case: Case, told: Sequence[Explanation], contained: Plan) -> Plan:
        """The recovery plan of a case."""
        from pullcord.recovery.plan import plan_recovery

        return plan_recovery(case.incident, told, self.inventory, self.types, contained, calls=case.calls)
