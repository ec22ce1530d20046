"""Kill -9 of the live workflow while it acts, at random moments; what it did is counted outside of it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pullcord.model.intent import IntentState
from pullcord.model.responder import Delivery
from pullcord.store.folder import open_folder
from tests.chaos.counter import DELIVERIES, Counted, serving
from tests.chaos.kills import report, share

KILLS = share("live")
ROOT = Path(__file__).parents[2]


def start(what: str, folder: Path, socket: Path) -> subprocess.Popen[str]:
    """Start a worker and wait until it works."""
    command = [sys.executable, "-m", "tests.chaos.live_worker", what, str(folder), str(socket)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said == "ready\n", said + process.communicate(timeout=30)[0]
    return process


@pytest.mark.timeout(180 + 10 * KILLS)
def test_kills_while_it_acts_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(KILLS)
    counted = Counted(KILLS)
    with tempfile.TemporaryDirectory(prefix="pc-") as short:
        socket = Path(short) / "counter.sock"
        with serving(socket, counted):
            for _ in range(KILLS):
                process = start("feed", tmp_path, socket)
                time.sleep(chance.uniform(0.3, 2.0))
                process.kill()
                process.communicate(timeout=30)
                assert process.returncode == -signal.SIGKILL
            last = start("drain", tmp_path, socket)
            # A thousand incidents and more are waiting after many kills.
            try:
                said = last.communicate(timeout=120 + 4 * KILLS)[0]
            finally:
                last.kill()
            assert last.returncode == 0, said
    with open_folder(tmp_path / "state") as store, store.state.transaction() as tx:
        incidents, intents = list(tx.incidents()), tx.intents()
    wanted = len(incidents) * len(DELIVERIES)
    in_doubt = {one.action.id for one in intents if one.state is IntentState.IN_DOUBT}
    lost = wanted - len(intents)
    lost += sum(not counted.applied[one.action.id] and one.action.id not in in_doubt for one in intents)
    doubled = sum(times > 1 for times in counted.applied.values())
    sys.stdout.write(f"lost={lost} doubled={doubled} in doubt={len(in_doubt)} of {wanted} actions\n")
    report(KILLS, lost=lost, doubled=doubled)
    assert len(incidents) > KILLS
    assert (lost, doubled) == (0, 0)
    assert {one.delivery for one in intents if one.state is IntentState.IN_DOUBT} <= {Delivery.BLIND}
    ends = {one.state for one in intents}
    assert ends <= {IntentState.CONFIRMED, IntentState.IN_DOUBT}
