r"""IBM QRadar's Log Event Extended Format 1.0 and 2.0, mostly inside syslog.

``LEEF:1.0|vendor|product|version|event|key=value<tab>key=value``; 2.0 names the delimiter before the pairs: one
character, or ``x09`` or ``0x09`` for one by its number. The format defines no escapes; ``\=``, ``\|`` and a backslash
before the delimiter are taken for escapes because devices send them and they mean nothing else, ``\n`` and ``\\`` are
not because paths of Windows hold them. Source: IBM Security QRadar, LEEF Guide.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pullcord.intake.context import Context, printable
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.device_event import Around, Device, Names, event, level
from pullcord.model.event import Event

MARK = re.compile(r"LEEF:\s?[12]\.\d{1,2}\|")
"""The beginning of a record; what stands before it is a syslog header."""

_FIELDS = 5
_MOST_KEYS = 512
_LONGEST_KEY = 128
_BAR = re.compile(r"(?<!\\)\|")
_HEX = re.compile(r"(?:0?[xX])([0-9A-Fa-f]{1,4})")
_SURROGATES = range(0xD800, 0xE000)

NAMES = Names(
    prefix="leef",
    names=(
        ("src", "source.address"),
        ("srcPort", "source.port"),
        ("srcMAC", "source.mac"),
        ("dst", "destination.address"),
        ("dstPort", "destination.port"),
        ("dstMAC", "destination.mac"),
        ("usrName", "user.name"),
        ("accountName", "user.name"),
        ("identHostName", "source.domain"),
        ("identSrc", "source.address"),
        ("domain", "user.domain"),
        ("resource", "event.resource"),
        ("cat", "event.type"),
        ("action", "event.action"),
        ("policy", "event.policy"),
        ("proto", "network.transport"),
        ("srcBytes", "network.bytes_out"),
        ("dstBytes", "network.bytes_in"),
        ("url", "url.full"),
        ("msg", "message"),
    ),
    times=("devTime",),
    pattern="devTimeFormat",
)


class Leef(NamedTuple):
    """A record taken apart."""

    device: Device
    pairs: dict[str, str]


def parse(text: str) -> Leef:
    """Take a record apart.

    Raises:
        UnreadableRecordError: no LEEF, its header is not complete, or its delimiter is none.
    """
    found = MARK.search(text)
    if found is None:
        raise _wrong("no LEEF record")
    parts = _BAR.split(text[found.start() :], maxsplit=_FIELDS)
    if len(parts) < _FIELDS:
        raise _wrong(f"a LEEF header of {len(parts)} fields: {printable(text[found.start() :], 60)!r}")
    version, *header = (part.strip().replace("\\|", "|") for part in parts[:_FIELDS])
    rest, delimiter = parts[_FIELDS] if len(parts) > _FIELDS else "", "\t"
    if version.partition(":")[2].strip().startswith("2"):
        delimiter, rest = _delimiter(rest)
    return Leef(Device(*header), _pairs(rest, delimiter))


def decode(text: str, ctx: Context, around: Around | None = None) -> Event:
    """One record.

    Raises:
        UnreadableRecordError: as :func:`parse`.
    """
    found = parse(text)
    around = around or Around()
    band = level(found.pairs.get("sev", ""))
    if band:
        around = around._replace(attributes={**around.attributes, "event.severity": band})
    return event(found.device, found.pairs, NAMES, text, ctx, around)


def _delimiter(rest: str) -> tuple[str, str]:
    """The delimiter that a 2.0 header names, and the pairs. Some devices leave the field out: then it is the tab."""
    if rest.startswith("||"):  # the bar itself
        return "|", rest[2:]
    named, bar, pairs = rest.partition("|")
    named = named if named == "\t" else named.strip(" ")
    if not bar or "=" in named:
        return "\t", rest
    if not named:
        return "\t", pairs
    if len(named) == 1:
        return named, pairs
    number = _HEX.fullmatch(named)
    if number is None or int(number[1], 16) in _SURROGATES or not int(number[1], 16):
        raise _wrong(f"a LEEF delimiter that is none: {printable(named, 20)!r}")
    return chr(int(number[1], 16)), pairs


def _pairs(text: str, delimiter: str) -> dict[str, str]:
    """Keys and values, at most 512; what has no equals sign belongs to the value before it."""
    found: dict[str, str] = {}
    last = ""
    for part in re.split(rf"(?<!\\){re.escape(delimiter)}", text.strip("\r\n"), maxsplit=_MOST_KEYS):
        key, equals, value = part.partition("=")
        key = key.strip()
        if equals and key and len(key) <= _LONGEST_KEY:
            last = key if key not in found else ""
            found.setdefault(key, _unescaped(value, delimiter))
        elif last:
            found[last] = f"{found[last]}{delimiter}{_unescaped(part, delimiter)}"
    return found


def _unescaped(value: str, delimiter: str) -> str:
    if "\\" not in value:
        return value.strip()
    for mark in {"=", "|", delimiter}:
        value = value.replace(f"\\{mark}", mark)
    return value.strip()


def _wrong(cause: str) -> UnreadableRecordError:
    return UnreadableRecordError(cause, "send LEEF:2.0|vendor|product|version|event|^|key=value^key=value")
