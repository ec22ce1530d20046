"""A real supervisor with an agent and its stand-in, two small servers that note each start."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pullcord.responders.errors import NoAnswerError
from pullcord.responders.supervisor_rpc import Supervisor
from tests.responders.build import free_port

PASSWORD = "made up"
SERVER = """
import socket, sys
with open(sys.argv[2], "a") as log:
    log.write("start\\n")
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    while True:
        server.accept()[0].close()
"""
CONFIG = """
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
[unix_http_server]
file={folder}/s
[inet_http_server]
port=127.0.0.1:{port}
username=pullcord
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:agent]
command={python} -I -S {folder}/server.py {agent} {folder}/agent.log
autorestart=true
startsecs=0
stopwaitsecs=5
[program:standin]
command={python} -I -S {folder}/server.py {standin} {folder}/standin.log
autostart=false
startsecs=0
stopwaitsecs=5
[program:broken]
command=/nowhere/at/all
autostart=false
"""


@dataclass
class Supervised:
    """Where things are; ``daemon`` may be killed by a test."""

    folder: Path
    daemon: subprocess.Popen[bytes]
    port: int
    agent: str
    standin: str

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/s"

    @property
    def rpc(self) -> Supervisor:
        return Supervisor(self.url)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "url": self.url,
            "program": "agent",
            "replacement": "standin",
            "probe": self.agent,
            "replacement_probe": self.standin,
            "stop_seconds": "10",
        }

    def state(self, name: str) -> str:
        found = self.rpc.info(name)
        assert found is not None
        return found.state

    def starts(self, name: str) -> int:
        """How often it was started; one that has just been started gets the time to say so."""
        log = self.folder / f"{name}.log"
        deadline = time.monotonic() + 10
        while self.state(name) == "RUNNING" and not log.exists():
            assert time.monotonic() < deadline, f"{name} does not start"
            time.sleep(0.02)
        return len(log.read_text().splitlines()) if log.exists() else 0

    def until(self, name: str, state: str) -> None:
        deadline = time.monotonic() + 10
        while self.state(name) != state:
            assert time.monotonic() < deadline, f"{name} is {self.state(name)}, not {state}"
            time.sleep(0.05)


@contextmanager
def supervised() -> Iterator[Supervised]:
    """Start it, wait until the agent runs, and end everything at the end."""
    # Not below tmp_path: the path of a UNIX socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pc-") as name:
        folder = Path(name)
        agent, standin, port = free_port(), free_port(), free_port()
        (folder / "server.py").write_text(SERVER)
        text = CONFIG.format(
            folder=folder, port=port, password=PASSWORD, python=sys.executable, agent=agent, standin=standin
        )
        (folder / "conf").write_text(text)
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "supervisor.supervisord",
            "-n",
            "-c",
            str(folder / "conf"),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
            try:
                _await(folder, daemon)
                yield Supervised(
                    folder, daemon, port, f"tcp://127.0.0.1:{agent}", f"tcp://127.0.0.1:{standin}"
                )
            finally:
                daemon.terminate()
                daemon.wait(20)


def _await(folder: Path, daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            found = Supervisor(f"unix://{folder}/s").info("agent")
        except NoAnswerError:
            found = None
        if found and found.state == "RUNNING" and (folder / "agent.log").exists():
            return
        assert daemon.poll() is None, "supervisor ended"
        assert time.monotonic() < deadline, "supervisor does not come up"
        time.sleep(0.05)
