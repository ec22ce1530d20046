from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pullcord.learning.lessons import learn
from pullcord.model.explanation import Verdict
from pullcord.model.lesson import Lesson, LessonKind
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from tests.records import record
from tests.scenes import NO_PLANT, injected, told


def topics(lessons: tuple[Lesson, ...], kind: LessonKind) -> list[str]:
    return [lesson.topic for lesson in lessons if lesson.kind is kind]


def test_the_same_record_gives_the_same_lessons_with_ids_of_their_own() -> None:
    lessons = learn(**record())
    assert lessons == learn(**record())
    assert len({lesson.id for lesson in lessons}) == len(lessons)


def test_every_gap_is_followed_by_a_change() -> None:
    lessons = learn(**record("press-health"))
    gaps = topics(lessons, LessonKind.GAP)
    assert gaps
    assert gaps == topics(lessons, LessonKind.CHANGE)


def test_times_come_from_named_timestamps_and_open_phases_have_none() -> None:
    metrics = {lesson.topic: lesson for lesson in learn(**record()) if lesson.kind is LessonKind.METRIC}
    assert (metrics["time_to_contain"].value, metrics["time_to_contain"].unit) == (720.0, "s")
    assert "time_to_recover" not in metrics


def test_a_clean_incident_of_a_well_kept_system_shows_no_gap() -> None:
    assert topics(learn(**record()), LessonKind.GAP) == []


@pytest.mark.parametrize(
    ("changes", "topic"),
    [
        (
            {"explanations": [msgspec.structs.replace(told(), missing=("arguments were not captured",))]},
            "not_seen",
        ),
        ({"explanations": [told(Verdict.CANNOT_TELL)]}, "cannot_tell"),
        ({"findings": injected()[:1]}, "single_source"),
    ],
)
def test_what_the_record_lacks_is_a_gap(changes: dict[str, Any], topic: str) -> None:
    assert topic in topics(learn(**{**record(), **changes}), LessonKind.GAP)


def test_an_unknown_verification_is_a_gap_that_names_the_action() -> None:
    given = record()
    given["verifications"]["k4"] = msgspec.structs.replace(
        given["verifications"]["k4"], result=VerificationResult.UNKNOWN, detail="no answer"
    )
    (gap,) = [lesson for lesson in learn(**given) if lesson.kind is LessonKind.GAP]
    assert gap.topic == "verification_unknown"
    assert "restrict_tools on desk-helper" in gap.text
    assert gap.evidence == (given["receipts"][4].action_id,)


def test_an_action_in_doubt_is_a_gap() -> None:
    given = record()
    given["receipts"][1] = msgspec.structs.replace(given["receipts"][1], status=ReceiptStatus.IN_DOUBT)
    assert "actions_in_doubt" in topics(learn(**given), LessonKind.GAP)


def test_what_the_inventory_does_not_say_is_a_gap() -> None:
    strange = learn(**record("stranger", NO_PLANT))
    assert "unregistered" in topics(strange, LessonKind.GAP)
    kept_badly = topics(learn(**record("press-health")), LessonKind.GAP)
    assert {"no_deputy", "dependants_open", "fallback_never_exercised"} <= set(kept_badly)


def test_without_the_inventory_only_the_record_speaks() -> None:
    given = {**record("press-health"), "inventory": None}
    assert "no_deputy" not in topics(learn(**given), LessonKind.GAP)


def test_a_record_of_nothing_still_gives_figures() -> None:
    given = record()
    names = ("phases", "findings", "plans", "receipts", "explanations", "approvals")
    bare: dict[str, Any] = {**dict.fromkeys(names, ()), "incident": given["incident"], "verifications": {}}
    assert {lesson.kind for lesson in learn(**bare)} == {LessonKind.METRIC}
