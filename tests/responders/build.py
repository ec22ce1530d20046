"""Small means for the tests of the responders: actions, a clock, a server that answers."""

from __future__ import annotations

import asyncio
import http.server
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, ActionClass, ActionKind, action_id
from pullcord.model.session import ToolCall
from pullcord.ports import Responder

T = TypeVar("T")
TARGET = "copilot"
Answer = Callable[[bytes], tuple[int, bytes]]


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(coroutine)


class Wall:
    """The clock of this machine."""

    def now(self) -> int:
        return time.time_ns()

    def elapsed(self) -> int:
        return time.monotonic_ns()


def action(kind: ActionKind, target: str = TARGET, **lists: list[str]) -> Action:
    params = {name: json.dumps(values) for name, values in lists.items()}
    return Action(
        id=action_id("inc-1", kind, target, params),
        kind=kind,
        target=target,
        action_class=ActionClass.R1,
        params=params,
    )


def call(tool: str = "send_mail", span: str = "s1", arguments: dict[str, str] | None = None) -> ToolCall:
    return ToolCall(
        span_id=span, event_id=f"t:{span}", position=0, step=0, turn=0, tool=tool, time=5, arguments=arguments
    )


def act(responder: Responder, what: Action, prestate: str | None = None) -> ReceiptStatus:
    """Plan (unless a pre-state is given) and execute."""
    before = done(responder.plan(what)).prestate if prestate is None else prestate
    receipt = done(responder.execute(what, "key", before))
    assert (receipt.key, receipt.action_id, receipt.responder) == ("key", what.id, responder.describe.name)
    return receipt.status


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A real HTTP server on loopback; ``answer`` gets the body and gives status and body. Yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            status, data = answer(self.rfile.read(size))
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/probe"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
