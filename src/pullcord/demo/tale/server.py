"""The Pullcord of the story: a process of its own, started, killed and started again."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from pullcord.demo.errors import PlantError

_READY_SECONDS = 30.0
_END_SECONDS = 15.0
_TRIES = 3


class PullcordProcess:
    """``pullcord up`` on ``<folder>/state``.

    Attributes:
        url: where it listens, since it is ready.
        starts: how often it was started by this object.
    """

    def __init__(self, folder: Path, config: Path) -> None:
        self._folder, self._config = folder, config
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.starts = 0

    def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that took.

        Raises:
            PlantError: it ended, or was not ready in time.
        """
        begin = time.monotonic()
        for _ in range(_TRIES):
            if self._started(begin + _READY_SECONDS):
                self.starts += 1
                return time.monotonic() - begin
        raise PlantError("Pullcord did not start", f"look into {self._folder / 'pullcord.log'}")

    def _started(self, end: float) -> bool:
        """Try to; False if somebody killed it before it answered."""
        self.kill()  # what is left of one that somebody killed
        command = [sys.executable, "-m", "pullcord.demo.leashed", "up", "--json"]
        command += ["--state", str(self._folder / "state"), "--config", str(self._config)]
        with (self._folder / "pullcord.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  (a fixed list, no shell)
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        self._process = process
        if process.stdout is None:
            raise PlantError("Pullcord has no output", "report this")
        line = _first_line(process.stdout, end)
        if line:
            self.url = str(json.loads(line)["url"])
            return True
        self.kill()
        if process.returncode != -signal.SIGKILL or time.monotonic() > end:
            raise PlantError("Pullcord did not start", f"look into {self._folder / 'pullcord.log'}")
        return False

    @property
    def pid(self) -> int:
        """Its process id; 0 before the start."""
        return self._process.pid if self._process is not None else 0

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill it with signal 9 and wait for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._close()

    def stop(self) -> None:
        """End it in good order."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None


def _first_line(stream: IO[bytes], end: float) -> bytes:
    """The first line of a pipe; empty if it ended or the time is up."""
    found = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while b"\n" not in found:
            if not selector.select(max(0.0, end - time.monotonic())):
                return b""
            part = os.read(stream.fileno(), 65_536)
            if not part:
                return b""
            found += part
    return found.partition(b"\n")[0]
