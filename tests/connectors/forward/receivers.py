"""Receivers that are real: a syslog server on asyncio, and an HTTP server that remembers what it was sent."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

PATIENCE = 20


class SyslogServer:
    """Takes octet-counted messages over TCP or TLS.

    Attributes:
        messages: in the order they came.
        connections: how many there were.
        hang_up_after: closes the first connection when it has sent so many messages, without reading on.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.messages: list[str] = []
        self.connections = 0
        self.hang_up_after: int | None = None
        self._tls, self.port = tls, port
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def hang_up(self) -> None:
        """Close every connection."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(PATIENCE)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        # Handlers end by themselves then; a socket that is left open would be a warning in some later test.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0.05)), *others], timeout=PATIENCE)

    async def _hang_up(self) -> None:
        for writer in list(self._writers):
            writer.close()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        limit = self.hang_up_after if self.connections == 1 else None
        self._writers.add(writer)
        taken = 0
        try:
            while limit is None or taken < limit:
                size = int(await reader.readuntil(b" "))
                self.messages.append((await reader.readexactly(size)).decode())
                taken += 1
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


@contextmanager
def datagrams() -> Iterator[socket.socket]:
    """A UDP socket that waits for messages."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(PATIENCE)
        yield made


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class HttpServer:
    """Remembers requests; ``answer`` says status and body, or None to hang up without an answer."""

    answer: Callable[[Asked], tuple[int, bytes] | None]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@contextmanager
def http_server(answer: Callable[[Asked], tuple[int, bytes] | None], port: int = 0) -> Iterator[HttpServer]:
    """An HTTP server on the loopback."""
    made = HttpServer(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.path, headers, self.rfile.read(size))
            made.asked.append(asked)
            told = made.answer(asked)
            if told is None:
                self.close_connection = True
                return
            status, body = told
            self.send_response(status)
            if status in range(300, 400):
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
