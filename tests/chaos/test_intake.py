"""Kill -9 of `pullcord up` under load over HTTP: what was acknowledged is there, once, whenever it is killed."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pullcord.model.times import DAY, from_rfc3339, to_rfc3339
from pullcord.store.folder import open_folder
from tests.chaos.kills import report, share
from tests.cli.build import COMMAND

KILLS = share("intake")
START = from_rfc3339("2026-03-17T04:30:00Z")
BATCH = 200
SENDERS = 3
_HTTP_OK = 200


def batch(number: int) -> bytes:
    lines = [
        {
            "id": f"event-{number}-{place}",
            "time": to_rfc3339(START + number * 1_000_000),
            "logsource": {"product": "ai", "category": "ot", "service": "ot-gateway"},
            "attributes": {
                "ot.operation": "write",
                "ot.principal.kind": "ai",
                # One in fifty is refused: the rules find it while the rest passes.
                "ot.envelope.result": "inside" if place % 50 else "rejected",
            },
        }
        for place in range(BATCH)
    ]
    return "\n".join(map(json.dumps, lines)).encode()


class Pullcord:
    """One `pullcord up` after the other on one state folder."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def start(self) -> None:
        command = [*COMMAND, "up", "--json", "--port", "0", "--state", str(self._state)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self._token = self._token or said["token"]
        self.port = urlsplit(said["url"]).port or 0

    def end(self, *, kill: bool) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(60)
        self._process.stdout.close()

    def send(self, number: int) -> bool:
        """Whether a batch was acknowledged; a server that is gone acknowledges nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/x-ndjson"}
        try:
            connection.request("POST", "/api/v1/events", batch(number), headers)
            reply = connection.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return reply.status == _HTTP_OK


class Load:
    """Sends batches from several threads until told to stop; a batch that was not acknowledged is sent again."""

    def __init__(self, pullcord: Pullcord) -> None:
        self._pullcord = pullcord
        self._lock = threading.Lock()
        self._next = 0
        self._again: list[int] = []
        self._stop = threading.Event()
        self.acknowledged: set[int] = set()
        self._threads = [threading.Thread(target=self._run) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> list[int]:
        """Stop; returns the batches that nobody has acknowledged."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self._again

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                number = self._again.pop() if self._again else self._next
                self._next = max(self._next, number + 1)
            if self._pullcord.send(number):
                with self._lock:
                    self.acknowledged.add(number)
            else:
                with self._lock:
                    self._again.append(number)
                time.sleep(0.02)


@pytest.mark.timeout(1_800)
def test_no_acknowledged_event_is_lost_or_doubled_whenever_pullcord_is_killed(tmp_path: Path) -> None:
    chance, pullcord = random.Random(5), Pullcord(tmp_path / "state")
    pullcord.start()
    load = Load(pullcord)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 1.5))
        pullcord.end(kill=True)
        pullcord.start()
    time.sleep(0.5)
    pullcord.end(kill=True)
    missing = load.stop()
    # What was acknowledged before the last kill is there without another word of the senders.
    pullcord.start()
    assert all(pullcord.send(number) for number in missing)
    time.sleep(1.0)
    pullcord.end(kill=False)
    with open_folder(tmp_path / "state") as store:
        with store.state.transaction() as tx:
            assert tx.batches(1) == []
            findings = sum(1 for _ in tx.findings())
        found = [event.id for event in store.lake.window(START - DAY, START + DAY)]
    wanted = {f"event-{number}-{place}" for number in load.acknowledged for place in range(BATCH)}
    sent = wanted | {f"event-{number}-{place}" for number in missing for place in range(BATCH)}
    report(KILLS + 1, lost=len(wanted - set(found)), doubled=len(found) - len(set(found)))
    assert len(load.acknowledged) > KILLS
    assert wanted <= set(found)
    assert sorted(found) == sorted(sent)
    assert findings == len(sent) // 50
