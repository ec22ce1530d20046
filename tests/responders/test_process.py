from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pullcord.model.errors import UsageError
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind, VerificationLevel
from pullcord.responders.process import ProcessSettings, SupervisedProcess
from tests.responders.build import TARGET, Wall, act, action, done, free_port
from tests.responders.supervised import PASSWORD, Supervised, supervised

DISABLE = action(ActionKind.DISABLE_AGENT)


@pytest.fixture(scope="module")
def daemon() -> Iterator[Supervised]:
    with supervised() as built:
        yield built


@pytest.fixture
def system(daemon: Supervised) -> Supervised:
    """The agent runs, its stand-in does not."""
    daemon.rpc.stop("standin")
    daemon.until("standin", "STOPPED")
    daemon.rpc.start("agent")
    daemon.until("agent", "RUNNING")
    return daemon


def responder(system: Supervised, **more: Any) -> SupervisedProcess:  # noqa: ANN401
    given: dict[str, Any] = system.settings | {"stop_seconds": 5.0} | more
    return SupervisedProcess(TARGET, ProcessSettings(**given), Wall(), PASSWORD)


def states(system: Supervised) -> list[str]:
    return [system.state("agent"), system.state("standin")]


def test_it_covers_its_own_system_only(system: Supervised) -> None:
    assert responder(system).covers(DISABLE)
    assert not responder(system).covers(action(ActionKind.DISABLE_AGENT, "another"))
    assert not responder(system).covers(action(ActionKind.BLOCK_EGRESS))


def test_over_tcp_with_a_password_without_probe_or_stand_in(system: Supervised) -> None:
    url = f"http://127.0.0.1:{system.port}"
    bare = {"probe": None, "replacement_probe": None, "replacement": None}
    one = responder(system, url=url, user="pullcord", **bare)
    assert act(one, DISABLE) is ReceiptStatus.DONE
    told = done(one.verify(DISABLE))
    assert (told.result, told.level) == (VerificationResult.CONFIRMED, VerificationLevel.STATE)
    assert states(system) == ["STOPPED", "STOPPED"]


def test_a_half_done_action_is_finished_and_not_called_drift(system: Supervised) -> None:
    before = done(responder(system).plan(DISABLE)).prestate
    system.rpc.stop("agent")
    system.until("agent", "STOPPED")
    assert done(responder(system).verify(DISABLE)).result is VerificationResult.REFUTED
    assert act(responder(system), DISABLE, before) is ReceiptStatus.DONE
    assert states(system) == ["STOPPED", "RUNNING"]
    assert done(responder(system).rollback(DISABLE, "undo", before)).status is ReceiptStatus.DONE
    assert states(system) == ["RUNNING", "STOPPED"]


def test_a_rollback_starts_nothing_that_did_not_run(system: Supervised) -> None:
    system.rpc.stop("agent")
    system.until("agent", "STOPPED")
    one = responder(system)
    before = done(one.plan(DISABLE))
    assert before.undo == ""
    assert act(one, DISABLE, before.prestate) is ReceiptStatus.DONE
    assert done(one.rollback(DISABLE, "undo", before.prestate)).status is ReceiptStatus.DONE
    assert states(system) == ["STOPPED", "STOPPED"]


def test_an_agent_that_is_killed_and_comes_back_by_itself_is_not_stopped(system: Supervised) -> None:
    found = system.rpc.info("agent")
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    assert done(responder(system).verify(DISABLE)).result is VerificationResult.REFUTED


def test_somebody_else_who_answers_at_the_address_of_the_agent_refutes(system: Supervised) -> None:
    one = responder(system)
    assert act(one, DISABLE) is ReceiptStatus.DONE
    port = urlsplit(system.agent).port
    with socket.create_server(("127.0.0.1", port or 0)):
        told = done(one.verify(DISABLE))
    assert (told.result, told.level) == (VerificationResult.REFUTED, VerificationLevel.EFFECT)
    assert "still answers" in told.detail


def test_a_process_that_outlives_what_supervisor_says_refutes(system: Supervised) -> None:
    one = responder(system)
    assert act(one, DISABLE) is ReceiptStatus.DONE
    # As if the agent's process were this very one: it is there, whatever supervisor says.
    stat = Path(f"/proc/{os.getpid()}/stat").read_text(encoding="utf-8")
    one._seen = os.getpid(), stat.rpartition(")")[2].split()[19]
    told = done(one.verify(DISABLE))
    assert (told.result, "still there" in told.detail) == (VerificationResult.REFUTED, True)


def test_a_stand_in_that_does_not_answer_refutes(system: Supervised) -> None:
    one = responder(system, replacement_probe=f"tcp://127.0.0.1:{free_port()}", stop_seconds=0.3)
    assert act(one, DISABLE) is ReceiptStatus.DONE
    told = done(one.verify(DISABLE))
    assert (told.result, "stand-in does not answer" in told.detail) == (VerificationResult.REFUTED, True)


def test_a_stand_in_that_does_not_start_leaves_it_in_doubt(system: Supervised) -> None:
    one = responder(system, replacement="broken")
    assert act(one, DISABLE) is ReceiptStatus.IN_DOUBT
    assert system.state("agent") == "STOPPED"


def test_an_unknown_program_is_said_before_and_nothing_is_sent(system: Supervised) -> None:
    for more in ({"program": "nobody"}, {"replacement": "nobody"}):
        one = responder(system, **more)
        before = done(one.plan(DISABLE))
        assert [found.holds for found in before.preconditions] == [False]
        assert act(one, DISABLE, before.prestate) is ReceiptStatus.REFUSED
    assert states(system) == ["RUNNING", "STOPPED"]


def test_a_supervisor_that_does_not_answer_is_not_success(system: Supervised) -> None:
    one = responder(system, url="unix:///nowhere/at/all")
    assert not done(one.plan(DISABLE)).preconditions[0].holds
    assert act(one, DISABLE, done(responder(system).plan(DISABLE)).prestate) is ReceiptStatus.REFUSED
    assert done(one.verify(DISABLE)).result is VerificationResult.UNKNOWN


def test_a_probe_that_cannot_be_asked_is_refused_when_it_is_made(system: Supervised) -> None:
    with pytest.raises(UsageError):
        responder(system, probe="tcp://127.0.0.1")
