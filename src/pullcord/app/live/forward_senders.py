"""From settings to destinations: secrets looked up, certificates read, every mistake said before anything starts."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address
from pathlib import Path

import msgspec

from pullcord.app.live.forward import Destination
from pullcord.app.live.forward_settings import Forward, HecForward, SyslogForward, WebhookForward
from pullcord.app.output import to_ocsf
from pullcord.connectors.forward.cef import to_cef
from pullcord.connectors.forward.hec import HecSender
from pullcord.connectors.forward.posting import Poster
from pullcord.connectors.forward.rfc5424 import Text, message
from pullcord.connectors.forward.sender import Sender, Transport
from pullcord.connectors.forward.syslog import SyslogSender, tls_context
from pullcord.connectors.forward.webhook import WebhookSender
from pullcord.model.errors import UsageError
from pullcord.model.finding import Finding

MOST = 16
"""Destinations: each has a thread and a place of its own."""
_MOST_PORT = 65_535
# Names that a resolver takes: labels of at most 63 characters.
_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)

Secret = Callable[[str], str]
"""The secret behind a reference."""


def destinations(forwards: Sequence[Forward], folder: Path, secret: Secret) -> list[Destination]:
    """The destinations that the settings name. Nothing is connected yet.

    Args:
        folder: that relative paths start from.

    Raises:
        UsageError: too many, a name twice, an address, secret or certificate that cannot be used.
    """
    if len(forwards) > MOST:
        raise UsageError(
            f"{len(forwards)} forwards, the limit is {MOST}", "send to a relay that passes them on"
        )
    names = [one.name for one in forwards]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"the forward {', '.join(twice)} stands there twice", "give each a name of its own")
    return [
        Destination(one.name, _sender(one, folder, secret), one.severity, one.history) for one in forwards
    ]


def _sender(one: Forward, folder: Path, secret: Secret) -> Sender:
    try:
        match one:
            case SyslogForward():
                return _syslog(one, folder)
            case HecForward():
                poster = Poster(one.url, clear=one.clear, tls=_tls(folder, one.ca))
                return HecSender(poster, _header(secret(one.token)), to_ocsf, one.index)
            case WebhookForward():
                poster = Poster(one.url, clear=one.clear, tls=_tls(folder, one.ca))
                return WebhookSender(poster, secret(one.secret), to_ocsf)
    except UsageError as error:
        raise UsageError(f"forward {one.name}: {error.cause}", error.cure) from error


def _syslog(one: SyslogForward, folder: Path) -> SyslogSender:
    text: Text = to_cef if one.format == "cef" else _json
    host = socket.gethostname()

    def render(finding: Finding) -> bytes:
        return message(finding, host, text)

    secure = one.transport is Transport.TLS
    if not secure and (one.ca or one.certificate or one.key):
        raise UsageError(f"certificates do not go with {one.transport.value}", 'set transport = "tls"')
    tls = _tls(folder, one.ca, one.certificate, one.key, always=True) if secure else None
    return SyslogSender(place_of(one.address), one.transport, render, tls)


def place_of(address: str) -> tuple[str, int]:
    """Host and port of ``host:port`` or ``[IPv6]:port``.

    Raises:
        UsageError: it is neither.
    """
    host, _, port = address.rpartition(":")
    digits = port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) <= _MOST_PORT  # noqa: PLR2004
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else ""
    if not digits or not (_is_ipv6(bare) if bare else _NAME.fullmatch(host)):
        raise UsageError(f"{address[:80]!r} is no address of a receiver", "write host:port, or [IPv6]:port")
    return bare or host, int(port)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _json(finding: Finding) -> str:
    return msgspec.json.encode(to_ocsf(finding)).decode()


def _tls(folder: Path, *files: str | None, always: bool = False) -> ssl.SSLContext | None:
    if not always and not any(files):
        return None
    return tls_context(*(str(folder / file) if file else None for file in files))


def _header(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("the token does not fit into a header", "give the token alone")
    return token
