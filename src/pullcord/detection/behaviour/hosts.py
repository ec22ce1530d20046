"""Places on a network, as telemetry and arguments name them."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from pullcord.analysis.values import Kind, normalise, tokens
from pullcord.detection.behaviour.text import is_tag

MAX_READ = 20_000
"""Characters of one text of arguments that are read."""
MAX_HOSTS = 32
"""Hosts taken from one text."""
_MAX_HOST = 253
# Each begins with a literal, so that searching is fast; what is found is checked by `host`.
_LINK = re.compile(
    r"://(?:[^\s/?#\"'<>@\\]{0,200}@)?(\[[0-9a-f:.]{2,45}\]|[^\s/?#\"'<>@\\:,;(){}\[\]|`]{1,253})"
)
_MAIL = re.compile(r"@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_BARE = re.compile(r"www\.([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_NAMED = re.compile(
    r"(?:host|hostname|domain|server|endpoint|address|url|webhook|recipient)\"\s{0,4}:\s{0,4}\"([^\s\"\\]{1,300})\""
)
# Not ``is_private``: that counts the ranges for documentation too, which examples use for the outside.
_LOCAL = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "fc00::/7", "fe80::/10", "::1/128",
    )
)  # fmt: skip
_LABEL = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}")


def host(text: str) -> str | None:
    """A host name or address without scheme, user, port, path or final dot, in lower case; None if it is none.

    A name without a dot is a name of this network or none at all: it is no place outside.
    """
    return _host(text[: 2 * _MAX_HOST])


@lru_cache(maxsize=8_192)
def _host(text: str) -> str | None:
    plain = text.strip().casefold()
    plain = (
        plain.rpartition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    )
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    plain = plain.rstrip(".")
    if not plain or len(plain) > _MAX_HOST:
        return None
    if ":" in plain or _LABEL.fullmatch(plain):
        return plain if ":" not in plain or _address(plain) is not None else None
    return None


def hosts_in(arguments: str) -> list[str]:
    """The hosts that arguments of a call (JSON or text) name, at most 32: of links, mail addresses, fields."""
    text = arguments[:MAX_READ]
    if "\\" in text:
        text = normalise(text)
    if "." not in text and "::" not in text:
        return []  # neither a name nor an address
    text = text.casefold()
    found: list[str] = []
    if "://" in text:
        found += _LINK.findall(text)
    if "@" in text:
        found += _MAIL.findall(text)
    if "www." in text:
        found += _BARE.findall(text)
    # Spelled out: this runs for every call of every agent.
    if (
        "host" in text or "url" in text or "domain" in text or "server" in text or "endpoint" in text
        or "address" in text or "webhook" in text or "recipient" in text
    ):  # fmt: skip
        found += [one for one in _NAMED.findall(text)[:MAX_HOSTS] if _place(one)]
    return [place for one in found[: 2 * MAX_HOSTS] if (place := host(one)) is not None][:MAX_HOSTS]


def _place(text: str) -> bool:
    """Whether the value of a field is a place on a network: a file or a tag of a control system looks much like one."""
    if is_tag(text):
        return False
    return _address(text) is not None or any(token.kind >= Kind.LINK for token in tokens(text))


def below(name: str, domains: Collection[str]) -> str | None:
    """The domain of the collection (lower case, no outer dots) that a host is, or is below; None if of none."""
    if not domains:
        return None
    while True:
        if name in domains:
            return name
        _, dot, name = name.partition(".")
        if not dot:
            return None


@lru_cache(maxsize=16_384)
def is_local(name: str) -> bool:
    """Whether a host is an address of private networks or this machine, or a name that never leaves a network."""
    address = _address(name)
    if address is not None:
        return any(address in network for network in _LOCAL if network.version == address.version)
    return name.rpartition(".")[2] in {"local", "localhost", "internal", "lan", "arpa"} or "." not in name


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.partition("%")[0])
    except ValueError:
        return None


@lru_cache(maxsize=16_384)
def network_of(text: str) -> str | None:
    """The network of an address: IPv4 by 24 bits, IPv6 by 48; None if the text is no address."""
    address = _address(text.strip())
    if address is None:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = 24 if isinstance(address, IPv4Address) else 48
    width = address.max_prefixlen
    whole = int(address) >> (width - bits) << (width - bits)
    return f"{type(address)(whole)}/{bits}"
