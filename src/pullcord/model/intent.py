"""Intent: one line of the journal of everything that was, or may have been, sent to a real system."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import Action
from pullcord.model.responder import Delivery, Prepared


class IntentState(StrEnum):
    """How far an intent has come.

    ``planned``: written, nothing sent. ``sent``: the call may have gone out. ``confirmed``: the responder said that
    it is so. ``not_done``: it is known that nothing was changed. ``in_doubt``: people must look. ``undone``: taken
    back.
    """

    PLANNED = "planned"
    SENT = "sent"
    CONFIRMED = "confirmed"
    NOT_DONE = "not_done"
    IN_DOUBT = "in_doubt"
    UNDONE = "undone"

    @property
    def is_open(self) -> bool:
        """Whether something is still owed: a call, an answer, or a person's look."""
        return self in {IntentState.PLANNED, IntentState.SENT, IntentState.IN_DOUBT}


class Intent(Noun, frozen=True, kw_only=True):
    """One thing to be done to one system, at most once per key.

    Attributes:
        key: hash of incident, action, target and plan; an undo has a key of its own.
        undoes: the key of the intent that this one takes back, or None.
        responder: name of the responder that carries it out.
        prepared: the look before; its ``prestate`` is what a rollback restores.
        executor: the process that holds it; whoever else tries to send it is refused (fencing).
        time: of the last change, nanoseconds UTC.
        expires: when a confirmed containment is to be looked at again, nanoseconds UTC; None = never.
        automatic: no person decided on it; counts for the rate cap.
        asked: the owner has been asked about the expired containment.
    """

    key: str
    incident_id: str
    plan_hash: str
    action: Action
    responder: str
    delivery: Delivery
    state: IntentState
    prepared: Prepared
    executor: str
    time: int
    undoes: str | None = None
    expires: int | None = None
    automatic: bool = False
    asked: bool = False
    detail: str = ""
