"""Small judgements about values and texts for the behaviour detector."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_SECRET_NAME = re.compile(r"passw|passphrase|secret|token|api_?key|credential|private_?key", re.IGNORECASE)
_SECRET = re.compile(
    r"\b(?:sk-[\w-]{16,100}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,100}|xox[abprs]-[\w-]{10,100}|eyJ[\w-]{10,2000}\.[\w-]{10,2000})"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----|\b(?:password|secret key|security code|api key|token) ?(?:is|:|=)",
    re.IGNORECASE,
)
MAX_SEARCHED = 20_000
_TAG_LABELS = 2
_COUNTRY = 2
# Endings of more than two letters that places on the internet or inside a company usually have.
_ENDINGS = frozenset({
    "agency", "app", "arpa", "biz", "click", "cloud", "club", "com", "corp", "dev", "digital", "email", "example",
    "fun", "home", "icu", "info", "internal", "invalid", "lan", "link", "live", "local", "name", "net", "network",
    "online", "onion", "org", "page", "pro", "services", "shop", "site", "solutions", "space", "store", "support",
    "systems", "tech", "test", "top", "web", "world", "xyz", "zone",
})  # fmt: skip


def host_of(value: str) -> str:
    """The host of a normalised link or address (``user@host``); the value itself if it has none."""
    return value.rpartition("@")[2].partition("/")[0].partition("?")[0]


def is_internal(value: str, domains: Collection[str]) -> bool:
    """Whether a link or address is at one of the domains, or below one."""
    host = host_of(value).partition(":")[0]
    return any(
        host == domain or host.endswith(f".{domain}") for domain in (d.casefold().strip(".") for d in domains)
    )


def is_tag(value: str) -> bool:
    """Whether a bare "host" reads like a tag of a control system (``wi-07.limit``) rather than a place on a network.

    Two labels, a digit in the first, and an ending that is neither a country nor a usual domain.
    """
    labels = value.split(".")
    ending = labels[-1]
    return (
        len(labels) == _TAG_LABELS
        and value.isprintable()
        and not {"@", "/", ":"} & set(value)
        and any(character.isdigit() for character in labels[0])
        and len(ending) != _COUNTRY
        and ending not in _ENDINGS
    )


def credential_like(arguments: Mapping[str, str]) -> bool:
    """Whether a call hands over something that looks like a password, key or token."""
    return any(
        _SECRET_NAME.search(name) or _SECRET.search(text[:MAX_SEARCHED]) for name, text in arguments.items()
    )
