"""A small HTTP server for the plant's programs: JSON in, JSON out, loopback only, bounded."""

from __future__ import annotations

import hmac
import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
_LARGEST_BODY = 256 * 1024
_LONGEST_SIZE = 9
_LONGEST_QUERY = 1_000
_SECONDS = 10.0
_AT_ONCE = 32


@dataclass(frozen=True)
class Request:
    """What a handler gets: the JSON object of the body, the query, and the headers (names in lower case)."""

    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def text(self, key: str, default: str = "") -> str:
        """A field of the body or query as text; ``default`` if it is missing or no text."""
        value = self.body.get(key, self.query.get(key, default))
        return value if isinstance(value, str) else default


Answer = tuple[int, dict[str, Any]]


class Route(NamedTuple):
    """Who answers, and the bearer token that is needed for it; none = open to everybody on this machine."""

    handler: Callable[[Request], Answer]
    token: str = ""


class Server(ThreadingHTTPServer):
    """Answers ``routes`` (``"GET /path"`` → :class:`Route`) on ``127.0.0.1``; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, routes: Mapping[str, Route]) -> None:
        self.routes = routes
        self.slots = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__((HOST, port), _Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def run(self) -> None:
        """Serve until SIGTERM."""

        def stop(number: int, frame: FrameType | None) -> None:
            del number, frame
            threading.Thread(target=self.shutdown, daemon=True).start()

        signal.signal(signal.SIGTERM, stop)
        self.serve_forever(poll_interval=0.1)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as in socketserver
        """A client that goes away is no event; anything else goes to the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as in http.server
        """No line per request: what matters goes to Pullcord."""

    def _handle(self) -> None:
        if not self.server.slots.acquire(blocking=False):
            self._send(503, {"error": "too many requests at once"})
            return
        try:
            status, answer = self._answer()
        finally:
            self.server.slots.release()
        self._send(status, answer)

    def _answer(self) -> Answer:
        place = urlsplit(self.path)
        route = self.server.routes.get(f"{self.command} {place.path}")
        # A page in somebody's browser cannot get in: neither by another host name nor by a form.
        if self.headers.get("Host", "").partition(":")[0] not in (HOST, "localhost"):
            return 421, {"error": "unknown host"}
        if route is None:
            return 404, {"error": "no such path"}
        if not self._knows(route.token):
            return 401, {"error": "a bearer token is needed"}
        body: dict[str, Any] = {}
        if self.command == "POST":
            read = self._body()
            if isinstance(read, tuple):
                return read
            body = read
        headers = {name.lower(): value for name, value in self.headers.items()}
        return route.handler(Request(body, dict(parse_qsl(place.query[:_LONGEST_QUERY])), headers))

    def _body(self) -> dict[str, Any] | Answer:
        """The JSON object that was posted, or what to answer instead."""
        size = self.headers.get("Content-Length", "")
        if len(size) > _LONGEST_SIZE or not (size.isascii() and size.isdigit()) or int(size) > _LARGEST_BODY:
            return 413, {"error": f"a body of at most {_LARGEST_BODY} bytes is needed"}
        if self.headers.get_content_type() != "application/json":
            return 415, {"error": "JSON is needed"}
        try:
            body = json.loads(self.rfile.read(int(size)))
        except (ValueError, RecursionError):
            return 400, {"error": "no JSON"}
        return body if isinstance(body, dict) else (400, {"error": "a JSON object is needed"})

    def _knows(self, token: str) -> bool:
        given = self.headers.get("Authorization", "").encode()
        return not token or hmac.compare_digest(given, f"Bearer {token}".encode())

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")  # a body that was not read is no next request
        self.end_headers()
        self.wfile.write(data)
