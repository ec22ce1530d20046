"""Runs a listener as an installation does, and keeps what it hands on."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence

from pullcord.intake.listening import FullError, Listener
from pullcord.model.event import Event
from pullcord.model.finding import Finding

NOW = 1_790_000_000_000_000_000  # 2026-09-21


def now() -> int:
    return NOW


class Kept:
    """An intake in memory: knows ids as the real one does, and is full as often as it is told."""

    def __init__(self, full: int = 0) -> None:
        self.events: list[Event] = []
        self.findings: list[Finding] = []
        self.batches = self.duplicates = 0
        self.full = full
        self._ids: set[str] = set()

    async def take(self, events: Sequence[Event], findings: Sequence[Finding] = ()) -> None:
        await asyncio.sleep(0)
        if self.full:
            self.full -= 1
            raise FullError("full", "come again")
        self.batches += 1
        for event in events:
            self.duplicates += event.id in self._ids
            if event.id not in self._ids:
                self.events.append(event)
            self._ids.add(event.id)
        self.findings += findings

    def texts(self, key: str = "message") -> list[object]:
        return [event.attributes.get(key) for event in self.events]


@contextlib.asynccontextmanager
async def running(listener: Listener, kept: Kept) -> AsyncIterator[None]:
    task = asyncio.create_task(listener.run(kept.take))
    if hasattr(listener, "port"):
        await until(lambda: task.done() or bool(getattr(listener, "port", 0)))
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def connected(
    port: int, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a listener; however it ends is fine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def until(holds: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until it holds, or fail."""
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < end, "it did not come about"
        await asyncio.sleep(0.01)


async def program(*command: str, stdin: bytes = b"") -> str:
    """Run a program to its end; its output. It must succeed."""
    done = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await done.communicate(stdin)
    assert done.returncode == 0, out.decode()
    return out.decode()
