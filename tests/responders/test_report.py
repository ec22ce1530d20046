from __future__ import annotations

from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description
from pullcord.responders.report import Reporter
from tests.responders.build import Wall, action

DESCRIBE = Description(
    name="a plant",
    kinds=frozenset({ActionKind.HOLD_LOTS}),
    delivery=Delivery.BLIND,
    level=VerificationLevel.EFFECT,
    oracle="a look",
    simulated=True,
)
HOLD = action(ActionKind.HOLD_LOTS)


def test_a_receipt_names_responder_action_and_key() -> None:
    told = Reporter(DESCRIBE, Wall()).receipt(HOLD, "key", ReceiptStatus.DONE, "x" * 10_000)
    assert (told.responder, told.action_id, told.key, told.simulated) == ("a plant", HOLD.id, "key", True)
    assert len(told.detail) == 2_000
    assert told.time > 0


def test_a_verification_says_its_level_unless_a_look_went_less_far() -> None:
    say = Reporter(DESCRIBE, Wall())
    assert say.verification(VerificationResult.UNKNOWN).level is VerificationLevel.EFFECT
    less = say.verification(VerificationResult.REFUTED, "why", VerificationLevel.STATE)
    assert (less.level, less.oracle, less.detail) == (VerificationLevel.STATE, "a look", "why")
