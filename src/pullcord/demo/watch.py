"""The plant from outside, for whoever tells its story: start, look at the line, press the panel, ask, stop."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from pullcord.demo import calling, plc
from pullcord.demo.config import prepare
from pullcord.demo.config_ot import node
from pullcord.demo.errors import NoAnswerError, PlantError
from pullcord.demo.place import Plant, write_link
from pullcord.demo.plant import PID
from pullcord.demo.serving import HOST
from pullcord.demo.story import AGENT

_POLL = 0.05
_STOPPING = 6.0
_SESSION_MS = 60_000


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """What the line shows over OPC UA.

    Attributes:
        parts, parts_held, scrapped: counted since the line started.
        requests: how often anybody wrote a mode request.
    """

    mode: str
    limit: float
    parts: int
    parts_held: int
    lots_held: bool
    scrapped: int
    requests: int


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a question to the copilot; ``calls`` hold ``tool``, ``span_id``, ``allowed`` and ``result`` each."""

    refused: bool
    answer: str
    trace_id: str
    calls: tuple[dict[str, Any], ...]


class DemoPlant:
    """A plant in ``folder``; all methods block, so call them in a thread where a loop runs.

    Its files are made at once, so that Pullcord can be configured before the plant runs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.plant: Plant = prepare(self.folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 20.0) -> None:
        """Start all programs and wait until each answers.

        Raises:
            PlantError: one does not answer in time; what ran is stopped.
        """
        arguments = [sys.executable, "-m", "pullcord.demo.plant", str(self.folder), str(os.getpid())]
        with (self.folder / "log" / "plant.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # a fixed list, no shell
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait(self._process, time.monotonic() + seconds)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything; whatever is still there after 6 s is killed. Stopping twice does no harm."""
        process, self._process = self._process, None
        if process is None:
            return
        # The watcher first: then it starts nothing again. All at once, because it would stop them one by one.
        process.terminate()
        _signal_session(process.pid, signal.SIGTERM)
        try:
            process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _signal_session(process.pid, signal.SIGKILL)
        if not Path(self.plant.run).is_relative_to(self.folder):
            shutil.rmtree(self.plant.run, ignore_errors=True)

    def point_to(self, url: str) -> None:
        """Tell the plant where Pullcord is (``http://127.0.0.1:<port>``)."""
        write_link(self.folder, url)

    def line(self) -> LineView:
        """Read the line.

        Raises:
            PlantError: it does not answer within 5 s.
        """
        return asyncio.run(read_line(self.plant))

    def to_automatic(self) -> None:
        """The operator gives control back to the AI at the panel."""
        self._panel("/automatic", {})

    def release(self) -> int:
        """The operator releases the held parts; returns how many."""
        return int(self._panel("/release", {})["released"])

    def set_interlocks(self, **values: bool) -> None:
        """The floor changes: ``estop``, ``operator_present``, ``phase_allows_manual``."""
        self._panel("/interlocks", values)

    def deliver_poison(self) -> None:
        """The poisoned mail arrives."""
        self._office("POST", "/deliver", {})

    def withhold(self, subject: str) -> int:
        """Somebody takes the mails of a subject out of the inbox and keeps them apart; returns how many."""
        return int(self._office("POST", "/withhold", {"subject": subject})["mails"])

    def purge(self, subject: str) -> int:
        """Somebody deletes the mails of a subject, the copies too; returns how many."""
        return int(self._office("POST", "/purge", {"subject": subject})["mails"])

    def would(self, tool: str) -> str:
        """What the tool gateway says to a call by the copilot, without carrying it out."""
        body = {"agent": AGENT, "tool": tool, "arguments": {}, "dry_run": True}
        ports, tokens = self.plant.ports, self.plant.tokens
        answer = calling.ask("POST", ports.gateway, "/call", body, token=tokens.agents)
        return "allowed" if answer["allowed"] else str(answer["result"])

    def sent(self) -> list[dict[str, str]]:
        """Mails that left the plant: ``to``, ``subject``, ``body``."""
        return list(self._office("GET", "/sent")["sent"])

    def tickets(self) -> list[dict[str, Any]]:
        """Tickets that were opened."""
        return list(self._office("GET", "/tickets")["tickets"])

    def ask(self, script: str, number: int = 0) -> Asked:
        """A technician asks the copilot: ``routine``, ``twin`` or ``supplier``.

        Raises:
            NoAnswerError: it does not answer.
        """
        body = {"script": script, "number": number}
        ports, tokens = self.plant.ports, self.plant.tokens
        answer = calling.ask("POST", ports.copilot, "/ask", body, token=tokens.technician, seconds=30.0)
        return msgspec.convert(answer, Asked)

    def drift(self) -> str:
        """Seam tracking asks for a path correction outside its envelope; returns what the OT gateway made of it."""
        ports, tokens = self.plant.ports, self.plant.tokens
        body = {
            "agent": "seam-tracking",
            "tool": "write_tag",
            "arguments": {"tag": "ST-07.correction", "value": "4.5"},
        }
        return str(calling.ask("POST", ports.gateway, "/call", body, token=tokens.agents)["result"])

    def enabled(self) -> bool:
        """Whether the copilot says that it is switched on."""
        return bool(calling.ask("GET", self.plant.ports.copilot, "/enabled")["enabled"])

    def untold(self) -> int:
        """Spans and events that have not reached Pullcord."""
        ports = self.plant.ports
        spans = calling.ask("GET", ports.copilot, "/telemetry")["waiting"]
        return int(spans) + int(calling.ask("GET", ports.gateway, "/control")["waiting"])

    def _wait(self, process: subprocess.Popen[bytes], end: float) -> None:
        while (silent := self._silent()) is not None:
            if time.monotonic() > end or process.poll() is not None:
                raise PlantError(
                    f"the demo plant's {silent} does not answer", f"look into {self.folder / 'log'}"
                )
            time.sleep(_POLL)

    def _panel(self, path: str, body: dict[str, bool]) -> dict[str, Any]:
        return calling.ask("POST", self.plant.ports.hmi, path, body, token=self.plant.tokens.operator)

    def _office(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        return calling.ask(method, self.plant.ports.office, path, body, token=self.plant.tokens.office)

    def _mine(self) -> bool:
        """Whether the plant is ours, and not what a killed one has left for a moment."""
        try:
            found = (self.folder / PID).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return False
        return self._process is not None and found == str(self._process.pid)

    def _silent(self) -> str | None:
        """The first program that does not answer."""
        if not self._mine():
            return "watcher"
        if not _answers(self.plant.ot_writer):
            return "ot-writer"
        ports = self.plant.ports
        looks = {
            "gateway": (ports.gateway, "/control"),
            "office": (ports.office, "/"),
            "copilot": (ports.copilot, "/enabled"),
            "line": (ports.hmi, "/"),
        }
        for name, (port, path) in looks.items():
            try:
                calling.ask("GET", port, path, seconds=2.0)
            except NoAnswerError:
                return name
        return None


async def read_line(plant: Plant) -> LineView:
    """Read the line over OPC UA, read-only.

    Raises:
        PlantError: it does not answer within 5 s.
    """
    from asyncua.client.client import Client
    from asyncua.ua.uaerrors import UaError

    names = (plc.MODE, plc.LIMIT, plc.PARTS, plc.PARTS_HELD, plc.LOTS_HELD, plc.SCRAPPED, plc.REQUESTS)
    try:
        async with asyncio.timeout(5.0):
            reader = Client(f"opc.tcp://{HOST}:{plant.ports.line}/", timeout=3.0)
            reader.session_timeout = _SESSION_MS
            async with reader as client:
                values = await client.read_values([client.get_node(node(name)) for name in names])
    except (OSError, TimeoutError, UaError) as error:
        raise PlantError("the demo plant's line does not answer", "look into its log") from error
    return msgspec.convert(dict(zip(LineView.__struct_fields__, values, strict=True)), LineView)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(1.0)
        return one.connect_ex(str(path)) == 0


def _signal_session(session: int, number: signal.Signals) -> None:
    """Signal every process of a session that :meth:`DemoPlant.start` began."""
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            # After the name in parentheses: state, parent, group, session.
            fields = (place / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                os.kill(int(place.name), number)
        except (OSError, IndexError, ValueError):
            continue  # it is gone meanwhile
