"""The public model services that ship as data, and the paths by which model servers are told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from pullcord import content
from pullcord.detection.behaviour.hosts import below

PATHS = (
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/embeddings",
    "/api/generate",
    "/api/chat",
    "/api/embed",
    "/api/embeddings",
)
"""Ends of paths of the interfaces of OpenAI, Anthropic and Ollama, which most model servers speak."""


class _Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    hosts: list[str]


class _Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    prefix: str
    suffix: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    version: int
    date: str
    source: str
    services: list[_Service]
    patterns: list[_Pattern]


class Services(NamedTuple):
    """Hosts of public model services: host → name of the service; and (prefix, suffix, name) of hosts by region."""

    hosts: Mapping[str, str]
    patterns: tuple[tuple[str, str, str], ...]
    date: str


@cache
def services() -> Services:
    """The list that ships, read once."""
    import yaml

    raw = yaml.safe_load(content.read("ai_services.yaml"))
    raw["date"] = str(raw["date"])
    file = msgspec.convert(raw, _File)
    hosts = {host: service.name for service in file.services for host in service.hosts}
    return Services(hosts, tuple((p.prefix, p.suffix, p.name) for p in file.patterns), file.date)


@lru_cache(maxsize=16_384)
def service_of(host: str) -> str | None:
    """The public model service that a host (lower case) belongs to, or None."""
    known = services()
    found = below(host, known.hosts)
    if found is not None:
        return known.hosts[found]
    for prefix, suffix, name in known.patterns:
        if host.startswith(prefix) and host.endswith(suffix):
            return name
    return None


def model_path(url: str) -> str | None:
    """The path of a model interface at the end of a URL or path (query aside), or None."""
    path = url[:2_000].partition("?")[0].partition("#")[0].rstrip("/").casefold()
    return next((known for known in PATHS if path.endswith(known)), None)
