r"""ArcSight Common Event Format, as firewalls and OT monitors send it, mostly inside syslog.

``CEF:0|vendor|product|version|event class|name|severity|key=value key=value``. In the header ``\|`` and ``\\`` are
escapes, in the extension ``\=``, ``\\``, ``\n`` and ``\r``. Source: Micro Focus Security ArcSight Common Event Format,
version 26, whose key names the table below follows.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pullcord.intake.context import Context, printable
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.device_event import Around, Device, Names, event, level
from pullcord.model.event import Event

MARK = re.compile(r"CEF:\s?\d{1,2}(?:\.\d)?\|")
"""The beginning of a record; what stands before it is a syslog header."""

_HEADER = 7
_MOST_KEYS = 512
_LONGEST_KEY = 128
_KEY = re.compile(r"(?:^|\s)([A-Za-z0-9_.\-\[\]]{1,128})=")
_FIELD = re.compile(r"((?:[^\\|]|\\.)*+)\|", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\=|nr])")
_ESCAPED = {"n": "\n", "r": "\r"}
_LABELLED = re.compile(r"(?:cs|cn|cfp|c6a|flexString|flexNumber|flexDate|deviceCustomDate)\d")

NAMES = Names(
    prefix="cef",
    names=(
        ("src", "source.address"),
        ("sourceAddress", "source.address"),
        ("c6a2", "source.address"),
        ("spt", "source.port"),
        ("shost", "source.domain"),
        ("smac", "source.mac"),
        ("dst", "destination.address"),
        ("destinationAddress", "destination.address"),
        ("c6a3", "destination.address"),
        ("dhost", "destination.address"),
        ("dhost", "destination.domain"),
        ("destinationDnsDomain", "destination.domain"),
        ("dpt", "destination.port"),
        ("dmac", "destination.mac"),
        ("suser", "user.name"),
        ("suid", "user.id"),
        ("duser", "user.target.name"),
        ("duser", "user.name"),
        ("duid", "user.target.id"),
        ("dvchost", "observer.name"),
        ("dvc", "observer.address"),
        ("deviceExternalId", "observer.id"),
        ("act", "event.action"),
        ("outcome", "event.outcome"),
        ("cat", "event.type"),
        ("externalId", "event.external_id"),
        ("reason", "event.reason"),
        ("msg", "message"),
        ("proto", "network.transport"),
        ("app", "network.protocol"),
        ("in", "network.bytes_in"),
        ("out", "network.bytes_out"),
        ("request", "url.full"),
        ("requestMethod", "http.request.method"),
        ("requestClientApplication", "user_agent.original"),
        ("fname", "file.name"),
        ("filePath", "file.path"),
        ("fileHash", "file.hash"),
        ("sproc", "process.name"),
        ("spid", "process.pid"),
    ),
    times=("rt", "start", "end"),
)


class Cef(NamedTuple):
    """A record taken apart."""

    device: Device
    name: str
    severity: str
    extension: dict[str, str]


def parse(text: str) -> Cef:
    """Take a record apart.

    Raises:
        UnreadableRecordError: no CEF, or its header is not complete.
    """
    found = MARK.search(text)
    if found is None:
        raise _wrong("no CEF record")
    parts = _header(text[found.start() :])
    if len(parts) < _HEADER:
        raise _wrong(f"a CEF header of {len(parts)} fields: {printable(text[found.start() :], 60)!r}")
    _, vendor, product, version, event_class, name, severity = parts[:_HEADER]
    extension = _extension(parts[_HEADER] if len(parts) > _HEADER else "")
    return Cef(Device(vendor, product, version, event_class), name, severity, extension)


def decode(text: str, ctx: Context, around: Around | None = None) -> Event:
    """One record.

    Raises:
        UnreadableRecordError: as :func:`parse`.
    """
    found = parse(text)
    around = around or Around()
    extras: dict[str, str] = {"event.name": found.name, "cef.severity": found.severity}
    band = level(found.severity)
    if band:
        extras["event.severity"] = band
    for key, value in found.extension.items():
        label = found.extension.get(f"{key}Label", "")
        if label and _LABELLED.fullmatch(key):
            extras[f"cef.custom.{label[:_LONGEST_KEY].strip().replace(' ', '_')}"] = value
    around = around._replace(attributes={**around.attributes, **extras})
    return event(found.device, found.extension, NAMES, text, ctx, around)


def _header(text: str) -> list[str]:
    """The seven fields of the header, unescaped, and the extension as it stands."""
    parts: list[str] = []
    place = 0
    while len(parts) < _HEADER:
        found = _FIELD.match(text, place)
        if found is None:
            # The last field of the header, where no extension follows.
            return [*parts, _unescaped(text[place:].strip())]
        parts.append(_unescaped(found[1].strip()))
        place = found.end()
    return [*parts, text[place:]]


def _extension(text: str) -> dict[str, str]:
    """Keys and values; a key begins after a blank and ends with an equals sign that is not escaped."""
    text = text.strip()
    found: dict[str, str] = {}
    keys = _keys(text)
    ends = [begin for _, begin, _ in keys[1:]]
    for (key, _, begin), end in zip(keys, [*ends, len(text)], strict=False):
        found.setdefault(key, _unescaped(text[begin:end].rstrip()))
    return found


def _keys(text: str) -> list[tuple[str, int, int]]:
    """Name, begin and end of each key, at most 512; later ones belong to the last value."""
    found: list[tuple[str, int, int]] = []
    for match in _KEY.finditer(text):
        found.append((match[1], match.start(), match.end()))
        if len(found) == _MOST_KEYS:
            break
    return found


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text) if "\\" in text else text


def _wrong(cause: str) -> UnreadableRecordError:
    return UnreadableRecordError(
        cause, "send CEF:0|vendor|product|version|class|name|severity|key=value, with \\| for a bar"
    )
