from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pullcord.app.live.installation import Live
from pullcord.app.people.services import Services
from pullcord.app.settings import read_settings
from pullcord.intake.context import Context
from pullcord.intake.wire import BodyKind, decode_body
from pullcord.model.approval import Decision
from pullcord.model.inventory import Mode
from pullcord.model.person import Principal
from pullcord.model.times import HOUR
from pullcord.response.people_errors import StoppedError
from tests.live.installation import COPILOT, attack, until, write


class Settable:
    """The clock of this machine, which somebody may set."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return time.time_ns() + self.ahead

    def elapsed(self) -> int:
        return time.monotonic_ns()


class Here:
    """Pullcord in this process, as people see it."""

    def __init__(self, folder: Path, services: Services) -> None:
        self.services, self.folder = services, folder

    def who(self, name: str) -> Principal:
        found = self.services.access.principal((self.folder / name).read_text())
        assert found is not None
        return found

    def approve(self, name: str, plan: dict[str, Any]) -> None:
        self.services.desk.decide(self.who(name), plan["id"], plan["hash"], Decision.APPROVE, None, "")

    def plan(self) -> dict[str, Any]:
        return until(
            lambda: next(
                (one for one in self.services.desk.waiting(self.who("ines")) if one["kind"] == "plan"), None
            )
        )


@contextmanager
def live(folder: Path, clock: Settable) -> Iterator[Here]:
    running = Live(folder / "state", read_settings(folder / "pullcord.toml"), print, clock)
    try:
        yield Here(folder, running.start().services)
    finally:
        running.close()


def test_a_clock_that_was_set_freezes_and_two_people_go_on(tmp_path: Path) -> None:
    denials = tmp_path / "denials.json"
    empty = b'{"schema": "pullcord.tool-denials/1", "denials": []}'
    denials.write_bytes(empty)
    settings = {"file": "denials.json", "agents": "maintenance-copilot"}
    write(tmp_path, [("tool_policy", COPILOT, settings)])
    clock = Settable()
    with live(tmp_path, clock) as here:
        desk = here.services.desk
        for name in ("ines", "olaf", "mara"):
            desk.mode(here.who(name), COPILOT, Mode.RECOMMEND)
        told = Context(source="copilot", received=clock.now())
        found = decode_body(BodyKind.LINES, "application/x-ndjson", "", attack()[0].encode(), told)
        asyncio.run(here.services.intake.take(found.events, ()))
        time.sleep(2.5)
        plan = here.plan()
        clock.ahead = HOUR
        with pytest.raises(StoppedError, match="the clock was set forward"):
            here.approve("ines", plan)
        assert here.services.health()["status"] == "stopped"
    # The freeze outlasts a restart, also once the clock is right again: that is another step.
    clock.ahead = 0
    with live(tmp_path, clock) as here:
        with pytest.raises(StoppedError, match="the clock was set"):
            here.approve("ines", plan)
        assert denials.read_bytes() == empty
        here.services.desk.resume(here.who("olaf"), "")
        with pytest.raises(StoppedError):
            here.approve("ines", plan)
        told_last = here.services.desk.resume(here.who("mara"), "")
        assert told_last["lifted"]
        plan = here.plan()
        for need in plan["missing"]:
            here.approve({"approver-security": "ines", "approver-ot": "olaf"}[need["role"]], plan)
        until(lambda: json.loads(denials.read_bytes())["denials"])
