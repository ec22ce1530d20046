"""Receipt and Verification: what an action did, and what an independent look at it saw."""

from __future__ import annotations

from enum import StrEnum

from pullcord.model.noun import Noun
from pullcord.model.plan import VerificationLevel


class ReceiptStatus(StrEnum):
    """What became of an action."""

    WOULD_ACT = "would_act"
    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"
    ABORTED = "aborted"
    IN_DOUBT = "in_doubt"


class Receipt(Noun, frozen=True, kw_only=True):
    """What a responder reports about one action.

    Attributes:
        key: hash of incident, action, target and plan; the same key never acts twice.
        responder: which responder acted; ``none`` where none was called.
        time: nanoseconds UTC.
        simulated: True where only a simulated responder was called.
    """

    key: str
    action_id: str
    status: ReceiptStatus
    responder: str
    time: int
    simulated: bool = False
    detail: str = ""


class VerificationResult(StrEnum):
    """What the oracle answered; no answer is ``unknown``, never success."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Verification(Noun, frozen=True, kw_only=True):
    """An independent look at what an action achieved.

    Attributes:
        oracle: what was asked; never the call that wrote.
        time: nanoseconds UTC.
    """

    level: VerificationLevel
    result: VerificationResult
    oracle: str
    time: int
    detail: str = ""
