from __future__ import annotations

from collections.abc import Sequence

import pytest

from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall
from pullcord.responders.simulated import SimulatedPlant
from tests.responders.build import Wall, action, call, done

MAIL = call("send_mail", arguments={"to": "desk@stranger.example"})
READ = call("read_recipe", "s2", {"id": "WR-1"})
RESTRICT = action(ActionKind.RESTRICT_TOOLS, tools=["send_mail"])
CUT = action(ActionKind.DISABLE_AGENT)


def plant(*calls: tuple[str, ToolCall], executed: Sequence[Action] = ()) -> SimulatedPlant:
    return SimulatedPlant(Wall(), executed, calls)


def act(on: SimulatedPlant, what: Action, key: str = "key") -> ReceiptStatus:
    receipt = done(on.execute(what, key, done(on.plan(what)).prestate))
    assert receipt.simulated
    assert (receipt.key, receipt.action_id) == (key, what.id)
    return receipt.status


def test_an_action_is_done_once() -> None:
    one = plant()
    assert act(one, CUT) is ReceiptStatus.DONE
    assert act(one, CUT) is ReceiptStatus.ALREADY
    assert act(plant(executed=[CUT]), CUT) is ReceiptStatus.ALREADY


def test_what_was_done_by_an_earlier_run_and_is_gone_aborts() -> None:
    one = plant()
    assert done(one.execute(RESTRICT, "key", "done")).status is ReceiptStatus.ABORTED
    assert done(one.plan(RESTRICT)).prestate == "not done"
    assert not done(one.plan(RESTRICT)).already


def test_a_replayed_call_confirms_what_denies_it_once_that_is_done() -> None:
    one = plant(("copilot", MAIL))
    assert done(one.verify(RESTRICT)).result is VerificationResult.REFUTED, "not done yet"
    act(one, RESTRICT)
    told = done(one.verify(RESTRICT))
    assert told.result is VerificationResult.CONFIRMED
    assert "denies 1 of 1 recorded suspect calls" in told.detail


def test_what_the_others_deny_stands_beside_what_the_action_denies() -> None:
    one = plant(("copilot", MAIL), ("copilot", READ))
    act(one, RESTRICT)
    assert (
        "denies 1 of 2 recorded suspect calls, with all other actions 1 of 2"
        in done(one.verify(RESTRICT)).detail
    )
    act(one, CUT)
    assert (
        "denies 1 of 2 recorded suspect calls, with all other actions 2 of 2"
        in done(one.verify(RESTRICT)).detail
    )


def test_an_action_that_denies_no_call_is_refuted_whatever_the_others_do() -> None:
    one = plant(("copilot", MAIL))
    other = action(ActionKind.RESTRICT_TOOLS, tools=["read_mail"])
    act(one, CUT)
    act(one, other)
    assert done(one.verify(other)).result is VerificationResult.REFUTED


def test_another_agent_is_not_denied() -> None:
    one = plant(("other", MAIL))
    act(one, RESTRICT)
    assert done(one.verify(RESTRICT)).result is VerificationResult.REFUTED


def test_without_a_call_or_for_another_kind_it_is_unknown() -> None:
    one = plant()
    act(one, CUT)
    assert done(one.verify(CUT)).result is VerificationResult.UNKNOWN
    hold = action(ActionKind.HOLD_LOTS)
    assert done(plant(("copilot", MAIL)).verify(hold)).result is VerificationResult.UNKNOWN


def test_rollback_restores_the_prestate_and_nothing_before_it() -> None:
    one = plant(("copilot", MAIL))
    act(one, RESTRICT)
    undone = done(one.rollback(RESTRICT, "undo", "not done"))
    assert (undone.status, undone.simulated, undone.key) == (ReceiptStatus.DONE, True, "undo")
    assert done(one.verify(RESTRICT)).result is VerificationResult.REFUTED
    assert done(one.rollback(RESTRICT, "undo", "not done")).status is ReceiptStatus.ALREADY
    before = plant(executed=[CUT])
    assert done(before.rollback(CUT, "undo", "done")).status is ReceiptStatus.ALREADY
    assert done(before.plan(CUT)).prestate == "done"


@pytest.mark.parametrize("kind", [ActionKind.SNAPSHOT, ActionKind.RETURN_TO_SERVICE])
def test_evidence_and_return_to_service_are_not_simulated(kind: ActionKind) -> None:
    assert not plant().covers(action(kind))
    assert plant().covers(action(ActionKind.HOLD_LOTS, "whatever"))
    assert len(plant().describe.kinds) == len(ActionKind) - 2
    assert plant().describe.simulated
