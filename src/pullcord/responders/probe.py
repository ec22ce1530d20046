"""Questions from the victim's side: does something listen, and what does it say?

Standard library only: no proxy, no redirect, no cookie can lead the question to somebody else.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Mapping
from enum import Enum
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec

from pullcord.model.errors import UsageError
from pullcord.responders.errors import NoAnswerError

_SECONDS = 2.0
_LARGEST_ANSWER = 256 * 1024
T = TypeVar("T")


class Life(Enum):
    """Whether something answers at an address; ``gone`` only if the machine itself says so."""

    ANSWERS = "answers"
    GONE = "gone"
    UNKNOWN = "unknown"


def checked(url: str, schemes: tuple[str, ...]) -> str:
    """The same address, if it is one that can be asked.

    Raises:
        UsageError: another scheme, no host, or a user and password in it.
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
        # Reading the port is what checks it; only plain TCP has no port of its own.
        good = good and (parts.port is not None or parts.scheme != "tcp")
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable() or " " in url:
        wanted = " or ".join(f"{scheme}://host:port" for scheme in schemes)
        raise UsageError("a probe is no address that can be asked", f"write it as {wanted}, without a user")
    return url


def ask(url: str, answer: type[T], body: object = None) -> T:
    """GET an ``http`` address (or POST it a JSON body) and read its JSON answer.

    Raises:
        NoAnswerError: no answer within 2 s, another status than 200, over 256 KB, or another shape.
    """
    parts = urlsplit(url)
    try:
        status, data = _exchange(parts, None if body is None else msgspec.json.encode(body))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(f"{parts.netloc} does not answer", "look whether it runs") from error
    if status != http.client.OK:
        raise NoAnswerError(f"{parts.netloc} answers with status {status}", "look at its log")
    try:
        return msgspec.json.decode(data, type=answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NoAnswerError(f"{parts.netloc} answers in another shape", "check the address") from error


def life(url: str) -> Life:
    """Whether anything answers: a connection for ``tcp://host:port``, any HTTP answer for ``http://``."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "tcp":
            socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_SECONDS).close()
        else:
            _exchange(parts, None)
    except ConnectionRefusedError:
        return Life.GONE
    except (OSError, http.client.HTTPException):
        return Life.UNKNOWN
    return Life.ANSWERS


def exchange(
    connection: http.client.HTTPConnection, place: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """Status and body of one answer: GET, or POST of ``body``. The connection is closed after it.

    Raises:
        OSError, http.client.HTTPException: no answer, not whole within 2 s, or longer than 256 KB.
    """
    # The timeout of a socket begins anew with each byte; this ends an answer that drips.
    cutter = threading.Timer(_SECONDS, _cut, [connection])
    cutter.daemon = True
    cutter.start()
    try:
        connection.request("GET" if body is None else "POST", place, body=body, headers=dict(headers))
        response = connection.getresponse()
        data = response.read(_LARGEST_ANSWER + 1)
        if len(data) > _LARGEST_ANSWER:
            raise http.client.HTTPException("the answer is too long")
        return response.status, data
    finally:
        cutter.cancel()
        connection.close()


def _exchange(parts: SplitResult, body: bytes | None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_SECONDS)
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return exchange(connection, place, body, headers)


def _cut(connection: http.client.HTTPConnection) -> None:
    # A socket that was closed meanwhile is what was wanted.
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
