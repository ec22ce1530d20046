"""Task: a question that only people may answer, and their answer."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import ApproverRole


class TaskKind(StrEnum):
    """Why people are asked.

    ``gate``: has a gate of the return to service been passed? ``switch_back``: give the process back to the AI at the
    machine. ``in_doubt``: was this action done? ``unverified``: is its effect there? ``expired``: a containment has
    run its time. ``question``: what a plan asks. ``by_hand``: something no responder here can do. ``stuck``: a
    step failed; try again? ``close``: may the incident be closed?
    """

    GATE = "gate"
    SWITCH_BACK = "switch_back"
    IN_DOUBT = "in_doubt"
    UNVERIFIED = "unverified"
    EXPIRED = "expired"
    QUESTION = "question"
    BY_HAND = "by_hand"
    STUCK = "stuck"
    CLOSE = "close"


class Task(Noun, frozen=True, kw_only=True):
    """One question.

    Attributes:
        id: unique within its incident and stable over restarts.
        subject: the gate, or the id of the action it is about; empty for ``close``.
        options: the answers that are possible.
        role: who may answer; None = any person with a role.
        opened, time: asked and answered, nanoseconds UTC.
        answer: one of ``options``; None while it is open.
        by: who answered.
    """

    id: str
    incident_id: str
    kind: TaskKind
    subject: str
    question: str
    options: tuple[str, ...]
    opened: int
    role: ApproverRole | None = None
    answer: str | None = None
    by: str | None = None
    time: int | None = None
    comment: str = ""
