"""Syslog over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425): a message becomes an event when it arrives.

Syslog has no acknowledgement. Over TCP a full Pullcord stops reading, so that the sender waits; over UDP what finds
no room is dropped and counted.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import NamedTuple

import msgspec

from pullcord.intake.accepting import COUNTED, Acceptor
from pullcord.intake.context import Counters
from pullcord.intake.doors import Doors
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats import rfc5424
from pullcord.intake.framing import LONGEST, Framer
from pullcord.intake.funnel import Funnel
from pullcord.intake.listening import Origin, Take, Tally, deliver
from pullcord.model.event import Event

_CHUNK = 64 << 10
_COUNTED = ("received", "events", "rejected", "dropped", "truncated", "busy", *COUNTED)
_RECEIVE_BUFFER = 4 << 20
"""Bytes that the kernel is asked to hold for us: datagrams come in bursts."""


@dataclass(frozen=True)
class SyslogPlace:
    """Where to listen.

    Attributes:
        udp: datagrams, else connections.
        port: 0 takes a free one.
        tls: for connections; None: in clear.
        allow: networks that may send; empty: all.
        zone: of times that name none.
        connections: at a time.
        idle_seconds: a connection that says nothing for so long is closed.
    """

    udp: bool
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    allow: tuple[str, ...] = ()
    zone: tzinfo = UTC
    connections: int = 256
    idle_seconds: float = 3_600.0


class Received(NamedTuple):
    """A message as it came; ``number`` counts them, so that two equal ones stay two."""

    raw: bytes
    time: int
    peer: str
    number: int


class SyslogServer:
    """Listens for syslog.

    Attributes:
        name: of the listener.
        port: where it listens; 0 while it does not.
    """

    def __init__(self, origin: Origin, place: SyslogPlace, now: Callable[[], int]) -> None:
        self.name, self.port = origin.name, 0
        self._origin, self._place, self._now = origin, place, now
        self._tally, self._counters = Tally(_COUNTED), Counters()
        self._doors = Doors(place.connections, place.allow)
        self._funnel: Funnel[Received] = Funnel()
        # Numbers begin anew with each start: what came before must stay something else.
        self._run = secrets.token_hex(8)
        self._number = 0

    def health(self) -> dict[str, int]:
        """Counters since it was made; ``waiting`` and ``open`` are of now."""
        self._tally.set("open", len(self._doors))
        return {**self._tally.health(), "waiting": len(self._funnel)}

    async def run(self, take: Take) -> None:
        """Listen until cancelled.

        Raises:
            OSError: the address is taken, or none of this machine.
        """
        self._funnel = Funnel()

        async def hand_on(group: Sequence[Received]) -> None:
            await deliver(take, self._events(group), (), self._tally)

        try:
            async with asyncio.TaskGroup() as group:
                # Bound before anything else: an address that is taken is told at once.
                close = await (self._listen_udp() if self._place.udp else self._listen_tcp(group))
                try:
                    await self._funnel.empty_into(hand_on)
                finally:
                    close()
        finally:
            self.port = 0

    def received(self, raw: bytes, peer: str) -> Received:
        """A message that has just come, with its number."""
        self._tally.add("received")
        self._number += 1
        return Received(raw[:LONGEST], self._now(), peer, self._number)

    def _events(self, group: Sequence[Received]) -> list[Event]:
        found: list[Event] = []
        for one in group:
            ctx = self._origin.context(one.time, self._counters)
            text = one.raw.decode("utf-8", "replace")
            try:
                event = rfc5424.decode(text, ctx, self._place.zone, f"{self._run}:{one.number}")
            except UnreadableRecordError:
                self._tally.add("rejected")
                continue
            attributes = {**event.attributes, "syslog.peer": one.peer}
            found.append(self._origin.marked(msgspec.structs.replace(event, attributes=attributes)))
        return found

    async def _listen_udp(self) -> Callable[[], None]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self._place.host, self._place.port)
        )
        opened = transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self.port = opened.getsockname()[1]
        return transport.close

    def datagram(self, raw: bytes, host: str) -> None:
        """A datagram came."""
        if not self._doors.allows(host):
            self._tally.add("refused")
        elif not self._funnel.offer(self.received(raw, host), len(raw)):
            self._tally.add("dropped")

    async def _listen_tcp(self, group: asyncio.TaskGroup) -> Callable[[], None]:
        acceptor = Acceptor(self._doors, self._place.tls, self._tally)
        server = await acceptor.listen(self._place.host, self._place.port, group, self._serve)
        self.port = server.sockets[0].getsockname()[1]
        return server.close

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        """Read the messages of a connection; nothing is ever answered."""
        del writer
        framer = Framer()
        while True:
            async with asyncio.timeout(self._place.idle_seconds):
                chunk = await reader.read(_CHUNK)
            before = framer.truncated
            messages = framer.feed(chunk) if chunk else [framer.rest()]
            self._tally.add("truncated", framer.truncated - before)
            for raw in messages:
                if raw:
                    await self._funnel.push(self.received(raw, host), len(raw))
            if not chunk:
                return


class _Datagrams(asyncio.DatagramProtocol):
    """Passes datagrams on; errors of the network concern single ones and are none of ours."""

    def __init__(self, server: SyslogServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.datagram(data, str(addr[0]))
