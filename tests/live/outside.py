"""The outside of an installation, counted from there: files by inotify, HTTP by a server, programs by supervisord."""

from __future__ import annotations

import ctypes
import http.server
import json
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.responders.gateway import allowed

_CHANGES = (
    0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200
)  # modify, close_write, moved_from, moved_to, create, delete
_MOVED_TO, _MODIFY = 0x80, 0x2
_HEAD = struct.Struct("iIII")


class Folder:
    """Counts every change in a folder, as the kernel reports it: none is missed, however short.

    Attributes:
        replaced: file name → how often it was put in place anew.
        all: every change, with its name.
    """

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._handle >= 0
        assert libc.inotify_add_watch(self._handle, os.fsencode(path), _CHANGES) >= 0
        self.replaced: dict[str, int] = {}
        self.all: list[tuple[str, int]] = []

    def look(self) -> dict[str, int]:
        """Take in what has happened; returns ``replaced``."""
        while True:
            try:
                data = os.read(self._handle, 65_536)
            except BlockingIOError:
                return self.replaced
            while data:
                _, mask, _, length = _HEAD.unpack_from(data)
                name = data[_HEAD.size : _HEAD.size + length].rstrip(b"\0").decode()
                data = data[_HEAD.size + length :]
                self.all.append((name, mask))
                if mask & (_MOVED_TO | _MODIFY):
                    self.replaced[name] = self.replaced.get(name, 0) + 1

    def close(self) -> None:
        os.close(self._handle)


@dataclass
class Asked:
    """What a server of the outside was asked: ``METHOD /path``, and the body."""

    url: str = ""
    requests: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def agent_and_gateway(flags: Path, flag: str, denials: Path) -> Iterator[Asked]:
    """An agent that says whether its flag is on (``GET /enabled``), and a gateway's dry run (``POST /authorize``)."""
    asked = Asked()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.requests.append((f"GET {self.path}", b""))
            one = json.loads(flags.read_bytes())["flags"][flag]
            self._say({"enabled": one["variants"][one["defaultVariant"]]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.requests.append((f"POST {self.path}", body))
            call = json.loads(body)
            self._say({"allowed": allowed(denials, call["agent"], call["tool"], call["arguments"])})

        def do_PUT(self) -> None:
            asked.requests.append((f"PUT {self.path}", b""))

        do_DELETE = do_PATCH = do_PUT  # noqa: N815  (as http.server wants them)

        def _say(self, answer: dict[str, bool]) -> None:
            data = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    asked.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
