"""The real server on the desk of an office, with a token for each person."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pullcord.app.people.access import Access
from pullcord.app.people.endpoint import remove_endpoint, write_endpoint
from pullcord.app.people.services import Services, Taken
from pullcord.app.settings import Settings, read_settings
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.server.application import make_app
from pullcord.server.run import serve
from tests.app.desks import Office, office

PATIENCE = 20
PEOPLE = {"ann": "approver-ot", "bob": "approver-security", "mia": "ml-owner"}


class NoIntake:
    """Takes nothing in: these tests are about people."""

    async def take(self, events: Sequence[Event], findings: Sequence[Finding]) -> Taken:
        """Count only."""
        return Taken(new=len(events) + len(findings), duplicates=0)


@dataclass
class Running:
    """A Pullcord that answers.

    Attributes:
        state: its state folder.
        tokens: file with the token of each person.
    """

    office: Office
    url: str
    state: Path
    tokens: dict[str, Path]


def people(folder: Path) -> tuple[Settings, dict[str, Path]]:
    """Settings with the people and their tokens, as files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, files = ['site = "Plant"'], {}
    for name, role in PEOPLE.items():
        files[name] = folder / f"{name}.token"
        files[name].write_text(f"{name}-{os.urandom(16).hex()}\n")
        lines += ["[[people]]", f'name = "{name}"', f'roles = ["{role}"]', f'token = "file:{name}.token"']
    (folder / "pullcord.toml").write_text("\n".join(lines))
    return read_settings(folder / "pullcord.toml"), files


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Pullcord's server on an office, found through its endpoint file."""
    settings, files = people(folder / "settings")
    with office(folder) as made:
        services = Services(
            access=Access(settings),
            intake=NoIntake(),
            desk=made.desk,
            health=lambda: {"status": "ok"},
            now=made.clock.now,
        )
        with _served(services) as url:
            state = made.store.path
            write_endpoint(state, url)
            yield Running(made, url, state, files)
            remove_endpoint(state)


@contextmanager
def _served(services: Services) -> Iterator[str]:
    ready, stop = threading.Event(), threading.Event()
    address: list[str] = []

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    async def main() -> None:
        task = asyncio.create_task(serve(make_app(services), "127.0.0.1", 0, on_ready))
        await asyncio.to_thread(stop.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(PATIENCE)
        yield address[0]
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()
