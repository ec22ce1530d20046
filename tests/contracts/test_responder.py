"""What every responder does, each on a real system: see ``rigs``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind
from pullcord.model.responder import Delivery, Description, Prepared, Reversible
from tests.contracts.crash import KILLED, Order
from tests.contracts.rigs import RIGS, Rig
from tests.responders.build import act, action, done

REAL = ("feature_flag", "process", "tool_policy")
"""Responders that change something which others can change and which can fall silent."""
DURABLE = (*REAL, "evidence")


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as built:
        yield built


def prepared(rig: Rig) -> Prepared:
    return done(rig.make().plan(rig.action))


def verified(rig: Rig) -> VerificationResult:
    told = done(rig.make().verify(rig.action))
    describe = rig.make().describe
    assert told.oracle == describe.oracle
    assert told.level is describe.level or told.result is not VerificationResult.CONFIRMED
    return told.result


def undo(rig: Rig, prestate: str) -> ReceiptStatus:
    receipt = done(rig.make().rollback(rig.action, "undo-key", prestate))
    assert (receipt.key, receipt.action_id) == ("undo-key", rig.action.id)
    return receipt.status


def test_it_says_what_it_is_and_never_changes_that(rig: Rig) -> None:
    one, other = rig.make(), rig.make()
    assert one.describe == other.describe
    assert isinstance(one.describe, Description)
    assert one.describe.delivery is not Delivery.BLIND
    with pytest.raises(AttributeError):
        one.describe.name = "another"  # type: ignore[misc]
    assert one.covers(rig.action)
    assert not one.covers(action(ActionKind.RETURN_TO_SERVICE))


def test_a_plan_changes_nothing_and_says_what_would_change(rig: Rig) -> None:
    before = rig.state()
    found = prepared(rig)
    assert prepared(rig) == found
    assert rig.state() == before
    assert not found.already
    assert all(one.holds for one in found.preconditions)
    assert found.change
    assert rig.effects() == 0


def test_what_is_done_once_is_not_done_again(rig: Rig) -> None:
    before = prepared(rig).prestate
    assert act(rig.make(), rig.action, before) is ReceiptStatus.DONE
    assert rig.effects() == 1
    changed = rig.state()
    assert prepared(rig).already
    for prestate in (before, prepared(rig).prestate):
        assert act(rig.make(), rig.action, prestate) is ReceiptStatus.ALREADY
    assert rig.state() == changed
    assert rig.effects() == 1


def test_verification_follows_the_effect_and_rollback_restores(rig: Rig) -> None:
    before, state = prepared(rig).prestate, rig.state()
    assert verified(rig) is VerificationResult.REFUTED
    act(rig.make(), rig.action, before)
    assert verified(rig) is VerificationResult.CONFIRMED
    if rig.make().describe.reversible is Reversible.NO:
        kept = rig.state()
        assert undo(rig, before) is ReceiptStatus.REFUSED
        assert rig.state() == kept
        return
    assert undo(rig, before) is ReceiptStatus.DONE
    assert rig.state() == state
    assert prepared(rig).prestate == before
    assert verified(rig) is VerificationResult.REFUTED
    assert undo(rig, before) is ReceiptStatus.ALREADY


@pytest.mark.parametrize("rig", REAL, indirect=True)
def test_drift_aborts_and_changes_nothing(rig: Rig) -> None:
    rig.prepare()
    before = prepared(rig).prestate
    rig.drift()
    drifted, effects = rig.state(), rig.effects()
    assert act(rig.make(), rig.action, before) is ReceiptStatus.ABORTED
    assert (rig.state(), rig.effects()) == (drifted, effects)


@pytest.mark.parametrize("rig", REAL, indirect=True)
def test_a_victim_that_does_not_answer_confirms_nothing(rig: Rig) -> None:
    assert act(rig.make(), rig.action) is ReceiptStatus.DONE
    rig.silence()
    assert verified(rig) is VerificationResult.UNKNOWN


@pytest.mark.parametrize("rig", REAL, indirect=True)
def test_a_pre_state_that_nobody_recorded_is_refused(rig: Rig) -> None:
    before = rig.state()
    for prestate in ("", "{", "null", "[[", '{"a":1}'):
        assert act(rig.make(), rig.action, prestate) in {ReceiptStatus.REFUSED, ReceiptStatus.ABORTED}
        assert undo(rig, prestate) in {ReceiptStatus.REFUSED, ReceiptStatus.ABORTED}
    assert rig.state() == before


@pytest.mark.parametrize("rig", DURABLE, indirect=True)
def test_a_kill_between_change_and_receipt_does_not_do_it_twice(rig: Rig, tmp_path: Path) -> None:
    before = prepared(rig).prestate
    kind, settings = rig.spec
    order = Order(kind, settings, rig.action, before, rig.looks)
    command = [sys.executable, "-m", "tests.contracts.crash", str(tmp_path)]
    ended = subprocess.run(command, input=msgspec.json.encode(order), check=False, timeout=60)
    assert ended.returncode == KILLED
    assert rig.effects() == 1
    state = rig.state()
    assert prepared(rig).already
    assert act(rig.make(), rig.action, before) is ReceiptStatus.ALREADY
    assert (rig.effects(), rig.state()) == (1, state)
    assert verified(rig) is VerificationResult.CONFIRMED
