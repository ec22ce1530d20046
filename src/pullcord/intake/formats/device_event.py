"""What CEF and LEEF share: a device's header, keys and values, and the event they become.

Originals stay under a prefix (``cef.src``); beside them stand the names that rules and findings know
(``source.address``). The observing device is ``observer.*`` and never ``host.name``: as a host it would tie together
everything it ever saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import NamedTuple

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.fields import checked_time
from pullcord.intake.formats.device_time import device_time
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest, digest_bytes

_LONGEST_WORD = 128
_ID_DIGITS = 32
_PORTS = frozenset(
    {"source.port", "destination.port", "process.pid", "network.bytes_in", "network.bytes_out"}
)
_BANDS = ((9, "critical"), (7, "high"), (4, "medium"), (0, "low"))
_WORDS = {"very-high": "critical", "high": "high", "medium": "medium", "low": "low"}
_LONGEST_NUMBER = 6
_ASSET = ("destination.domain", "destination.address", "source.domain", "source.address")


class Device(NamedTuple):
    """The header of a record: who saw what."""

    vendor: str
    product: str
    version: str
    event: str


class Around(NamedTuple):
    """What is known from around a record: the syslog header it came with.

    Attributes:
        attributes: of the header.
        time: of the header, nanoseconds UTC.
        zone: of times that name none.
        key: what makes two equal records two events: a place in a file, a number of receipt.
    """

    attributes: Mapping[str, Value] = {}
    time: int | None = None
    zone: tzinfo = UTC
    key: str = ""


class Names(NamedTuple):
    """The table of a format.

    Attributes:
        prefix: under which the originals are kept, and the service of the log source.
        names: its keys → our attributes; of several that are there the first in this order counts.
        times: keys that hold the time, best first.
        pattern: the key that holds the pattern of the times.
    """

    prefix: str
    names: tuple[tuple[str, str], ...]
    times: tuple[str, ...]
    pattern: str = ""


def event(
    device: Device, found: Mapping[str, str], names: Names, raw: str, ctx: Context, around: Around
) -> Event:
    """The event of a device's record.

    Args:
        found: keys → values, as the record has them, unescaped.
        raw: the record, for its digest.
    """
    attributes: dict[str, Value] = dict(around.attributes)
    attributes |= {
        f"{names.prefix}.device.vendor": device.vendor,
        f"{names.prefix}.device.product": device.product,
        f"{names.prefix}.device.version": device.version,
        "event.code": device.event,
    }
    for key, value in found.items():
        _keep(attributes, f"{names.prefix}.{key}", value, ctx)
    for key, name in names.names:
        value = found.get(key, "")
        if value and name not in attributes:
            attributes[name] = _typed(name, value)
    pattern = found.get(names.pattern, "")
    times = (
        device_time(found[key], ctx.received, around.zone, pattern) for key in names.times if key in found
    )
    time = next((one for one in times if one is not None), around.time)
    raw_digest = digest_bytes(raw.encode("utf-8", "surrogatepass"))
    user = attributes.get("user.name")
    draft = Draft(
        id=event_id(names.prefix, around.key, ctx.source, raw_digest),
        time=checked_time(ctx.received if time is None else time, "time", ctx),
        attributes=attributes,
        observed_time=around.time if time is not None else None,
        asset=next((word(str(attributes[name])) for name in _ASSET if attributes.get(name)), None),
        actor=word(user) if isinstance(user, str) else None,
    )
    maker = "/".join(filter(None, (word(device.vendor).lower(), word(device.product).lower())))
    return seal(draft, LogSource(product=maker or None, service=names.prefix), raw_digest, ctx)


def event_id(prefix: str, key: str, source: str, raw_digest: str) -> str:
    """The id of a record that has none: a digest of where it came from (if that is known) and of its bytes."""
    if not key:
        return f"{prefix}:{raw_digest[:_ID_DIGITS]}"
    return f"{prefix}:{digest([source, key, raw_digest])[:_ID_DIGITS]}"


def level(severity: str) -> str | None:
    """The level of a severity from 0 to 10, or of a word; None for what is neither."""
    text = severity.strip().lower()
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
        return next(found for least, found in _BANDS if int(text) >= least)
    return _WORDS.get(text)


def word(text: str) -> str:
    """A name, short enough to be one."""
    return text.strip()[:_LONGEST_WORD]


def _keep(attributes: dict[str, Value], key: str, value: str, ctx: Context) -> None:
    # What the header said stands: an extension must not speak for it.
    if key in attributes or len(key) > ctx.limits.max_key or len(attributes) >= ctx.limits.max_attributes:
        ctx.counters.dropped += 1
    else:
        attributes[key] = value


def _typed(name: str, value: str) -> Value:
    """Ports and counts as numbers where they are."""
    if name in _PORTS and value.isascii() and value.isdigit() and len(value) < _ID_DIGITS // 2:
        return int(value)
    return value
