"""The demo plant as a group of processes under supervisord, all on this machine, speaking wire protocols only.

``python -m pullcord.demo.plant DIR [PARENT]``: runs until SIGTERM, or until the process PARENT is gone. No program
of the plant waits for Pullcord: unplug it and the line goes on.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import shlex
import sys
from pathlib import Path

from pullcord.demo.config import prepare
from pullcord.demo.config_ot import WRITER
from pullcord.demo.lifeline import stop_after
from pullcord.demo.place import Plant, write

PROGRAMS = {
    "line": True,
    "ot-writer": True,
    "office": True,
    "gateway": True,
    "copilot": True,
    "baseline-copilot": False,
}
"""Program → whether it starts with the plant."""
PID = "run.pid"
_COMMANDS = {
    "baseline-copilot": "pullcord.demo.baseline .",
    # The plant's own, as in a real one: it goes on when Pullcord is killed, and ends with the plant.
    "ot-writer": f"pullcord.demo.leashed ot-writer run --config {WRITER}",
}
_CONFIG, _LOCK = "supervisord.conf", "run.lock"


def supervisor_config(plant: Plant) -> str:
    """The configuration of supervisord; relative paths are relative to the folder of the plant."""
    head = f"""[unix_http_server]
file = {_escaped(str(plant.supervisor))}
chmod = 0700

[supervisord]
identifier = plant
logfile = log/supervisord.log
logfile_maxbytes = 1MB
logfile_backups = 1
pidfile = {PID}
childlogdir = log
minfds = 256
minprocs = 32

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_program(name, autostart=start) for name, start in PROGRAMS.items())


def run(folder: Path, parent: int) -> None:
    """Start the plant in ``folder`` and watch over it; returns when it was stopped.

    Raises:
        PlantError: the folder cannot be used.
    """
    plant = prepare(folder)
    os.chdir(folder)
    # Held until this process ends: a plant whose owner was killed is let come to its end first.
    lock = os.open(_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    write(Path(_CONFIG), supervisor_config(plant).encode())
    stop_after(parent)
    # No stubs; and only this function needs it.
    importlib.import_module("supervisor.supervisord").main(["-n", "-s", "-c", _CONFIG])


def _program(name: str, *, autostart: bool) -> str:
    module = _COMMANDS.get(name, f"pullcord.demo.{name} .")
    return f"""
[program:{name}]
command = {_escaped(shlex.quote(sys.executable))} -m {module}
autostart = {str(autostart).lower()}
autorestart = true
startsecs = 1
startretries = 5
stopwaitsecs = 3
redirect_stderr = true
stdout_logfile = log/{name}.log
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 1
"""


def _escaped(text: str) -> str:
    """A value in which supervisord expands nothing."""
    return text.replace("%", "%%")


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else os.getppid())
