"""Lesson: what an incident taught, with the records it follows from."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun, digest


class LessonKind(StrEnum):
    """What kind of statement a lesson is."""

    METRIC = "metric"
    GAP = "gap"
    CHANGE = "change"


class Lesson(Noun, frozen=True, kw_only=True):
    """One thing an incident taught.

    Attributes:
        id: ``lsn-`` + hash of incident, kind and topic; the same lesson of the same incident keeps its id.
        topic: what it is about, a short stable word (``time_to_contain``, ``no_deputy`` …).
        text: for people.
        evidence: ids of findings, plans, actions, traces or names of systems it follows from.
        value, unit: the figure of a metric; None and empty otherwise.
    """

    id: str
    kind: LessonKind
    topic: str
    text: str
    evidence: tuple[str, ...] = ()
    value: float | None = None
    unit: str = ""


def lesson_id(incident_id: str, kind: LessonKind, topic: str, about: str = "") -> str:
    """The stable id of a lesson; ``about`` tells lessons of one topic apart (a system's name)."""
    return f"lsn-{digest([incident_id, kind, topic, about])[:20]}"
