"""The lessons of one incident: figures, gaps, and a concrete change for each gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pullcord.learning.gaps import gaps
from pullcord.learning.metrics import metrics
from pullcord.learning.record import Record
from pullcord.model.approval import Approval
from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase
from pullcord.model.inventory import Inventory
from pullcord.model.lesson import Lesson, LessonKind
from pullcord.model.outcome import Receipt, Verification
from pullcord.model.plan import Plan

_MOST_GAPS = 100


def learn(  # noqa: PLR0913, PLR0917  (a record has this many parts)
    incident: Incident,
    phases: Sequence[Phase],
    findings: Sequence[Finding],
    plans: Sequence[Plan],
    receipts: Sequence[Receipt],
    verifications: Mapping[str, Verification],
    explanations: Sequence[Explanation],
    approvals: Sequence[Approval],
    inventory: Inventory | None = None,
    *,
    recorded: bool = False,
) -> tuple[Lesson, ...]:
    """Draw the lessons of an incident from its record; the same record gives the same lessons.

    Args:
        incident, phases, findings, plans, receipts, explanations, approvals: as kept.
        verifications: by the receipt's key.
        inventory: what stands in the plant; without it only gaps the record itself shows are named.
        recorded: the telemetry came from a recording: then there are no response times to speak of.

    Returns:
        Metrics, then each gap followed by the change that would close it; at most 100 gaps.
    """
    record = Record(
        incident=incident,
        phases=phases,
        findings=findings,
        plans=plans,
        receipts=receipts,
        verifications=verifications,
        explanations=explanations,
        approvals=approvals,
        inventory=inventory,
        recorded=recorded,
    )
    lessons = metrics(record)
    for number, gap in enumerate(gaps(record)):
        if number == _MOST_GAPS:
            break
        lessons.append(record.lesson(LessonKind.GAP, gap.topic, gap.text, gap.evidence, gap.about))
        lessons.append(record.lesson(LessonKind.CHANGE, gap.topic, gap.change, gap.evidence, gap.about))
    return tuple(lessons)
