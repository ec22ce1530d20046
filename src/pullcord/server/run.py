"""Runs the application inside a process that does other things too, and ends when that process says so."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import uvicorn
from litestar import Litestar

from pullcord.model.errors import UsageError
from pullcord.server.connection import PatientConnection

_GRACE = 5
_KEEP_ALIVE = 30
_CONNECTIONS = 512
_BACKLOG = 512
_LONGEST_HEAD = 64 << 10


class _Server(uvicorn.Server):
    """Leaves signals to the process that it runs in, and says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch none."""
        yield


async def serve(app: Litestar, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until cancelled; requests that are inside get five seconds to finish.

    Args:
        port: 0 takes a free one.
        on_ready: told the address once requests are answered, like ``http://127.0.0.1:8470``.

    Raises:
        UsageError: the address cannot be listened on.
    """
    listener = _listen(host, port)
    try:
        server = _Server(_config(app), lambda: on_ready(_address(listener)))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(running)
        finally:
            server.should_exit = True
            await running
        if not server.started:
            raise RuntimeError("the application did not start")
    finally:
        listener.close()


def _config(app: Litestar) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientConnection,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened on ({error.strerror})",
            "choose another port; 0 takes a free one",
        ) from error
    # asyncio does so only for sockets that name their protocol; without it every answer takes 40 ms longer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ip_address(host).version == 6 else f"http://{host}:{port}"  # noqa: PLR2004
