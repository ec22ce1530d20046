"""The OT writer as a real process, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pullcord.model.ot import OtReply, OtRequest
from pullcord.responders.ot_client import OtClient, OtLostError

_RUN = "import sys; from pathlib import Path; from pullcord.otwriter.serve import run; run(Path(sys.argv[1]))"
SOCKET = Path("private/ot.sock")


class Process:
    """The process of one configuration; ``ask`` talks to it over its socket."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.socket = config.parent / SOCKET
        self.log = config.parent / "writer.log"
        self.child = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            before = self.log.read_bytes().count(b'"ready"')
            child = subprocess.Popen([sys.executable, "-c", _RUN, self.config], stderr=log)
        end = time.monotonic() + 30
        while self.log.read_bytes().count(b'"ready"') == before:
            assert child.poll() is None, self.log.read_text()
            assert time.monotonic() < end, "the OT writer did not start"
            time.sleep(0.02)
        return child

    def ask(self, request: OtRequest) -> OtReply:
        return asyncio.run(OtClient(self.socket).ask(request))

    def kill_while(self, request: OtRequest, until: object) -> None:
        """Send a request and kill the process with -9 as soon as ``until`` (a list) holds something."""

        async def go() -> None:
            asked = asyncio.create_task(OtClient(self.socket).ask(request))
            while not until:  # noqa: ASYNC110  (filled by another thread)
                await asyncio.sleep(0.005)
            self.child.kill()
            with contextlib.suppress(OtLostError):
                reply = await asked
                raise AssertionError(f"answered before the crash: {reply}")

        asyncio.run(asyncio.wait_for(go(), 20))
        self.child.wait(10)

    def restart(self) -> None:
        self.child = self._started()

    def stop(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(20)


@contextlib.contextmanager
def process(config: Path) -> Iterator[Process]:
    """A running writer; killed at the end if it is still there."""
    made = Process(config)
    try:
        yield made
    finally:
        if made.child.poll() is None:
            made.child.kill()
            made.child.wait(10)
