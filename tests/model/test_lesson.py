from __future__ import annotations

from pullcord.model.lesson import LessonKind, lesson_id


def test_the_id_is_stable_and_tells_lessons_apart() -> None:
    one = lesson_id("inc-1", LessonKind.GAP, "no_deputy", "a")
    assert one == lesson_id("inc-1", LessonKind.GAP, "no_deputy", "a")
    others = {
        lesson_id("inc-2", LessonKind.GAP, "no_deputy", "a"),
        lesson_id("inc-1", LessonKind.CHANGE, "no_deputy", "a"),
        lesson_id("inc-1", LessonKind.GAP, "no_fallback", "a"),
        lesson_id("inc-1", LessonKind.GAP, "no_deputy", "b"),
    }
    assert len(others | {one}) == 5
