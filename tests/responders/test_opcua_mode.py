from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.ot import OtReply, OtResult
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.model.times import MINUTE
from pullcord.ports import Responder
from pullcord.responders.opcua_mode import OpcuaMode
from tests.otwriter.build import written
from tests.otwriter.plant import AUTO, GUARD, MANUAL, READBACK, SETPOINT, Plc, allowing, running
from tests.otwriter.process import Process, process
from tests.otwriter.scripted import scripted
from tests.responders.build import Wall, act, action, done

SWITCH = action(ActionKind.SWITCH_TO_FALLBACK, "dosing")
OVEN = action(ActionKind.SWITCH_TO_FALLBACK, "oven")


class Shifted(Wall):
    """A clock that is two minutes slow."""

    def now(self) -> int:
        return time.time_ns() - 2 * MINUTE


@pytest.fixture(scope="module")
def server() -> Iterator[Plc]:
    with running() as found:
        yield found


@pytest.fixture
def plc(server: Plc) -> Plc:
    server.reset()
    return server


@pytest.fixture(scope="module")
def writer(server: Plc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    allow = allowing(
        server.switch(readback_seconds=1.0), server.other(), switches_per_hour=100, share_percent=100
    )
    with process(written(tmp_path_factory.mktemp("writer"), allow)) as found:
        yield found


@pytest.fixture
def responder(plc: Plc, writer: Process) -> OpcuaMode:
    return OpcuaMode(writer.socket, ["dosing", "oven"], Wall())


def switched(responder: OpcuaMode, key: str, prestate: str = AUTO) -> ReceiptStatus:
    return done(responder.execute(SWITCH, key, prestate)).status


def test_it_covers_the_switch_of_its_systems_only(responder: OpcuaMode) -> None:
    assert isinstance(responder.describe.name, str)
    assert responder.describe.reaches_ot
    assert responder.covers(SWITCH)
    assert not responder.covers(action(ActionKind.SWITCH_TO_FALLBACK, "burner"))
    assert not responder.covers(action(ActionKind.DISABLE_AGENT, "dosing"))


def test_plan_execute_verify(responder: OpcuaMode, plc: Plc) -> None:
    port: Responder = responder
    before = done(port.plan(SWITCH))
    assert (before.prestate, before.already, before.touches) == (AUTO, False, ("dosing",))
    assert all(one.holds for one in before.preconditions)
    assert f"interlock {GUARD}" in [one.what for one in before.preconditions]
    assert done(port.verify(SWITCH)).result is VerificationResult.REFUTED
    assert done(port.execute(SWITCH, "full", before.prestate)).status is ReceiptStatus.DONE
    told = done(port.verify(SWITCH))
    assert (told.level, told.result) == (VerificationLevel.EFFECT, VerificationResult.CONFIRMED)
    assert plc.writes == [MANUAL]
    after = done(port.plan(SWITCH))
    assert (after.prestate, after.already) == (MANUAL, True)


def test_already_there_is_success_without_change(responder: OpcuaMode, plc: Plc) -> None:
    plc.reset(MANUAL)
    assert switched(responder, "already") is ReceiptStatus.ALREADY
    assert plc.writes == []


def test_drift_aborts(responder: OpcuaMode, plc: Plc) -> None:
    assert switched(responder, "drift", "CASCADE") is ReceiptStatus.ABORTED
    assert plc.writes == []


def test_a_pre_state_that_nobody_recorded_is_refused(responder: OpcuaMode, plc: Plc) -> None:
    assert switched(responder, "blind", "") is ReceiptStatus.REFUSED
    assert plc.writes == []


def test_what_hinders_is_a_precondition_and_a_refusal(responder: OpcuaMode, plc: Plc) -> None:
    plc.set(GUARD, value=False)
    lacking = [one.what for one in done(responder.plan(SWITCH)).preconditions if not one.holds]
    assert lacking == [f"interlock {GUARD} is 'false' (guard closed), not true"]
    assert switched(responder, "guard") is ReceiptStatus.REFUSED
    assert plc.writes == []


def test_no_readback_is_in_doubt(responder: OpcuaMode, plc: Plc) -> None:
    plc.obeys = False
    assert switched(responder, "deaf") is ReceiptStatus.IN_DOUBT
    assert plc.writes == [MANUAL]


def test_manual_without_its_effect_is_refuted_and_says_which(responder: OpcuaMode, plc: Plc) -> None:
    plc.effect = False
    assert switched(responder, "no effect") is ReceiptStatus.DONE
    told = done(responder.verify(SWITCH))
    assert told.result is VerificationResult.REFUTED
    assert SETPOINT in told.detail


def test_without_listed_effects_the_level_is_state(responder: OpcuaMode, plc: Plc) -> None:
    plc.reset(MANUAL)
    told = done(responder.verify(OVEN))
    assert (told.level, told.result) == (VerificationLevel.STATE, VerificationResult.CONFIRMED)


def test_a_stale_manual_proves_nothing(responder: OpcuaMode, plc: Plc) -> None:
    plc.reset(MANUAL)
    plc.age = 60.0
    plc.set(READBACK, MANUAL)
    assert done(responder.verify(SWITCH)).result is VerificationResult.UNKNOWN
    stale = done(responder.plan(SWITCH))
    assert (stale.prestate, stale.already) == ("", False)


def test_a_mode_that_is_neither_is_not_known(responder: OpcuaMode, plc: Plc) -> None:
    plc.reset("FAULT")
    found = done(responder.plan(SWITCH))
    assert (found.prestate, found.already) == ("", False)
    assert "FAULT" in found.change


def test_what_hinders_a_switch_does_not_hide_the_mode(responder: OpcuaMode, plc: Plc) -> None:
    plc.set(GUARD, value=False)
    assert done(responder.plan(SWITCH)).prestate == AUTO


def test_people_switch_back_not_we(responder: OpcuaMode, plc: Plc) -> None:
    plc.reset(MANUAL)
    receipt = done(responder.rollback(SWITCH, "undo", AUTO))
    assert receipt.status is ReceiptStatus.REFUSED
    assert receipt.detail == "people switch back at the machine"
    assert plc.writes == []


def test_an_unlisted_system_is_refused_by_the_writer(plc: Plc, writer: Process) -> None:
    responder = OpcuaMode(writer.socket, ["burner"], Wall())
    burner = action(ActionKind.SWITCH_TO_FALLBACK, "burner")
    assert not done(responder.plan(burner)).preconditions[0].holds
    receipt = done(responder.execute(burner, "burner", AUTO))
    assert receipt.status is ReceiptStatus.REFUSED
    assert receipt.detail.startswith("never")


def test_clocks_that_disagree_are_shown_and_refused(plc: Plc, writer: Process) -> None:
    responder = OpcuaMode(writer.socket, ["dosing"], Shifted())
    before = done(responder.plan(SWITCH))
    assert [one.what for one in before.preconditions if not one.holds] == [
        "the clocks of Pullcord and of the OT writer agree"
    ]
    assert before.prestate == ""
    assert responder.last_disagreement is not None
    assert abs(responder.last_disagreement - 2 * MINUTE) < MINUTE // 2
    assert switched(responder, "clock") is ReceiptStatus.REFUSED
    assert plc.writes == []


def test_a_writer_that_is_gone_is_unknown_and_nothing_was_sent(tmp_path: Path) -> None:
    responder = OpcuaMode(tmp_path / "none", ["dosing"], Wall())
    before = done(responder.plan(SWITCH))
    assert [one.holds for one in before.preconditions] == [False]
    assert (before.prestate, before.already) == ("", False)
    assert switched(responder, "gone") is ReceiptStatus.REFUSED
    assert done(responder.verify(SWITCH)).result is VerificationResult.UNKNOWN


@pytest.mark.parametrize(
    "answer", [None, b"{}\n", msgspec.json.encode(OtReply(result=OtResult.OK, time=0)) + b"\n"]
)
def test_a_lost_answer_is_in_doubt_and_not_asked_again(tmp_path: Path, answer: bytes | None) -> None:
    with scripted(tmp_path / "s", answer) as lines:
        responder = OpcuaMode(tmp_path / "s", ["dosing"], Wall())
        assert act(responder, SWITCH, AUTO) is ReceiptStatus.IN_DOUBT
    assert len(lines) == 1
