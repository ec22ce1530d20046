"""What the JSON formats of other tools share: how a record becomes flat attributes, an id and an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.values import put
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes

Json = Mapping[str, object]
_LONGEST_WORD = 256
_LONGEST_ADDRESS = 64
_DIGITS = 32
# What programs write where they have nothing to say.
_NOTHING = frozenset({"", "-", "N/A", "n/a", "null", "(null)", "unknown"})


class Origin(NamedTuple):
    """What is known from around a record.

    Attributes:
        digest: SHA-256 of the raw bytes of the record, hexadecimal.
        host: the machine that sent it, as its envelope says.
        time: from its envelope, nanoseconds UTC; only where the record has none itself.
        service: the log it comes from, where its envelope says so (Zeek: ``conn``, ``dns`` …).
        key: what makes the id of a record that has none; empty: the digest.
    """

    ctx: Context
    digest: str
    host: str | None = None
    time: int | None = None
    service: str | None = None
    key: str = ""


class Equals:
    """Tells equal records of one body apart: they are as many events. Sent again, they are the same ones."""

    def __init__(self) -> None:
        self._times: dict[bytes, int] = {}

    def key(self, digest: str) -> str:
        """The key of the record with this digest (hexadecimal); the first of equal ones has none."""
        mark = bytes.fromhex(digest)[:16]
        times = self._times.get(mark, 0)
        self._times[mark] = times + 1
        return digest_bytes(f"{digest}:{times}".encode()) if times else ""


def told_or_received(origin: Origin) -> tuple[int, Origin]:
    """The time that the envelope says, or that of receipt, for a record that has none.

    Told without any time, the same words an hour later are another event: then the key holds the time of receipt.

    Raises:
        UnreadableRecordError: there is neither.
    """
    if origin.time is not None:
        return origin.time, origin
    received = origin.ctx.received
    if not received:
        raise UnreadableRecordError("there is no time", "send it with a time")
    mark = f"{origin.key or origin.digest}:{received}"
    return received, origin._replace(key=digest_bytes(mark.encode()))


def flatten(data: Json, ctx: Context) -> dict[str, Value]:
    """All fields under dotted names. What is nested comes first: of too many, the first are left out."""
    found: dict[str, Value] = {}
    for key, value in data.items():
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                put(found, f"{key}.{name}", inner, ctx)
    for key, value in data.items():
        if not isinstance(value, dict) or not value:
            put(found, key, value, ctx)
    return found


def add(attributes: dict[str, Value], names: Mapping[str, tuple[str, ...]]) -> None:
    """Enter each new name with the first of its old ones that says something; what is there stays.

    Names that end in ``.address`` take addresses only: a word there would tie together what has nothing in common.
    """
    for new, olds in names.items():
        if new in attributes:
            continue
        for old in olds:
            value = attributes.get(old)
            kept = address(value) if new.endswith(".address") else value
            if kept is not None and kept not in _NOTHING_OR_EMPTY:
                attributes[new] = kept
                break


_NOTHING_OR_EMPTY: tuple[Value, ...] = (*_NOTHING, [])


def address(value: object) -> str | None:
    """An IP address as text, without port and brackets; None if it is none."""
    found = _normal(value) if isinstance(value, str) and 0 < len(value) <= _LONGEST_ADDRESS else None
    return None if found is None else found[0]


@lru_cache(maxsize=8_192)
def _normal(text: str) -> tuple[str, bool] | None:
    """The address, and whether it is private. Cached: a plant has few, and each comes thousands of times."""
    head, bracket, _ = text.strip().lstrip("[").partition("]")
    # An IPv4 address with a port, as Microsoft 365 writes it.
    bare = head if bracket or head.count(":") != 1 else head.partition(":")[0]
    try:
        given = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    found = getattr(given, "ipv4_mapped", None) or given
    return str(found), bool(found.is_private)


def inside(*values: object) -> str | None:
    """Of some addresses the first that is private: of two ends of a connection the one in the plant; else the first."""
    known = (_normal(one) for one in map(address, values) if one)
    found = [one for one in known if one is not None]
    return next((text for text, private in found if private), found[0][0] if found else None)


def word(value: object) -> str | None:
    """A name: short text that says something, or a whole number as text."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _LONGEST_ADDRESS:
        return str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    return None if text in _NOTHING or len(text) > _LONGEST_WORD else text


def first(*values: object) -> str | None:
    """The first of these that is a name."""
    return next((found for value in values if (found := word(value)) is not None), None)


def record_id(form: str, parts: Iterable[object], origin: Origin) -> str:
    """``form:part:part``; a digest of the record instead if a part is missing, no name, or all are too long."""
    words = [word(part) for part in parts]
    known = [one for one in words if one is not None]
    text = ":".join((form, *known))
    if not words or len(known) < len(words) or len(text) > origin.ctx.limits.max_id:
        return f"{form}:{(origin.key or origin.digest)[:_DIGITS]}"
    return text


def close(
    draft: Draft, origin: Origin, product: str | None, category: str | None, service: str | None
) -> Event:
    """The event; ``product``, ``category`` and ``service`` are Sigma's words."""
    return seal(
        draft, LogSource(product=product, category=category, service=service), origin.digest, origin.ctx
    )
