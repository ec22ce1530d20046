from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from pullcord.intake.accepting import COUNTED, Acceptor
from pullcord.intake.doors import Doors
from pullcord.intake.listening import Tally
from pullcord.intake.tls import client_context, server_context
from tests.intake.certificates import self_signed
from tests.intake.listeners import connected, until


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
    """Answer each line; some are told to go wrong."""
    while line := await reader.readline():
        if line == b"slow\n":
            raise TimeoutError
        if line == b"broken\n":
            raise ConnectionResetError
        writer.write(peer.encode() + b" " + line)
        await writer.drain()


@contextlib.asynccontextmanager
async def accepting(acceptor: Acceptor) -> AsyncIterator[int]:
    async with asyncio.TaskGroup() as group:
        server = await acceptor.listen("127.0.0.1", 0, group, echo)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()


def test_connections_are_served_and_counted() -> None:
    async def scene() -> dict[str, int]:
        tally = Tally(COUNTED)
        async with accepting(Acceptor(Doors(8), None, tally)) as port:
            async with connected(port) as (reader, writer):
                writer.write(b"hello\n")
                assert await reader.readline() == b"127.0.0.1 hello\n"
            for line in (b"slow\n", b"broken\n"):
                async with connected(port) as (reader, writer):
                    writer.write(line)
                    with contextlib.suppress(ConnectionResetError):
                        assert await reader.read() == b""
            await until(lambda: tally["broken"] == 1)
        return tally.health()

    assert asyncio.run(scene()) == {"connections": 3, "open": 0, "refused": 0, "idle": 1, "broken": 1}


def test_tls_begins_after_the_door(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    tls = server_context(certificate, key)

    async def scene() -> dict[str, int]:
        tally, doors = Tally(COUNTED), Doors(4)
        async with accepting(Acceptor(doors, tls, tally)) as port:
            async with connected(port, client_context(certificate)) as (reader, writer):
                writer.write(b"hello\n")
                assert await reader.readline() == b"127.0.0.1 hello\n"
            await until(lambda: len(doors) == 0)
            async with contextlib.AsyncExitStack() as silent:
                # Those who never begin their handshake take places, and no more than there are.
                for _ in range(6):
                    await silent.enter_async_context(connected(port))
                await until(lambda: tally["refused"] == 2)
                assert len(doors) == 4
            async with connected(port) as (reader, writer):
                writer.write(b"in clear\n" * 3)
                with contextlib.suppress(ConnectionResetError):
                    assert b"hello" not in await reader.read()
            await until(lambda: len(doors) == 0)
        return tally.health()

    assert asyncio.run(scene())["broken"] == 5
