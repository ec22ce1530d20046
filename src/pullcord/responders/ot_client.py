"""Asks the OT writer: one JSON line over its UNIX socket, one line back, a new connection each time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from pullcord.model.errors import PullcordError
from pullcord.model.ot import OtReply, OtRequest, OtVerb

LARGEST_LINE = 1 << 16
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
# The writer waits for the PLC; its own limits end before this.
_SWITCH_SECONDS = 120.0


class OtUnreachableError(PullcordError):
    """The OT writer could not be asked at all: nothing was sent."""

    code = "PC-8101"


class OtLostError(PullcordError):
    """The request went out and no usable answer came back: it is not known what happened."""

    code = "PC-8102"


class OtClient:
    """A client of the OT writer.

    Args:
        socket: the writer's UNIX socket.
        switch_seconds: how long to wait for the answer to a switch.
    """

    def __init__(self, socket: Path, switch_seconds: float = _SWITCH_SECONDS) -> None:
        self._socket = socket
        self._switch_seconds = switch_seconds

    async def ask(self, request: OtRequest) -> OtReply:
        """Send a request over a new connection and return the reply.

        Raises:
            OtUnreachableError: no connection; nothing was sent.
            OtLostError: sent, but the connection broke, the time ran out, or the answer is none.
        """
        line = msgspec.json.encode(request) + b"\n"
        if len(line) > LARGEST_LINE:
            raise OtUnreachableError(
                "the request is too long for the OT writer", "report it: a fault of Pullcord"
            )
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await asyncio.open_unix_connection(self._socket, limit=LARGEST_LINE)
        except (OSError, TimeoutError) as error:
            raise OtUnreachableError(
                f"the OT writer does not answer at {self._socket} ({type(error).__name__})",
                "start it: `pullcord ot-writer --config FILE`",
            ) from error
        seconds = self._switch_seconds if request.verb is OtVerb.TO_MANUAL else _READ_SECONDS
        try:
            async with asyncio.timeout(seconds):
                writer.write(line)
                await writer.drain()
                answer = await reader.readline()
        except (OSError, TimeoutError, ValueError) as error:
            raise _lost(type(error).__name__) from error
        finally:
            writer.close()
        return _decoded(answer)


def _decoded(answer: bytes) -> OtReply:
    if not answer.endswith(b"\n"):
        raise _lost("the connection ended")
    try:
        return msgspec.json.decode(answer, type=OtReply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _lost("its answer cannot be read") from error


def _lost(why: str) -> OtLostError:
    return OtLostError(f"no answer from the OT writer ({why})", "look at the machine: was it switched?")
