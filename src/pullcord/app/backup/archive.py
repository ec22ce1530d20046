"""The archive of a backup: which members it may have, and its manifest.

A POSIX tar in one zstd frame, so that ``tar --zstd -tf`` lists it. Plain files only, under names known here;
``manifest.json`` is the last member and says size and SHA-256 of all others.
"""

from __future__ import annotations

import re

from pullcord.model.errors import PullcordError
from pullcord.model.noun import Noun

SCHEMA = "pullcord.backup/1"
MANIFEST = "manifest.json"
BLOCK = 512
"""Bytes that headers and contents are filled up to in a tar."""
CHUNK = 1 << 20
_MEGABYTE, _GIGABYTE, _TERABYTE = 1 << 20, 1 << 30, 1 << 40

# Name → most bytes. What is not here is not in a backup and is refused by a restore.
_KNOWN = (
    (re.compile(r"state\.sqlite", re.ASCII), _TERABYTE),
    (re.compile(r"pullcord\.toml", re.ASCII), _MEGABYTE),
    (re.compile(r"vault/ledger\.head", re.ASCII), 4_096),
    (re.compile(r"vault/ledger\.ndjson", re.ASCII), 64 * _GIGABYTE),
    (re.compile(r"vault/ledger\.torn-[0-9]{1,12}-[0-9a-f]{8}", re.ASCII), _MEGABYTE),
    (re.compile(r"vault/bytes/([0-9a-f]{2})/\1[0-9a-f]{62}", re.ASCII), _GIGABYTE),
    (re.compile(r"lake/manifest\.json", re.ASCII), 256 * _MEGABYTE),
    (re.compile(r"lake/segments/[a-z0-9-]{1,80}\.parquet", re.ASCII), 64 * _GIGABYTE),
    (re.compile(r"lake/files/[0-9]{8,12}\.parquet", re.ASCII), 64 * _GIGABYTE),
    (re.compile(r"manifest\.json", re.ASCII), 256 * _MEGABYTE),
)


class ArchiveError(PullcordError):
    """An archive is no backup, is damaged, or was changed."""

    code = "PC-0301"


class Member(Noun, frozen=True, kw_only=True):
    """One file in an archive; ``size`` in bytes, ``sha256`` in 64 hexadecimal digits."""

    name: str
    size: int
    sha256: str


class Manifest(Noun, frozen=True, kw_only=True):
    """What an archive says about itself.

    Attributes:
        version: of the Pullcord that wrote it.
        time: when it was begun, RFC 3339 UTC.
        revision: of the schema of ``state.sqlite``.
        incidents, evidence: incidents in the state, entries in the ledger.
        members: all other members, in order.
    """

    schema: str
    version: str
    time: str
    revision: str
    incidents: int
    evidence: int
    members: tuple[Member, ...]


class Limits(Noun, frozen=True, kw_only=True):
    """What reading an archive may cost.

    Attributes:
        members: how many there may be.
        expansion, floor: an archive of n bytes may unpack to ``floor + expansion * n`` bytes.
        reserve: bytes that stay free on the disk.
    """

    members: int = 1_000_000
    expansion: int = 1_000
    floor: int = _GIGABYTE
    reserve: int = 64 * _MEGABYTE


def most_bytes(name: str) -> int | None:
    """The most bytes that a member of this name may have; None if there is no such member."""
    return next((most for pattern, most in _KNOWN if pattern.fullmatch(name)), None)


def kind_of(name: str) -> str:
    """What a member is part of: ``state``, ``vault``, ``lake``, ``settings``."""
    top, slash, _ = name.partition("/")
    if slash:
        return top
    return "settings" if top == "pullcord.toml" else "state"
