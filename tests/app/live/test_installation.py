"""The wiring, in this process, with everything real; what it does outside is proved in tests/live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pullcord.app.live.installation import Live, Running
from pullcord.app.settings import read_settings
from pullcord.intake.context import Context
from pullcord.intake.wire import BodyKind, decode_body
from pullcord.model.errors import UsageError
from pullcord.model.event import Event
from pullcord.model.person import Principal
from pullcord.store.errors import StateLockedError
from tests.app.pipelines import attack, refused, until
from tests.live.installation import attack as led_astray
from tests.live.installation import write


@contextmanager
def live(folder: Path, log: list[str] | None = None) -> Iterator[tuple[Live, Running]]:
    """Started, and closed at the end."""
    told = [] if log is None else log
    made = Live(folder / "state", read_settings(folder / "pullcord.toml"), told.append)
    try:
        yield made, made.start()
    finally:
        made.close()
    assert log is not None or not told


def person(folder: Path, running: Running, name: str = "ines") -> Principal:
    found = running.services.access.principal((folder / name).read_text())
    assert found is not None
    return found


def take(running: Running, *events: Any) -> None:  # noqa: ANN401  (events)
    asyncio.run(running.services.intake.take(events, ()))


def decoded(line: str) -> tuple[Event, ...]:
    """The events of a recorded line."""
    told = Context(source="copilot", received=time.time_ns())
    return tuple(decode_body(BodyKind.LINES, "application/x-ndjson", "", line.encode(), told).events)


def whole(folder: Path, running: Running) -> Any:  # noqa: ANN401  (JSON)
    """The only incident; empty if there is none."""
    desk, who = running.services.desk, person(folder, running)
    found = desk.incidents(who)
    return desk.incident(who, str(found[0]["id"])) if found else {}


def phases(folder: Path, running: Running) -> dict[str, dict[str, Any]]:
    """The phases of the only incident."""
    return {one["name"]: one for one in whole(folder, running).get("phases", ())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    return tmp_path


def test_the_first_token_is_given_once(folder: Path) -> None:
    with live(folder) as (_, running):
        assert running.first_token
        assert running.services.access.principal(running.first_token) is not None
    with live(folder) as (_, again):
        assert again.first_token is None
        assert again.services.access.principal(running.first_token) is not None


def test_a_folder_has_one_owner(folder: Path) -> None:
    settings = read_settings(folder / "pullcord.toml")
    with live(folder), pytest.raises(StateLockedError):
        Live(folder / "state", settings, print)


def test_telemetry_becomes_an_incident_that_goes_on_over_restarts(folder: Path) -> None:
    with live(folder) as (_, running):
        assert running.services.health()["status"] == "ok"
        take(running, *attack("a", "maintenance-copilot"))
    with live(folder) as (_, running):
        until(lambda: "learn" in phases(folder, running))
        before = phases(folder, running)
        assert before["recover"]["end"]
        assert before["learn"]["end"] is None, "people close it"
    with live(folder) as (_, running):
        time.sleep(0.5)
        assert phases(folder, running) == before, "nothing that has ended begins again"


def test_new_findings_join_an_incident_that_waits(folder: Path) -> None:
    with live(folder) as (_, running):
        take(running, *decoded(led_astray()[0]))
        until(lambda: "learn" in phases(folder, running))
        one = whole(folder, running)
        take(running, *decoded(led_astray()[0]))
        until(lambda: len(whole(folder, running)["finding_ids"]) > len(one["finding_ids"]))
        until(lambda: len(whole(folder, running)["plans"]) > len(one["plans"]))
        assert whole(folder, running)["id"] == one["id"]


def test_a_stop_is_seen_and_survives(folder: Path) -> None:
    with live(folder) as (_, running):
        running.services.desk.stop(person(folder, running), "smoke", "")
        assert running.services.health()["status"] == "stopped"
    with live(folder) as (_, running):
        assert running.services.health()["status"] == "stopped"


def test_upkeep_goes_on_when_it_fails_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pullcord.app.live.installation.EVERY_SECONDS", 0.05)
    log: list[str] = []
    with live(folder, log) as (made, running):
        (folder / "state" / "clock").unlink(missing_ok=True)
        (folder / "state" / "clock").mkdir()
        monkeypatch.setattr(made._guard, "_saved", None)
        until(lambda: log)
        (folder / "state" / "clock").rmdir()
        take(running, refused("x"))
        until(lambda: phases(folder, running))
    assert log[0].startswith("upkeep: ")


@pytest.mark.parametrize("text", ['inventory = "missing.yaml"', '[[responders]]\nkind = "no"\ntarget = "x"'])
def test_what_is_wrong_in_the_settings_is_said_and_nothing_is_held(folder: Path, text: str) -> None:
    (folder / "wrong.toml").write_text(text)
    with pytest.raises(UsageError):
        Live(folder / "state", read_settings(folder / "wrong.toml"), print)
    with live(folder) as (_, running):
        assert running.services.health()["status"] == "ok"
