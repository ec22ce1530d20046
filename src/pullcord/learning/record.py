"""The record of one incident, as the lessons read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullcord.model.approval import Approval
from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase, PhaseName
from pullcord.model.inventory import Inventory
from pullcord.model.lesson import Lesson, LessonKind, lesson_id
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification
from pullcord.model.plan import Action, Plan

_MOST_EVIDENCE = 20


@dataclass(frozen=True)
class Record:
    """Everything that was written down about one incident.

    Attributes:
        verifications: by the receipt's key.
        inventory: if it is at hand; gaps of the inventory are named only then.
        recorded: the telemetry was read from a recording, so the clock of the response says nothing about its times.
    """

    incident: Incident
    phases: Sequence[Phase]
    findings: Sequence[Finding]
    plans: Sequence[Plan]
    receipts: Sequence[Receipt]
    verifications: Mapping[str, Verification]
    explanations: Sequence[Explanation]
    approvals: Sequence[Approval]
    inventory: Inventory | None
    recorded: bool = False

    def phase(self, name: PhaseName) -> Phase | None:
        """One phase, if it has begun."""
        return next((phase for phase in self.phases if phase.name is name), None)

    @property
    def actions(self) -> dict[str, Action]:
        """Planned actions by id."""
        return {action.id: action for plan in self.plans for action in plan.actions}

    @property
    def acted(self) -> list[Receipt]:
        """Receipts of what was carried out."""
        return [r for r in self.receipts if r.status in {ReceiptStatus.DONE, ReceiptStatus.ALREADY}]

    def lesson(
        self, kind: LessonKind, topic: str, text: str, evidence: Sequence[str] = (), about: str = ""
    ) -> Lesson:
        """A lesson of this incident; ``about`` tells lessons of one topic apart."""
        return Lesson(
            id=lesson_id(self.incident.id, kind, topic, about),
            kind=kind,
            topic=topic,
            text=text,
            evidence=tuple(evidence[:_MOST_EVIDENCE]),
        )
