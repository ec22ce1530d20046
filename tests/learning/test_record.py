from __future__ import annotations

import msgspec

from pullcord.learning.record import Record
from pullcord.model.incident import PhaseName
from pullcord.model.lesson import LessonKind
from pullcord.model.outcome import ReceiptStatus
from tests.records import record


def test_phases_and_actions_are_found_by_name_and_id() -> None:
    one = Record(**record())
    phase = one.phase(PhaseName.CONTAIN)
    assert phase is not None
    assert phase.name is PhaseName.CONTAIN
    assert one.phase(PhaseName.LEARN) is None
    assert set(one.actions) == {action.id for action in one.plans[0].actions}


def test_only_what_was_carried_out_counts_as_acted() -> None:
    given = record()
    given["receipts"][0] = msgspec.structs.replace(given["receipts"][0], status=ReceiptStatus.WOULD_ACT)
    given["receipts"][1] = msgspec.structs.replace(given["receipts"][1], status=ReceiptStatus.ALREADY)
    assert len(Record(**given).acted) == len(given["receipts"]) - 1


def test_evidence_of_a_lesson_is_bounded() -> None:
    lesson = Record(**record()).lesson(LessonKind.GAP, "t", "x", [str(n) for n in range(500)])
    assert len(lesson.evidence) == 20
