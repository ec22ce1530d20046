from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.demo.programs import until

CHILD = (
    "import time; from pullcord.demo.lifeline import {call}; {call}({argument});"
    " print('up', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, os, time\n"
    "code = sys.argv[1].replace('PARENT', str(os.getpid()))\n"
    "child = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE)\n"
    "child.stdout.readline()\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(60)\n"
)


def gone(pid: int) -> bool:
    """Whether a process is gone, or a corpse that nobody has fetched."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def child_after_the_parent_was_killed(call: str, argument: str) -> int:
    code = CHILD.format(call=call, argument=argument)
    with subprocess.Popen([sys.executable, "-c", PARENT, code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        os.kill(parent.pid, signal.SIGKILL)
    return child


def test_a_child_dies_with_its_parent_even_of_kill_9() -> None:
    child = child_after_the_parent_was_killed("die_with_parent", "")
    assert until(lambda: gone(child), 5.0)


def test_a_watcher_ends_when_the_one_it_works_for_is_gone() -> None:
    child = child_after_the_parent_was_killed("stop_after", "PARENT")
    assert until(lambda: gone(child), 5.0)
