"""Commands of people, on a running Pullcord."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.app.running import Running, running
from tests.cli.build import Call, Told

SECONDS = 30


class Person:
    """Calls commands as somebody."""

    def __init__(self, call: Call, run: Running, name: str) -> None:
        self._call = call
        self._reach = ["--state", str(run.state), "--token-file", str(run.tokens[name])]

    def __call__(self, *arguments: object) -> Told:
        return self._call(*arguments, *self._reach)

    def at_a_terminal(self, *arguments: str, types: str) -> tuple[int, str]:
        """Call it as a process whose input and output are a terminal, and type something when it asks."""
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "pullcord", *arguments, *self._reach]
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            typed = False
            while select.select([ours], [], [], SECONDS)[0]:
                try:
                    part = os.read(ours, 65_536)
                except OSError:  # the other end is closed
                    break
                shown += part
                if not typed and b"[y/N]" in shown:
                    os.write(ours, types.encode())
                    typed = True
            process.wait(SECONDS)
        os.close(ours)
        return process.returncode, shown.decode()


@contextmanager
def house(call: Call, folder: Path) -> Iterator[tuple[Running, Person, Person, Person]]:
    """A running Pullcord, and its three people: ann (OT), bob (security), mia (ML)."""
    with running(folder) as run:
        yield run, *(Person(call, run, name) for name in ("ann", "bob", "mia"))  # type: ignore[misc]
