"""Programs that die while they act: run by tests in a process of their own.

``python -m tests.response.dying act FOLDER DELIVERY POINT``: prepares and acts through a journal of its own executor,
and kills itself with SIGKILL at ``before`` or ``after`` the change in the world; at ``never`` it prints the status.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pullcord.model.plan import ActionKind
from pullcord.model.responder import Delivery
from pullcord.response.journal import Journal
from pullcord.response.leases import new_executor
from tests.response.build import Ticking, action, done, opened, plan
from tests.response.world import Device, World

CUT = action(ActionKind.DISABLE_AGENT)
PLAN = plan(CUT)


def die() -> None:
    """End at once, as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


def act(folder: Path, delivery: Delivery, point: str) -> None:
    """Act once, or die on the way."""
    device = Device(World(folder / "world"), delivery=delivery)
    if point != "never":
        setattr(device, point, die)
    with opened(folder) as store:
        journal = Journal(store.state, Ticking(), new_executor())
        done(journal.prepare(PLAN, CUT, device, automatic=False))
        sys.stdout.write(done(journal.act(PLAN, CUT, device)).status.value)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run this module with arguments."""
    command = [sys.executable, "-m", "tests.response.dying", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


if __name__ == "__main__":
    act(Path(sys.argv[2]), Delivery(sys.argv[3]), sys.argv[4])
