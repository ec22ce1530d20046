"""A small SMTP server (RFC 5321) for reports by mail. It takes mail in and relays nothing, so it asks for nothing.

Our own in place of aiosmtpd: what is needed is a tenth of it, with bounds on everything, and no dependency more.
Offered: PIPELINING, 8BITMIME, SMTPUTF8, SIZE; TLS only from the first byte (RFC 8314), no STARTTLS: its plain
beginning is where the known attacks are. A mail is accepted when it is durable.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from pullcord.intake.accepting import COUNTED, Acceptor
from pullcord.intake.context import Counters
from pullcord.intake.doors import Doors
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.listening import FullError, Origin, Take, Tally
from pullcord.intake.mail import LONGEST, mail_signal
from pullcord.intake.smtp_talk import Dialogue, Reply

_LINE = 64 << 10
_MOST_COMMANDS = 1_000
_COUNTED = ("received", "events", "rejected", "too_large", "busy", "talkative", *COUNTED)

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


@dataclass(frozen=True)
class SmtpPlace:
    """Where to listen.

    Attributes:
        tls: TLS from the first byte; None: in clear.
        allow: networks that may send; empty: all.
        recipients: addresses that mail is taken for, lower case; empty: any.
        connections: at a time.
        idle_seconds: between two lines.
        longest_seconds: of a connection in all.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    allow: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    connections: int = 32
    idle_seconds: float = 60.0
    longest_seconds: float = 600.0


class SmtpServer:
    """Listens for mail.

    Attributes:
        name: of the listener.
        port: where it listens; 0 while it does not.
    """

    def __init__(self, origin: Origin, place: SmtpPlace, now: Callable[[], int]) -> None:
        self.name, self.port = origin.name, 0
        self._origin, self._place, self._now = origin, place, now
        self._tally, self._counters = Tally(_COUNTED), Counters()
        self._doors = Doors(place.connections, place.allow)

    def health(self) -> dict[str, int]:
        """Counters since it was made; ``open`` is of now."""
        self._tally.set("open", len(self._doors))
        return self._tally.health()

    async def run(self, take: Take) -> None:
        """Listen until cancelled.

        Raises:
            OSError: the address is taken, or none of this machine.
        """
        try:
            async with asyncio.TaskGroup() as group:

                async def serve(reader: Reader, writer: Writer, peer: str) -> None:
                    del peer
                    async with asyncio.timeout(self._place.longest_seconds):
                        await self._talk(reader, writer, take)

                acceptor = Acceptor(self._doors, self._place.tls, self._tally, _LINE)
                server = await acceptor.listen(self._place.host, self._place.port, group, serve)
                self.port = server.sockets[0].getsockname()[1]
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    server.close()
        finally:
            self.port = 0

    async def _talk(self, reader: Reader, writer: Writer, take: Take) -> None:
        talk = Dialogue(self._place.recipients)
        await _say(writer, Reply(220, ("pullcord takes reports",)))
        for _ in range(_MOST_COMMANDS):
            reply = talk.answer(await self._line(reader))
            await _say(writer, reply)
            if reply.code == Reply.DATA:
                mail = await self._data(reader)
                await _say(writer, await self._take(mail, talk.sender, take))
                talk.reset()
            elif reply.code == Reply.BYE:
                return
        self._tally.add("talkative")

    async def _line(self, reader: Reader) -> bytes:
        # Only CR LF ends a line: those who take other ends for one can be made to see a second mail in the first.
        async with asyncio.timeout(self._place.idle_seconds):
            return await reader.readuntil(b"\r\n")

    async def _data(self, reader: Reader) -> bytes | None:
        """The mail, without the dots that were added; None if it is too large (it is read to its end all the same)."""
        parts: list[bytes] = []
        size = 0
        while (line := await self._line(reader)) != b".\r\n":
            size += len(line)
            if size <= LONGEST:
                parts.append(line.removeprefix(b"."))
            elif size > 4 * LONGEST:
                raise asyncio.LimitOverrunError("a mail without an end", size)
        return b"".join(parts) if size <= LONGEST else None

    async def _take(self, raw: bytes | None, sender: str, take: Take) -> Reply:
        self._tally.add("received")
        if raw is None:
            self._tally.add("too_large")
            return Reply(552, (f"5.3.4 more than {LONGEST} bytes: send it without attachments",))
        ctx = self._origin.context(self._now(), self._counters)
        try:
            # A mail that was made to take long must not hold up the other listeners.
            event, finding = await asyncio.to_thread(mail_signal, raw, ctx, sender)
            await take([self._origin.marked(event)], [finding])
        except UnreadableRecordError as error:
            self._tally.add("rejected")
            return Reply(554, (f"5.6.0 {error.cause}; {error.cure}",))
        except FullError:
            self._tally.add("busy")
            return Reply(451, ("4.3.1 too much waits to be kept, try again",))
        self._tally.add("events")
        return Reply(250, (f"2.0.0 kept as {event.id}",))


async def _say(writer: Writer, reply: Reply) -> None:
    writer.write(reply.encoded())
    await writer.drain()
