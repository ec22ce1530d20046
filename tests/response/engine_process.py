"""Processes with an engine of their own: run by tests with ``python -m tests.response.engine_process WHAT FOLDER``.

``old``: the old code of a workflow (one, two, wait, three); kills itself with SIGKILL while it waits.
``reap``: takes over the incident of :func:`scene` although its process lives, and ends with the incident.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pullcord.model.inventory import Mode
from pullcord.model.plan import ActionKind
from pullcord.response.dbos_engine import DbosEngine
from pullcord.response.engine import Runner, Steps
from pullcord.response.leases import Leases, new_executor
from pullcord.store.folder import Store, open_folder
from pullcord.store.sqlite import make_engine
from pullcord.store.state import DATABASE, SqlState
from tests.response.build import action, opened
from tests.response.live import Rig, Scene, Wall, until
from tests.response.world import Device, World

NAME = "inc-1"
CUT = action(ActionKind.DISABLE_AGENT, "agent", NAME)


def note(path: Path, line: str) -> str:
    """Add a line to a file outside; returns it."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return line


def notes(path: Path) -> list[str]:
    """The lines of a file outside."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


@contextmanager
def engine(store: Store, runner: Runner, executor: str | None = None) -> Iterator[DbosEngine]:
    """An engine on the store, launched; stopped in order."""
    made = DbosEngine(store.state.workflow_engine, executor or new_executor(), runner)
    made.launch()
    try:
        yield made
    finally:
        made.close()


def old(folder: Path) -> None:
    """The old code; dies while its workflow waits."""

    async def runner(incident_id: str, steps: Steps) -> None:
        async def one() -> str:
            return note(folder / "notes", f"one {incident_id}")

        async def two() -> str:
            return note(folder / "notes", f"two {incident_id}")

        await steps.step("one", one)
        await steps.step("two", two)
        await steps.wait(600)
        await steps.step("three", two)

    with opened(folder) as store, engine(store, runner, "old-boot") as made:
        Leases(store.state, Wall(), "old-boot").renew()
        with store.state.transaction() as tx:
            made.enqueue(tx, NAME)
        until(lambda: notes(folder / "notes") == [f"one {NAME}", f"two {NAME}"])
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)


def scene(folder: Path, seconds: float = 0.0) -> Scene:
    """An incident that runs by itself, with a device that takes its time."""
    device = Device(World(folder / "world"), before=lambda: time.sleep(seconds))
    return Scene(NAME, [device], [CUT], mode=Mode.ACT_R1, automatic=True)


def reap(folder: Path) -> None:
    """Take over what another living process is doing: a wrong reap."""
    with open_folder(folder / "state", read_only=True) as store:
        # Past the lock of the owner, which is what keeps this from happening.
        path = folder / "state" / DATABASE
        store.state = SqlState(path, make_engine(path), None)
        rig = Rig(store, new_executor(), {NAME: scene(folder)})
        rig.leases.renew()
        rig.engine.launch()
        sys.stdout.write(f"{rig.engine.resume(())}\n")
        sys.stdout.flush()
        until(lambda: rig.closed(NAME), 60)
        rig.engine.close()


def start(what: str, folder: Path) -> subprocess.Popen[str]:
    """Start this module."""
    command = [sys.executable, "-m", "tests.response.engine_process", what, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if __name__ == "__main__":
    {"old": old, "reap": reap}[sys.argv[1]](Path(sys.argv[2]))
