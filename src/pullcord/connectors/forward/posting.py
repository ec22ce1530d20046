"""HTTP POST as forwarding needs it: no proxies, no redirects, bounded answers, every outcome sorted."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pullcord.connectors.forward.errors import UnreachableError
from pullcord.model.errors import UsageError

if TYPE_CHECKING:
    import httpx

_SECONDS = 15.0
_MOST_ANSWER = 64 * 1024


class Poster:
    """Posts to one address.

    Args:
        url: http or https.
        clear: http to another machine is meant.
        tls: how to check certificates; default: the authorities of the system.

    Attributes:
        shown: the address as errors name it.
        path: of the address.

    Raises:
        UsageError: the address is none that may be used.
    """

    def __init__(
        self, url: str, *, clear: bool = False, tls: ssl.SSLContext | None = None, seconds: float = _SECONDS
    ) -> None:
        check_url(url, clear=clear)
        self.shown = shown(url)
        self.path = urlsplit(url).path
        self._url, self._tls, self._seconds = url, tls, seconds
        self._client: httpx.Client | None = None

    def post(self, body: bytes, headers: Mapping[str, str], path: str | None = None) -> tuple[int, bytes]:
        """Status and body of the answer.

        Args:
            path: instead of that of the address.

        Raises:
            UnreachableError: there was no answer, or one larger than 64 KiB.
        """
        import httpx

        # Nothing packed comes back: what is small on the wire could be large in memory.
        plain = {**headers, "accept-encoding": "identity"}
        url = self._url if path is None else str(httpx.URL(self._url).copy_with(raw_path=path.encode()))
        try:
            with self._opened().stream("POST", url, content=body, headers=plain) as answer:
                held = bytearray()
                for part in answer.iter_raw():
                    held += part
                    if len(held) > _MOST_ANSWER:
                        raise UnreachableError(
                            f"{self.shown} answered more than 64 KiB", "is it the right address?"
                        )
                return answer.status_code, bytes(held)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.close()
            raise UnreachableError(
                f"{self.shown} does not answer ({type(error).__name__})",
                "see whether it runs and can be reached",
            ) from error

    def close(self) -> None:
        """Close connections; the next post opens new ones."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _opened(self) -> httpx.Client:
        import httpx

        if self._client is None:
            self._client = httpx.Client(
                trust_env=False,
                follow_redirects=False,
                timeout=self._seconds,
                verify=True if self._tls is None else self._tls,
            )
        return self._client


def check_url(url: str, *, clear: bool) -> None:
    """Refuse what is no http(s) address, holds a password, or would send in clear to another machine.

    Raises:
        UsageError: with the cure.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError("a forward has a url that is no address", "write https://host/path") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"{shown(url)} is no http or https address", "write https://host/path")
    if parts.username or parts.password:
        raise UsageError(f"{shown(url)} holds a user or a password", "name secrets by env:NAME or file:PATH")
    if parts.scheme == "http" and not clear and not _local(host):
        raise UsageError(
            f"{shown(url)} would send findings in clear",
            "use https, or say clear = true if that is meant",
        )


def shown(url: str) -> str:
    """The address without what may be secret in it: user, password, query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
