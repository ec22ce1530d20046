from __future__ import annotations

import msgspec
import pytest

from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Precondition, Prepared
from pullcord.response.journal_rules import budget, shown, unready
from tests.response.build import action

DONE, ABORTED, IN_DOUBT = ReceiptStatus.DONE, ReceiptStatus.ABORTED, ReceiptStatus.IN_DOUBT
OFF = Prepared(prestate="off")
ON = Prepared(prestate="on", already=True)
OTHER = Prepared(prestate="half open")
MUTE = Prepared(prestate="")


def intent(kind: ActionKind = ActionKind.DISABLE_AGENT, *, undo: bool = False) -> Intent:
    return Intent(
        key="k",
        incident_id="inc-1",
        plan_hash="p",
        action=action(kind),
        responder="device",
        delivery=Delivery.PROBEABLE,
        state=IntentState.SENT,
        prepared=OFF,
        executor="me",
        time=1,
        undoes="before" if undo else None,
    )


@pytest.mark.parametrize(
    ("undo", "found", "ended", "open_yet"),
    [
        (False, ON, DONE, DONE),
        (False, OFF, ABORTED, IN_DOUBT),
        (False, OTHER, IN_DOUBT, IN_DOUBT),
        (False, MUTE, IN_DOUBT, IN_DOUBT),
        (True, OFF, DONE, DONE),
        (True, ON, ABORTED, IN_DOUBT),
        (True, OTHER, IN_DOUBT, IN_DOUBT),
        (True, MUTE, IN_DOUBT, IN_DOUBT),
    ],
)
def test_what_a_look_shows(
    found: Prepared, ended: ReceiptStatus, open_yet: ReceiptStatus, *, undo: bool
) -> None:
    assert shown(intent(undo=undo), found, may_still_come=False)[0] is ended
    assert shown(intent(undo=undo), found, may_still_come=True)[0] is open_yet


def test_late_evidence_harms_nobody() -> None:
    assert shown(intent(ActionKind.SNAPSHOT), OFF, may_still_come=True)[0] is ABORTED


def test_what_is_not_known_or_does_not_hold_is_not_ready() -> None:
    broken = Prepared(prestate="off", preconditions=(Precondition(what="the guard", holds=False),))
    assert unready(intent()) == ""
    assert unready(msgspec.structs.replace(intent(), prepared=broken)) == "the guard: does not hold"
    assert unready(msgspec.structs.replace(intent(undo=True), prepared=broken)) == ""
    for undo in (False, True):
        assert "not known" in unready(msgspec.structs.replace(intent(undo=undo), prepared=MUTE))
    assert unready(msgspec.structs.replace(intent(ActionKind.SNAPSHOT), prepared=MUTE)) == ""


@pytest.mark.parametrize(
    ("given", "reaches_ot", "seconds"),
    [("", False, 60.0), ("", True, 150.0), ("20", True, 20.0), ("900", False, 60.0), ("-1", False, 60.0)],
)
def test_the_client_of_the_ot_writer_gives_up_before_the_journal(
    given: str, seconds: float, *, reaches_ot: bool
) -> None:
    describe = Description(
        name="d",
        kinds=frozenset(),
        delivery=Delivery.PROBEABLE,
        level=VerificationLevel.STATE,
        oracle="a look",
        reaches_ot=reaches_ot,
    )
    of = action(ActionKind.SWITCH_TO_FALLBACK, budget_seconds=given)
    assert budget(of, describe) == seconds
