"""What the settings of a listener must not say: doors open by mistake, and trust that nothing backs."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pullcord.app.live.listener_settings import (
    FileListener,
    ListenerSettings,
    MqttSettings,
    OpcUaSettings,
    SmtpListener,
    SyslogListener,
)
from pullcord.model.errors import UsageError

_MOST = 64
_NODE = re.compile(r"(?:ns=\d{1,5};)?(?:i=\d{1,10}|[sgb]=.{1,4096})")
_NAME = re.compile(r"[\w.\-]{1,64}")


def check_listeners(listeners: Iterable[ListenerSettings]) -> None:
    """Look at all of them.

    Raises:
        UsageError: names the listener, what is wrong and what to do.
    """
    found = list(listeners)
    if len(found) > _MOST:
        raise UsageError(f"{len(found)} listeners", f"at most {_MOST}; run a second Pullcord, or a relay")
    for one in found:
        if _NAME.fullmatch(one.name) is None:
            raise _wrong(one, "its name has other marks than letters, digits, `.`, `-`, `_`", "rename it")
        if isinstance(one, SyslogListener | SmtpListener):
            _door(one)
        if isinstance(one, SyslogListener):
            _syslog(one)
        elif isinstance(one, FileListener):
            _file(one)
        elif isinstance(one, MqttSettings):
            _mqtt(one)
        elif isinstance(one, OpcUaSettings):
            _opcua(one)


def _door(one: SyslogListener | SmtpListener) -> None:
    if not _loopback(one.host) and not one.remote:
        raise _wrong(
            one, f"others could send to {one.host}", "set `remote = true` if that is meant, and `allow`"
        )
    if (one.certificate is None) != (one.key is None):
        raise _wrong(one, "`certificate` and `key` belong together", "give both, or none")
    for network in one.allow:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise _wrong(one, f"`allow`: {network!r} is no network", "write it like 10.1.2.0/24") from error


def _syslog(one: SyslogListener) -> None:
    if (one.transport == "tls") != (one.certificate is not None):
        raise _wrong(one, "`transport` and `certificate` do not fit", "`tls` needs one, the others take none")
    if one.client_ca is not None and one.transport != "tls":
        raise _wrong(one, "`client_ca` without TLS", 'set `transport = "tls"`')
    if not one.authenticated:
        return
    if one.transport == "udp":
        raise _wrong(one, "`authenticated` over UDP: senders can be forged", "use tls with `client_ca`")
    if one.client_ca is None and not one.allow:
        raise _wrong(
            one,
            "`authenticated`, but anybody may send",
            "use tls with `client_ca`, or name networks in `allow`",
        )


def _file(one: FileListener) -> None:
    for path in one.paths:
        if not path or "**" in path:
            raise _wrong(one, f"`paths`: {path!r}", "name files, with `*` and `?` but without `**`")


def _mqtt(one: MqttSettings) -> None:
    if (one.ca or one.certificate) and not one.tls:
        raise _wrong(one, "`ca` or `certificate` without TLS", "set `tls = true`")
    if (one.certificate is None) != (one.key is None):
        raise _wrong(one, "`certificate` and `key` belong together", "give both, or none")
    if one.authenticated and not (one.tls or _loopback(one.host)):
        raise _wrong(one, "`authenticated` without TLS: the broker can be forged", "set `tls = true`")
    for topic in (*one.topics, *one.writes):
        levels = topic.split("/")
        inside = any(len(level) > 1 and set(level) & set("+#") for level in levels)
        if not topic or inside or "#" in levels[:-1]:
            raise _wrong(one, f"{topic!r} is no topic filter", "write it like line/+/temperature or line/#")


def _opcua(one: OpcUaSettings) -> None:
    if not one.nodes and not one.events:
        raise _wrong(one, "neither `nodes` nor `events`", "name nodes, or leave `events` on")
    for node in one.nodes:
        if _NODE.fullmatch(node) is None:
            raise _wrong(one, f"{node!r} is no node id", "write it like ns=2;s=Press.Force or i=2258")
    if len({one.policy is None, one.certificate is None, one.key is None}) > 1:
        raise _wrong(one, "`policy`, `certificate` and `key` belong together", "give all, or none")
    try:
        host = urlsplit(one.url).hostname or ""
    except ValueError as error:
        raise _wrong(one, "`url` is none", "write it like opc.tcp://10.1.2.3:4840") from error
    proven = one.policy is not None and one.server_certificate is not None
    if one.authenticated and not (proven or _loopback(host)):
        raise _wrong(
            one,
            "`authenticated`, but the server can be forged",
            "set `policy`, `certificate`, `key` and `server_certificate`",
        )
    if one.username is not None and one.policy is None and not _loopback(host):
        raise _wrong(one, "the password would travel in clear", "set `policy`, `certificate` and `key`")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(one: ListenerSettings, cause: str, cure: str) -> UsageError:
    return UsageError(f"listener {one.name!r}: {cause}", cure)
