"""Runs the real server on a free port, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pullcord.server.application import make_app
from pullcord.server.gate import Bounds
from pullcord.server.run import serve
from tests.server.fakes import House

PATIENCE = 20


@contextmanager
def running(house: House, bounds: Bounds | None = None) -> Iterator[str]:
    """The address of a server with these services; it is stopped at the end."""
    ready, stop = threading.Event(), threading.Event()
    address: list[str] = []

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    async def main() -> None:
        task = asyncio.create_task(serve(make_app(house.services, bounds=bounds), "127.0.0.1", 0, on_ready))
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
