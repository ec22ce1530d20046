"""The way of commands to a running Pullcord: HTTP to the address in the state folder, with a person's token."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from pullcord.app.people.endpoint import read_endpoint
from pullcord.model.errors import PullcordError, UsageError

if TYPE_CHECKING:
    import httpx

TOKEN = "PULLCORD_TOKEN"  # noqa: S105  (the name of a variable)

_LONGEST_TOKEN = 4_096
_LARGEST_ANSWER = 64 << 20
_SECONDS = 15.0
_BAD = 400
# The call itself is wrong, so the exit code is 2.
_CALLERS_FAULT = frozenset({400, 401, 413, 415, 422})


class NotRunningError(UsageError):
    """No Pullcord runs on this state folder (exit code 2)."""

    code = "PC-0201"


class NoAnswerError(PullcordError):
    """A Pullcord runs, but it gave no answer that can be used."""

    code = "PC-0202"


class Remote:
    """The API of a running Pullcord (docs/reference/http-api.md), asked as one person.

    Args:
        url: where it listens.
        token: the person's secret; sent nowhere else, not through proxies and not after redirects.
        seconds: how long to wait for an answer.
    """

    def __init__(self, url: str, token: str, seconds: float = _SECONDS) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._seconds = seconds

    def get(self, *path: str) -> Any:  # noqa: ANN401  (any JSON value)
        """Read what stands at ``/api/v1/<path>``.

        Raises:
            PullcordError: what the API answered, under its code; NoAnswerError.
            UsageError: the same, where the call is at fault.
        """
        return self._ask("GET", path, None)

    def post(self, *path: str, body: dict[str, object]) -> Any:  # noqa: ANN401  (any JSON value)
        """Send a decision to ``/api/v1/<path>``; raises as :meth:`get`."""
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: tuple[str, ...], body: dict[str, object] | None) -> Any:  # noqa: ANN401
        import httpx

        where = "/".join(quote(part, safe="") for part in path)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        try:
            with (
                httpx.Client(trust_env=False, timeout=self._seconds, headers=headers) as client,
                client.stream(method, f"{self._url}/api/v1/{where}", json=body) as response,
            ):
                status, data = response.status_code, _bounded(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(
                f"Pullcord at {self._url} does not answer ({type(error).__name__})",
                "see its log; if it hangs, stop its process and start it again",
            ) from error
        try:
            value = msgspec.json.decode(data)
        except ValueError as error:
            raise NoAnswerError(
                f"Pullcord at {self._url} answered no JSON (HTTP {status})", "is another program on its port?"
            ) from error
        if status >= _BAD:
            raise refusal(status, value)
        return value


def connect(state: Path, token_file: Path | None) -> Remote:
    """The running Pullcord of a state folder, asked by the person whose token is given.

    Raises:
        NotRunningError: none runs.
        UsageError: there is no token.
    """
    found = read_endpoint(state)
    if found is None:
        raise NotRunningError(
            f"Pullcord is not running on {state}", "start it with `pullcord up`, or give --state"
        )
    return Remote(found.url, read_token(token_file))


def read_token(token_file: Path | None) -> str:
    """The token in a file, else in ``PULLCORD_TOKEN``.

    Raises:
        UsageError: there is none, or the file cannot be read. The message never holds the token.
    """
    if token_file is None:
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise UsageError("no token", f"give --token-file, or set {TOKEN}")
    else:
        try:
            with token_file.open(encoding="utf-8") as file:
                token = file.read(_LONGEST_TOKEN).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{token_file}: no token can be read from it", "check --token-file") from error
        if not token:
            raise UsageError(f"{token_file}: empty", "check --token-file")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("the token holds blanks or signs that no token has", "give the token alone")
    return token


def refusal(status: int, value: object) -> PullcordError:
    """What the API answered as an error of the same code, cause and cure."""
    fields = value if isinstance(value, dict) else {}
    code, cause, cure = (fields.get(name) for name in ("code", "cause", "cure"))
    if not (isinstance(code, str) and isinstance(cause, str) and isinstance(cure, str)):
        return NoAnswerError(f"Pullcord refused (HTTP {status}) and did not say why", "see its log")
    base = UsageError if status in _CALLERS_FAULT else PullcordError
    kind: type[PullcordError] = type("RemoteError", (base,), {"code": code})
    return kind(cause, cure)


def _bounded(response: httpx.Response) -> bytes:
    data = bytearray()
    for part in response.iter_bytes():
        data += part
        if len(data) > _LARGEST_ANSWER:
            raise NoAnswerError("the answer is larger than 64 MB", "ask for one incident, not all")
    return bytes(data)
