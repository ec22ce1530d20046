"""The outermost layer: host names, number of requests, time and size of bodies, headers of every answer, the log."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from ipaddress import ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from pullcord.app.people.services import AccessPort, BusyError
from pullcord.model.noun import Noun
from pullcord.server.dialects import Trouble, answer, is_telemetry
from pullcord.server.errors import ForbiddenError, SlowBodyError
from pullcord.server.shares import Shares
from pullcord.server.tokens import token_of

_log = logging.getLogger(__name__)
MIB = 1 << 20
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_CLIENT_ERROR = 400
_FOREIGN = ForbiddenError("the host name of the request is not this server's", "use the address it printed")
_BUSY = Trouble("PC-6101", "too many requests at a time", "come again in a second")
_SHARE = Trouble("PC-6101", "this source has its share of what is let in at a time", "come again in a second")


class Bounds(Noun, frozen=True, kw_only=True):
    """What is let in at a time.

    Attributes:
        telemetry, calls: requests at the endpoints for telemetry, and at all others: a flood of the one leaves
            room for the other. One source of telemetry gets half of what is free, and four in any case.
        body: bytes of one body of telemetry; ``call_body``: of any other.
        bodies: bytes of all bodies that are being received or decoded.
        body_seconds: how long a body may take to come.
        lines: log lines on refused requests per second.
    """

    telemetry: int = 32
    calls: int = 64
    body: int = 16 * MIB
    call_body: int = MIB // 16
    bodies: int = 128 * MIB
    body_seconds: float = 30.0
    lines: int = 20


class Gate:
    """Wraps the application.

    Args:
        access: knows whose request it is.
        hosts: names and addresses under which the server may be called, besides those of the loopback.
    """

    def __init__(
        self, inner: ASGIApp, bounds: Bounds, access: AccessPort, hosts: Collection[str] = ()
    ) -> None:
        self._inner, self._access = inner, access
        self._bounds = bounds
        self._hosts = frozenset({"localhost", *(host.lower().strip("[]") for host in hosts)})
        self._inside = {True: 0, False: 0}
        self._bytes = 0
        self._shares = Shares(bounds.telemetry, bounds.bodies, bounds.body)
        self._second, self._lines = 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer it here."""
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        begun = time.monotonic()
        passage = _Passage(self._bounds, scope, receive, send)
        passage.complete = not _has_body(scope)
        kind = is_telemetry(scope["path"])
        most = self._bounds.telemetry if kind else self._bounds.calls
        who = self._source(scope) if kind else None
        try:
            if not self._is_ours(scope):
                await passage.answer(403, Trouble(_FOREIGN.code, _FOREIGN.cause, _FOREIGN.cure))
            elif self._inside[kind] >= most or (kind and self._bytes >= self._bounds.bodies):
                await passage.answer(503, _BUSY)
            elif who is not None and not self._shares.room(who):
                await passage.answer(503, _SHARE)
            else:
                await self._let_in(scope, passage, who, kind=kind)
        finally:
            self._note(scope, passage.status, time.monotonic() - begun)

    async def _let_in(self, scope: Scope, passage: _Passage, who: str | None, *, kind: bool) -> None:
        """Let a request in; ``who`` is None for calls, and for strangers, whom the guard turns away unread."""
        self._inside[kind] += 1
        if who is not None:
            self._shares.enter(who)
        passage.on_bytes = lambda size: self._add(who, size)
        try:
            await self._inner(scope, passage.receive, passage.send)
        finally:
            self._inside[kind] -= 1
            self._bytes -= passage.taken
            if who is not None:
                self._shares.leave(who, passage.taken)

    def _add(self, who: str | None, size: int) -> None:
        self._bytes += size
        if who is not None and not self._shares.add(who, size):
            raise BusyError(_SHARE.cause, _SHARE.cure)

    def _source(self, scope: HTTPScope) -> str | None:
        headers = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(headers) != 1:
            return None
        principal = self._access.principal(token_of(scope["path"], headers[0].decode("latin-1")))
        return None if principal is None else principal.name

    def _is_ours(self, scope: Scope) -> bool:
        """Whether the request names this machine: a foreign page that rebinds its name to it does not."""
        found = [value for name, value in scope["headers"] if name == b"host"]
        if len(found) != 1:
            return False
        host = _without_port(found[0].decode("latin-1").lower())
        if host in self._hosts:
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if status < _CLIENT_ERROR:
            return
        second = int(time.monotonic())
        if second != self._second:
            if self._lines > self._bounds.lines:
                _log.warning("refused requests not shown: %d", self._lines - self._bounds.lines)
            self._second, self._lines = second, 0
        self._lines += 1
        if self._lines <= self._bounds.lines:
            line = {
                "method": str(scope.get("method", ""))[:16],
                "path": scope["path"][:200],
                "status": status,
                "ms": round(seconds * 1_000),
            }
            _log.warning("refused", extra={"request": line})


class _Passage:
    """One request on its way through the gate.

    Attributes:
        status: of the answer; 0 until it begins.
        taken: bytes of the body so far.
        on_bytes: told how many came; what it raises ends the request.
        complete: whether all of the body came.
    """

    def __init__(self, bounds: Bounds, scope: HTTPScope, receive: Receive, send: Send) -> None:
        self._bounds, self._scope = bounds, scope
        self._receive, self._send = receive, send
        self.on_bytes: Callable[[int], None] = lambda _: None
        self._deadline = time.monotonic() + bounds.body_seconds
        self.complete = False
        self.status = self.taken = 0

    async def receive(self) -> HTTPReceiveMessage:
        """The next part of the body.

        Raises:
            SlowBodyError: the body did not come in time.
            BusyError: the source has its share.
        """
        if self.complete:
            return await self._receive()  # type: ignore[return-value]
        try:
            async with asyncio.timeout(max(0.0, self._deadline - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise SlowBodyError(
                f"the body did not come within {self._bounds.body_seconds:g} s", "send smaller batches"
            ) from None
        if message["type"] == "http.request":
            self.taken += len(message["body"])
            self.on_bytes(len(message["body"]))
        self.complete = message["type"] != "http.request" or not message["more_body"]
        return message  # type: ignore[return-value]

    async def send(self, message: Message) -> None:
        """Send a part of the answer, its beginning with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), *_HEADERS]
            if not self.complete and self.status >= _CLIENT_ERROR:
                # The rest of the body is not wanted: without this it would still be received.
                headers.append((b"connection", b"close"))
            message["headers"] = headers
        await self._send(message)

    async def answer(self, status: int, trouble: Trouble) -> None:
        """Answer without the application, as the clients of the address understand it."""
        sent = next((value for name, value in self._scope["headers"] if name == b"content-type"), b"")
        told = answer(self._scope["path"], sent.decode("latin-1"), status, trouble)
        headers = {"content-type": told.media, "content-length": str(len(told.body))} | dict(told.headers)
        if status != 403:  # noqa: PLR2004  (a foreign host need not come again)
            headers["retry-after"] = "1"
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": told.status, "headers": raw})
        await self.send({"type": "http.response.body", "body": told.body, "more_body": False})


def _has_body(scope: HTTPScope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return b"content-length" in names or b"transfer-encoding" in names


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
