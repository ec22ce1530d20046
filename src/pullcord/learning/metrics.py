"""Figures of one incident, each from named timestamps (NIST SP 800-61r3: detection, response, recovery times)."""

from __future__ import annotations

import msgspec

from pullcord.learning.record import Record
from pullcord.model.incident import PhaseName
from pullcord.model.lesson import Lesson, LessonKind
from pullcord.model.outcome import VerificationResult
from pullcord.model.times import SECOND

_SPANS = (
    ("time_to_detect", "from the first event to the end of detection", PhaseName.DETECT),
    ("time_to_triage", "from the first event to the end of triage", PhaseName.TRIAGE),
    ("time_to_contain", "from the first event to the end of containment", PhaseName.CONTAIN),
    ("time_to_investigate", "from the first event to the end of the investigation", PhaseName.INVESTIGATE),
    ("time_to_recover", "from the first event to the end of recovery", PhaseName.RECOVER),
)


def metrics(record: Record) -> list[Lesson]:
    """Times in seconds and counts; a phase that has not ended, or a recording, has no times."""
    spans = () if record.recorded else _SPANS
    found = [
        lesson for topic, what, name in spans if (lesson := _time(record, topic, what, name)) is not None
    ]
    findings, plans = record.incident.finding_ids, [plan.id for plan in record.plans]
    text = f"{len(findings)} finding{'' if len(findings) == 1 else 's'} in the incident."
    found.append(_count(record, "findings", text, len(findings)))
    acted = [receipt.action_id for receipt in record.acted]
    planned = len(record.actions)
    text = f"{len(acted)} of {planned} planned actions carried out."
    found.append(_count(record, "actions_carried_out", text, len(acted), tuple(acted)))
    confirmed = sum(v.result is VerificationResult.CONFIRMED for v in record.verifications.values())
    text = f"{confirmed} of {len(acted)} carried out actions confirmed by an independent look."
    found.append(_count(record, "actions_confirmed", text, confirmed, tuple(plans)))
    people = {approval.approver for approval in record.approvals if not approval.simulated}
    text = f"{len(people)} people decided." if people or not record.approvals else "Approvals were simulated."
    found.append(_count(record, "approvers", text, len(people)))
    return found


def _time(record: Record, topic: str, what: str, name: PhaseName) -> Lesson | None:
    phase = record.phase(name)
    if phase is None or phase.end is None:
        return None
    seconds = (phase.end - record.incident.first_time) / SECOND
    if seconds < 0:
        # Clocks of sources run ahead at times; a negative time would only spoil averages.
        text = f"Not measurable {what}: the phase ended before the first event by its source's clock."
        return record.lesson(LessonKind.METRIC, topic, text, (record.incident.id,))
    lesson = record.lesson(LessonKind.METRIC, topic, f"{seconds:,.1f} s {what}.", (record.incident.id,))
    return msgspec.structs.replace(lesson, value=seconds, unit="s")


def _count(record: Record, topic: str, text: str, value: float, evidence: tuple[str, ...] = ()) -> Lesson:
    lesson = record.lesson(LessonKind.METRIC, topic, text, evidence)
    return msgspec.structs.replace(lesson, value=float(value), unit="1")
