"""Receipts and verifications in the name of one responder."""

from __future__ import annotations

from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, VerificationLevel
from pullcord.model.responder import Description
from pullcord.ports import Clock

_LONGEST_DETAIL = 2_000


class Reporter:
    """Fills in what is the same in everything that one responder says."""

    def __init__(self, describe: Description, clock: Clock) -> None:
        self._describe = describe
        self._clock = clock

    def receipt(self, action: Action, key: str, status: ReceiptStatus, detail: str = "") -> Receipt:
        """What became of an action, now."""
        return Receipt(
            key=key,
            action_id=action.id,
            status=status,
            responder=self._describe.name,
            time=self._clock.now(),
            simulated=self._describe.simulated,
            detail=detail[:_LONGEST_DETAIL],
        )

    def verification(
        self, result: VerificationResult, detail: str = "", level: VerificationLevel | None = None
    ) -> Verification:
        """What the oracle said, now; at the level of the responder unless a look went less far."""
        return Verification(
            level=level or self._describe.level,
            result=result,
            oracle=self._describe.oracle,
            time=self._clock.now(),
            detail=detail[:_LONGEST_DETAIL],
        )
