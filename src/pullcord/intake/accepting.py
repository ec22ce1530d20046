"""Accepts connections: who is let in is decided before anything is read, and before TLS begins."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from pullcord.intake.doors import Doors
from pullcord.intake.listening import Tally

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]
"""Serves a connection of an address; raises OSError or EOFError where it breaks, TimeoutError where it is too slow."""

COUNTED = ("connections", "open", "refused", "idle", "broken")

_HANDSHAKE_SECONDS = 10.0
_BACKLOG = 64


class Acceptor:
    """Accepts connections for one listener.

    Args:
        tls: begun with each connection that was let in; None: none. Done here and not by the server of asyncio: there
            a handshake costs a file descriptor before anybody is asked, and nothing bounds their number.
        tally: counts :data:`COUNTED`.
        limit: bytes of a line.
    """

    def __init__(self, doors: Doors, tls: ssl.SSLContext | None, tally: Tally, limit: int = 64 << 10) -> None:
        self._doors, self._tls, self._tally, self._limit = doors, tls, tally, limit

    async def listen(self, host: str, port: int, group: asyncio.TaskGroup, serve: Serve) -> asyncio.Server:
        """Begin; connections are served by tasks of the group.

        Raises:
            OSError: the address is taken, or none of this machine.
        """

        def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer = str((writer.get_extra_info("peername") or ("",))[0])
            if not self._doors.enter(peer):
                self._tally.add("refused")
                writer.transport.abort()
                return
            self._tally.add("connections")
            if self._tls is not None and isinstance(writer.transport, asyncio.Transport):
                # Else the first bytes of the handshake would be read as plain ones.
                writer.transport.pause_reading()
            group.create_task(self._serve(reader, writer, peer, serve))

        return await asyncio.start_server(enter, host, port, limit=self._limit, backlog=_BACKLOG)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str, serve: Serve
    ) -> None:
        try:
            if self._tls is not None:
                await writer.start_tls(self._tls, ssl_handshake_timeout=_HANDSHAKE_SECONDS)
            await serve(reader, writer, peer)
            writer.close()
        except TimeoutError:
            self._tally.add("idle")
        except (OSError, EOFError, asyncio.LimitOverrunError):
            self._tally.add("broken")
        finally:
            self._doors.leave(peer)
            if not writer.is_closing():
                writer.transport.abort()
