"""Reads OTLP attributes from the bytes of their ``KeyValue`` messages, without making a message of each.

Only the encodings that every exporter writes are read here (https://protobuf.dev/programming-guides/encoding: key
before value, nothing twice, nothing unknown); all else is for the careful way.
"""

from __future__ import annotations

import math
import struct
from base64 import b64encode
from collections.abc import Sequence

import msgspec

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.messages import double
from pullcord.intake.protobuf import read_varint
from pullcord.model.event import Value

_KEY, _HELD = b"\x0a", b"\x12"
"""How the fields of a ``KeyValue`` begin."""
_TEXT, _BOOL, _WHOLE, _DOUBLE, _ARRAY, _BYTES = 0x0A, 0x10, 0x18, 0x21, 0x2A, 0x3A
"""How the fields of an ``AnyValue`` begin."""
_ITEM = 0x0A
"""How the fields of an ``ArrayValue`` begin."""
_LONG = 0x80
"""From here on a length takes two bytes."""
_MOST_NAMES, _MOST_PAIRS = 4_096, 8_192
_SHORT = 64
"""Bytes of a ``KeyValue`` that is worth keeping."""
_MOST_VALUES = 64
"""Kept of one name: the same few come over and over, or none comes again."""
_unpack = struct.Struct("<d").unpack_from


class _Name(msgspec.Struct, gc=False):
    """The name of an attribute, and how many more of its values are kept."""

    text: str
    room: int


_pairs: dict[bytes, tuple[str, Value]] = {}
_names: dict[bytes, _Name] = {}
"""Names by the bytes from the beginning of a ``KeyValue`` to the length of its value."""


def read_pairs(pairs: Sequence[bytes], into: dict[str, Value]) -> int:
    """Enter a list of ``KeyValue``; how many messages it holds, or -1 where one has to be looked at closely."""
    try:
        return _read(pairs, into)
    except (IndexError, UnicodeDecodeError, UnreadableRecordError):
        return -1


def _read(pairs: Sequence[bytes], into: dict[str, Value]) -> int:
    known_pairs, known_names = _pairs, _names
    counted = 0
    for pair in pairs:
        known = known_pairs.get(pair)
        if known is not None:
            name, value = known
            into[name] = value
            continue
        place = pair[1] + 3
        head = pair[:place]
        found = known_names.get(head) or _name(head)
        if found is None:
            return -1
        size = pair[place]
        # The usual case without a second look: a text so short that its lengths are one byte each.
        if (
            size < _LONG
            and pair[place + 1] == _TEXT
            and pair[place + 2] == size - 2
            and len(pair) == place + size + 1
        ):
            value = pair[place + 3 :].decode()
        else:
            other = _value(pair, place)
            if other is None:
                return -1
            value = other
            if isinstance(value, list):
                counted += len(value)
        into[found.text] = value
        if found.room > 0 and len(pair) <= _SHORT:
            _keep(pair, found, value)
    return counted + 2 * len(pairs)


def _keep(pair: bytes, name: _Name, value: Value) -> None:
    if isinstance(value, list):
        return
    name.room -= 1
    if len(_pairs) >= _MOST_PAIRS:
        _pairs.clear()
        _names.clear()
    _pairs[pair] = name.text, value


def _name(head: bytes) -> _Name | None:
    """The name that the beginning of a ``KeyValue`` holds, if it is a name and a value follows."""
    if head[:1] != _KEY or head[-1:] != _HELD or head[1] >= _LONG or len(head) != head[1] + 3:
        return None
    found = _Name(head[2:-1].decode(), _MOST_VALUES)
    if len(_names) >= _MOST_NAMES:
        _names.clear()
        _pairs.clear()
    _names[head] = found
    return found


def _value(data: bytes, place: int) -> Value | None:
    """The ``AnyValue`` whose length stands at a place and that ends with the data; None where it is odd."""
    end = len(data)
    size, place = read_varint(data, place, "")
    if not size or place + size != end:
        return None
    kind = data[place]
    place += 1
    if kind == _WHOLE:
        return _number(data, place)
    if kind == _DOUBLE and place + 8 == end:
        real: float = _unpack(data, place)[0]
        return real if math.isfinite(real) else str(double(real))
    if kind == _BOOL and place + 1 == end and data[place] <= 1:
        return data[place] == 1
    return _long(kind, data, place) if kind in (_TEXT, _BYTES, _ARRAY) else None


def _long(kind: int, data: bytes, place: int) -> Value | None:
    """What holds as many bytes as stands at a place and ends with the data; None where it is odd."""
    size, place = read_varint(data, place, "")
    if place + size != len(data):
        return None
    if kind == _TEXT:
        return data[place:].decode()
    return b64encode(data[place:]).decode() if kind == _BYTES else _list(data, place)


def _number(data: bytes, place: int) -> int | None:
    """The ``int64`` from a place to the end of the data; None where it ends elsewhere."""
    number, place = read_varint(data, place, "")
    if place != len(data) or number >> 64:
        return None
    return number - (1 << 64) if number >> 63 else number


def _list(data: bytes, place: int) -> Value | None:
    """The ``ArrayValue`` from a place to the end of the data, if it holds scalars of one kind."""
    found: list[str | int | float | bool] = []
    end = len(data)
    while place < end:
        if data[place] != _ITEM:
            return None
        begin = place + 1
        size, place = read_varint(data, begin, "")
        # No list within a list: it could hold the next one, and so on.
        if not size or place + size > end or data[place] == _ARRAY:
            return None
        place += size
        item = _value(data[begin:place], 0)
        if item is None or isinstance(item, list) or (found and type(item) is not type(found[0])):
            return None
        found.append(item)
    return found
