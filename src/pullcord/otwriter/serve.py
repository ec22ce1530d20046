"""The OT writer's door: a private UNIX socket, one JSON line a request, one JSON line a reply."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import msgspec

from pullcord.model.ot import OtReply, OtRequest, OtResult
from pullcord.otwriter.allow_list import load
from pullcord.otwriter.errors import WriterStateError
from pullcord.otwriter.log import capture_library, log
from pullcord.otwriter.memory import MemoryFile
from pullcord.otwriter.place import private_socket
from pullcord.otwriter.service import Service
from pullcord.otwriter.settings import WriterSettings, read_settings

LARGEST_LINE = 1 << 16
_LONGEST_FIELD = 1_000
_MOST_CONNECTIONS = 16
_IDLE_SECONDS = 60.0
# Longer than any request takes: every step has its own, shorter limit (look.py, plc.py).
_REQUEST_SECONDS = 110.0
_GRACE_SECONDS = 3.0

_decoder = msgspec.json.Decoder(OtRequest)


def run(config: Path) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        UsageError, AllowListError, WriterStateError, SocketError: it refuses to start.
    """
    asyncio.run(serve(read_settings(config)))


async def serve(settings: WriterSettings) -> None:
    """Load, open the socket and answer; returns after SIGTERM or SIGINT."""
    file = MemoryFile(settings.state)
    try:
        allow = load(settings, file.now.version)
        try:
            # Written even if unchanged: a disk that does not take it shall be known before an emergency.
            file.keep(version=allow.version)
        except OSError as error:
            raise WriterStateError(
                f"{settings.state}: {error.strerror}", "make its folder, writable for the writer"
            ) from error
        door = _Door(Service(allow, file, time.time_ns))
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        with private_socket(settings.socket, settings.group) as bound:
            server = await asyncio.start_unix_server(door.connected, sock=bound, limit=LARGEST_LINE)
            capture_library()
            log("ready", version=allow.version, systems=len(allow.switches), socket=str(settings.socket))
            await stop.wait()
            server.close()
            await door.close()
        log("stopped")
    finally:
        file.close()


def decode(line: bytes) -> OtRequest:
    """One request.

    Raises:
        ValueError: not one; the message says what is wrong.
    """
    if len(line) > LARGEST_LINE:
        raise ValueError(f"longer than {LARGEST_LINE} bytes")
    try:
        request = _decoder.decode(line)
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError("no JSON that can be read") from error
    for name in ("system", "key", "prestate"):
        if len(getattr(request, name)) > _LONGEST_FIELD:
            raise ValueError(f"{name} is longer than {_LONGEST_FIELD} characters")
    return request


class _Door:
    """Connections, bounded in number, size and time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._open: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the lines of one connection."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (asyncio runs this as a task)
        self._open.add(task)
        try:
            if len(self._open) > _MOST_CONNECTIONS:
                await _send(writer, _refused("too many connections; close some"))
                return
            while await self._line(reader, writer):
                pass
        except (OSError, TimeoutError):
            # The asker is gone, or too slow. What was sent to a PLC is remembered under its key.
            log("connection lost", "warning")
        finally:
            self._open.discard(task)
            writer.close()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one line; False when there is none any more."""
        try:
            line = await asyncio.wait_for(reader.readline(), _IDLE_SECONDS)
            if not line:
                return False
            request = decode(line)
        except ValueError as error:
            await _send(writer, _refused(f"no request: {error}"))
            return False
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                reply = await self._service.answer(request)
        except TimeoutError:
            reply = OtReply(result=OtResult.UNKNOWN, time=time.time_ns(), detail="no end in time; look")
        await _send(writer, reply)
        return True

    async def close(self) -> None:
        """Let running requests end for a few seconds, then cut them; their keys are on the disk."""
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _send(writer: asyncio.StreamWriter, reply: OtReply) -> None:
    writer.write(msgspec.json.encode(reply) + b"\n")
    async with asyncio.timeout(_IDLE_SECONDS):
        await writer.drain()


def _refused(detail: str) -> OtReply:
    return OtReply(result=OtResult.REFUSED, time=time.time_ns(), detail=detail[:_LONGEST_FIELD])
