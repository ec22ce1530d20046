"""The allow-list: what may be switched at all. Verified before it is parsed; anything wrong and nothing starts."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pullcord.model.ot import AllowList, Interlock, Switch
from pullcord.otwriter.errors import AllowListError
from pullcord.otwriter.keys import read_bytes, read_public_key
from pullcord.otwriter.settings import WriterSettings

SCHEMA = "pullcord.ot-allow-list/1"
LARGEST_LIST = 1 << 20
LONGEST_TEXT = 200
UNREADABLE = "(unreadable)"
"""Stands for a value that could not be read, so no list may ask for it."""
_LARGEST_SIGNATURE = 1 << 10
_MOST_SWITCHES = 1_000
# Few enough that every answer fits into one line of the protocol, whatever a PLC says.
_MOST_NODES = 10
_LONGEST_AGE = 3_600.0
_LONGEST_READBACK = 30.0
_CURE = "correct it, raise its version, and have the OT people sign it again"


def load(settings: WriterSettings, highest: int) -> AllowList:
    """Verify the signature over the exact bytes, then read the list; ``highest`` is the highest version seen.

    Raises:
        AllowListError: the signature does not fit, the list is not what it should be, or it is an older one.
    """
    from cryptography.exceptions import InvalidSignature

    data = read_bytes(settings.allow_list, LARGEST_LIST)
    key = read_public_key(settings.public_key)
    try:
        signature = base64.b64decode(
            read_bytes(settings.signature, _LARGEST_SIGNATURE).strip(), validate=True
        )
        key.verify(signature, data)
    except (InvalidSignature, binascii.Error) as error:
        raise AllowListError(
            f"{settings.allow_list}: the signature in {settings.signature.name} does not fit",
            "find out who changed it; only what the OT people signed is used",
        ) from error
    found = parse(data, settings.allow_list)
    if found.version < highest:
        raise AllowListError(
            f"{settings.allow_list}: version {found.version}, but version {highest} was in use before",
            "put the newest list back; an older one could allow what was forbidden since",
        )
    return found


def parse(data: bytes, place: Path) -> AllowList:
    """Read and check the bytes of a list; ``place`` is for messages.

    Raises:
        AllowListError: it says something that it must not, or that nobody could mean.
    """
    try:
        found = msgspec.json.decode(data, type=AllowList)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AllowListError(f"{place}: {error}", _CURE) from error
    wrong = next(_faults(found), None)
    if wrong is not None:
        raise AllowListError(f"{place}: {wrong}", _CURE)
    return found


def _faults(found: AllowList) -> Iterator[str]:
    if found.schema != SCHEMA:
        yield f"schema is not {SCHEMA}"
    if found.version < 1:
        yield "version must be at least 1"
    if not 1 <= found.switches_per_hour <= _MOST_SWITCHES:
        yield f"switches_per_hour must be 1 to {_MOST_SWITCHES}"
    if not 1 <= found.share_percent <= 100:  # noqa: PLR2004  (per cent)
        yield "share_percent must be 1 to 100"
    if not 1 <= len(found.switches) <= _MOST_SWITCHES:
        yield f"there must be 1 to {_MOST_SWITCHES} switches"
    seen: set[str] = set()
    for number, switch in enumerate(found.switches, 1):
        name = f"switch {number} ({switch.system[:LONGEST_TEXT]!r})"
        if switch.system in seen:
            yield f"{name}: this system stands there twice"
        seen.add(switch.system)
        for fault in _switch_faults(switch):
            yield f"{name}: {fault}"


def _switch_faults(switch: Switch) -> Iterator[str]:
    names = ("system", "endpoint", "node", "manual", "readback")
    for field in [name for name in names if not _is_text(getattr(switch, name))]:
        yield f"{field} must be 1 to {LONGEST_TEXT} printable characters"
    if not _is_endpoint(switch.endpoint):
        yield "endpoint must be opc.tcp://host:port, without a user or password"
    if not 1 <= len(switch.automatic) <= _MOST_NODES or not all(map(_is_text, switch.automatic)):
        yield f"automatic must list 1 to {_MOST_NODES} values"
    # Such a list would call the AI's own mode manual, and a switch that never happened done.
    if switch.manual in switch.automatic:
        yield "manual is also one of the automatic values"
    for field, nodes in (("interlocks", switch.interlocks), ("effects", switch.effects)):
        if len(nodes) > _MOST_NODES or not all(map(_is_sound, nodes)):
            yield f"{field}: at most {_MOST_NODES}, each with a node and 1 to {_MOST_NODES} allowed values"
        if len({one.node for one in nodes}) < len(nodes):
            yield f"{field}: a node stands there twice"
    for field, most in (("longest_age_seconds", _LONGEST_AGE), ("readback_seconds", _LONGEST_READBACK)):
        value = getattr(switch, field)
        if not (math.isfinite(value) and 0 < value <= most):
            yield f"{field} must be above 0 and at most {most:g}"


def _is_text(value: str) -> bool:
    return 0 < len(value) <= LONGEST_TEXT and value.isprintable() and value != UNREADABLE


def _is_sound(one: Interlock) -> bool:
    return (
        _is_text(one.node)
        and len(one.meaning) <= LONGEST_TEXT
        and 1 <= len(one.allowed) <= _MOST_NODES
        and all(map(_is_text, one.allowed))
    )


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme == "opc.tcp"
            and bool(parts.hostname)
            and parts.port is not None
            and parts.username is None
            and parts.password is None
        )
    except ValueError:
        return False
