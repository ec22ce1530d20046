"""Kill -9 of the live pipeline under load, at random moments, with the loader outside of it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pullcord.app.live.pipeline import Habits
from pullcord.model.times import HOUR
from pullcord.store.folder import Store, open_folder
from tests.app.pipelines import START, incidents, running, until
from tests.chaos.ingest_process import PARTS, batch
from tests.chaos.kills import report, share

KILLS = share("ingest")
ROOT = Path(__file__).parents[2]
_IN_FLIGHT = 8
_LINGERS = 0.6


class Loader:
    """Sends batches until told to stop, some at a time, and again those that were not acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: set[int] = set()
        self.sent: set[int] = set()
        self._next = 0

    def load(self, folder: Path, seconds: float) -> int:
        """Load a process for a while after its first acknowledgement, then kill it; its exit code."""
        process = self._start(folder)
        first = threading.Event()
        reader = threading.Thread(target=self._send_and_read, args=[process, first])
        reader.start()
        assert first.wait(60), "it acknowledged nothing"
        time.sleep(seconds)
        process.kill()
        reader.join()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
        return process.wait()

    def finish(self, folder: Path) -> int:
        """Send what was not acknowledged, and whole sessions only; stop the process in order; its exit code."""
        process = self._start(folder)
        missing = [
            number for number in range(-(-self._next // PARTS) * PARTS) if number not in self.acknowledged
        ]
        text = "".join(f"{number}\n" for number in missing)
        told, _ = process.communicate(text, timeout=60)
        self.acknowledged.update(map(int, told.split()))
        self.sent.update(missing)
        return process.returncode

    def _start(self, folder: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.chaos.ingest_process", str(folder)]
        return subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def _send_and_read(self, process: subprocess.Popen[str], first: threading.Event) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        again = sorted(self.sent - self.acknowledged)
        try:
            for number in again:
                process.stdin.write(f"{number}\n")
            for _ in range(_IN_FLIGHT):
                self._send(process)
            for line in process.stdout:
                # A kill may cut the last line short: that one counts as not acknowledged.
                if line.endswith("\n"):
                    self.acknowledged.add(int(line))
                    first.set()
                    self._send(process)
        except BrokenPipeError:
            return

    def _send(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        number, self._next = self._next, self._next + 1
        self.sent.add(number)
        process.stdin.write(f"{number}\n")


def kept(store: Store) -> list[str]:
    """The ids of all events that are in the lake, in order of time, or still in the inbox."""
    with store.state.transaction() as tx:
        assert tx.batches(1) == []
    return [event.id for event in store.lake.window(START - HOUR, START + 1_000 * HOUR)]


@pytest.mark.timeout(1_800)
def test_what_was_acknowledged_is_kept_and_judged_once_whenever_it_is_killed(tmp_path: Path) -> None:
    chance, loader = random.Random(11), Loader()
    codes = [loader.load(tmp_path, chance.uniform(0.0, _LINGERS)) for _ in range(KILLS)]
    assert codes == [-signal.SIGKILL] * KILLS
    # Without a word of the sender: what was acknowledged before the last kill is there.
    with running(tmp_path, habits=Habits(quiet_seconds=0.3)) as (store, pipeline):
        until(lambda: pipeline.lake.health()["behind"] == 0 and pipeline.lake.has(0), 20.0 + KILLS)
        found = kept(store)
    there = set(found)
    acknowledged = {event.id for number in loader.acknowledged for event in batch(number)}
    report(KILLS, lost=len(acknowledged - there), doubled=len(found) - len(there))
    assert acknowledged <= there
    assert len(found) == len(there)
    assert loader.finish(tmp_path) == 0
    assert loader.acknowledged == loader.sent
    _check_all(tmp_path, loader)


def _check_all(folder: Path, loader: Loader) -> None:
    sent = [event.id for number in loader.sent for event in batch(number)]
    sessions = len(loader.sent) // PARTS
    with running(folder) as (store, pipeline):
        until(
            lambda: pipeline.health()["watch"]["waiting"] == 0 and pipeline.health()["triage"]["rounds"] > 0,
            20.0 + KILLS,
        )
        until(lambda: _findings_in_incidents(store) == _findings(store), 20.0 + KILLS)
        ids = kept(store)
        # A batch that was moved twice took its own place: there is no second copy to hide.
        assert store.lake._query("SELECT count(*) FROM {all}", []) == [(len(ids),)]
    assert len(ids) == len(set(ids)) == len(sent)
    assert set(ids) == set(sent)
    with open_folder(folder) as store:
        found = _findings(store)
        with store.state.transaction() as tx:
            behaviour = {
                one.trace_id for one in tx.findings() if one.rule_id.startswith("pullcord.behaviour")
            }
            refused = [one for one in tx.findings() if one.event_ids[0].startswith("refused-")]
        assert len(behaviour) == sessions
        assert {one.event_ids[0] for one in refused} == {f"refused-{number}" for number in loader.sent}
        known = incidents(store)
    members = [key for one in known for key in one.finding_ids]
    assert len(members) == len(set(members)) == len(found)


def _findings(store: Store) -> set[str]:
    with store.state.transaction() as tx:
        return {one.id for one in tx.findings()}


def _findings_in_incidents(store: Store) -> set[str]:
    return {key for one in incidents(store) for key in one.finding_ids}
