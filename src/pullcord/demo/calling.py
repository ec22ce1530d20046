"""One JSON request over HTTP to a program on this machine; no proxy, no redirect, bounded."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

from pullcord.demo.errors import NoAnswerError

_LARGEST_ANSWER = 4 * 1024 * 1024


def ask(  # noqa: PLR0913  # each is one part of a request
    method: str,
    port: int,
    path: str,
    body: Mapping[str, object] | None = None,
    *,
    token: str = "",
    headers: dict[str, str] | None = None,
    seconds: float = 5.0,
) -> dict[str, Any]:
    """Ask ``http://127.0.0.1:<port><path>`` and return the JSON object of the answer.

    Raises:
        NoAnswerError: no answer within ``seconds``, an answer that is no JSON object, or one that is not 2xx.
    """
    data = None if body is None else json.dumps(body).encode()
    return _exchange(method, port, path, data, _headers("application/json", token, headers), seconds)


def post(port: int, path: str, data: bytes, media_type: str, token: str) -> dict[str, Any]:
    """Post bytes of some media type; answers and raises as :func:`ask`."""
    return _exchange("POST", port, path, data, _headers(media_type, token, None), 5.0)


def _headers(media_type: str, token: str, more: dict[str, str] | None) -> dict[str, str]:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    return {"Content-Type": media_type, **bearer, **(more or {})}


def _exchange(
    method: str, port: int, path: str, data: bytes | None, headers: dict[str, str], seconds: float
) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        found = json.loads(answer.read(_LARGEST_ANSWER) or b"{}")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswerError.of(port, 0, f"no answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if not isinstance(found, dict):
        raise NoAnswerError.of(port, answer.status, "the answer is no JSON object")
    if not http.client.OK <= answer.status < http.client.MULTIPLE_CHOICES:
        raise NoAnswerError.of(port, answer.status, f"{answer.status} {found.get('error', '')}"[:200])
    return found
