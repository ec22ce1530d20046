"""Takes Sparkplug B payloads apart: protobuf by hand, because a generated module would be the larger part.

Source: Eclipse Sparkplug 3.0, chapter 6 (message ``org.eclipse.tahu.protobuf.Payload``). Data sets, templates and
extensions are passed over; their metric says that it holds something else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from pullcord.intake.errors import UnreadableRecordError
from pullcord.model.noun import digest_bytes

NAMESPACE = "spBv1.0"
MOST_METRICS = 5_000
"""Metrics of a message that are read."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SEVEN, _MORE, _LONGEST = 0x7F, 0x80, 70
_MOST_FIELDS = 200_000
_LONGEST_TEXT = 4_096
_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
_INT, _LONG, _FLOAT, _DOUBLE, _BOOLEAN, _STRING, _OCTETS = range(10, 17)
_LARGEST_FLOAT = 3.4e38
_CURE = "check the edge node that sends it: Sparkplug B 3.0 is read"

Scalar = str | int | float | bool


class Metric(NamedTuple):
    """One metric; ``value`` is None if it is null or of a kind that is not read.

    Attributes:
        name: empty where an alias stands for it.
        time: milliseconds since 1970, if it says one.
        quality: the number of its property ``Quality`` (192 good, 0 bad, 500 stale), if it says one.
    """

    name: str = ""
    alias: int | None = None
    time: int | None = None
    datatype: int = 0
    historical: bool = False
    null: bool = False
    value: Scalar | None = None
    quality: int | None = None


class Payload(NamedTuple):
    """A message; ``left_out`` counts metrics beyond :data:`MOST_METRICS`."""

    time: int | None
    seq: int | None
    metrics: tuple[Metric, ...]
    left_out: int


def parse(data: bytes) -> Payload:
    """Take a payload apart.

    Raises:
        UnreadableRecordError: it is no protobuf message, or a text in it is not UTF-8.
    """
    time = seq = None
    metrics: list[Metric] = []
    left_out = 0
    for number, value in _fields(data):
        if number == 1 and isinstance(value, int):
            time = value
        elif number == 2 and isinstance(value, bytes):  # noqa: PLR2004  (field numbers of the schema)
            if len(metrics) < MOST_METRICS:
                metrics.append(_metric(value))
            else:
                left_out += 1
        elif number == 3 and isinstance(value, int):  # noqa: PLR2004
            seq = value
    return Payload(time, seq, tuple(metrics), left_out)


def typed(metric: Metric, datatype: int) -> Scalar | None:
    """The value of a metric whose type is known from its birth: signed integers travel as unsigned ones."""
    value, bits = metric.value, _SIGNED.get(datatype)
    if bits is None or not isinstance(value, int) or isinstance(value, bool):
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _metric(data: bytes) -> Metric:
    name, alias, time, datatype, quality = "", None, None, 0, None
    historical = null = False
    value: Scalar | None = None
    for number, held in _fields(data):
        if isinstance(held, int):
            alias = held if number == 2 else alias  # noqa: PLR2004
            time = held if number == 3 else time  # noqa: PLR2004
            datatype = held if number == 4 else datatype  # noqa: PLR2004
            historical = bool(held) if number == 5 else historical  # noqa: PLR2004
            null = bool(held) if number == 7 else null  # noqa: PLR2004
        elif number == 1:
            name = _text(held)
        elif number == 9:  # noqa: PLR2004
            quality = _quality(held)
        if _INT <= number <= _OCTETS:
            value = _value(number, held)
    metric = Metric(name, alias, time, datatype, historical, null, None if null else value, quality)
    return metric._replace(value=typed(metric, datatype))


def _value(number: int, held: int | bytes) -> Scalar | None:
    if isinstance(held, int):
        return bool(held) if number == _BOOLEAN else held
    if number == _FLOAT and len(held) == 4:  # noqa: PLR2004  (bytes of a float)
        return _finite(_short(held))
    if number == _DOUBLE and len(held) == 8:  # noqa: PLR2004  (bytes of a double)
        return _finite(float(struct.unpack("<d", held)[0]))
    if number == _STRING:
        return _text(held)
    return f"{len(held)} bytes, sha256 {digest_bytes(held)}" if number == _OCTETS else None


def _short(held: bytes) -> float:
    """The shortest decimal that is the same 32-bit number: 0.1 and not 0.10000000149011612."""
    exact = float(struct.unpack("<f", held)[0])
    for digits in range(6, 9):
        shorter = float(f"{exact:.{digits}g}")
        if exact - exact == 0 and abs(shorter) <= _LARGEST_FLOAT and struct.pack("<f", shorter) == held:
            return shorter
    return exact


def _finite(number: float) -> Scalar:
    """JSON has no words for what is not finite: it stays text."""
    return number if number - number == 0 else str(number)


def _quality(data: bytes) -> int | None:
    """The value of ``Quality`` in a property set: keys and values are two lists side by side."""
    keys: list[str] = []
    values: list[int | None] = []
    for number, held in _fields(data):
        if number == 1 and isinstance(held, bytes):
            keys.append(_text(held))
        elif number == 2 and isinstance(held, bytes):  # noqa: PLR2004
            inside = dict(_fields(held))
            found = inside.get(3, inside.get(4))
            values.append(found if isinstance(found, int) else None)
    return next((value for key, value in zip(keys, values, strict=False) if key == "Quality"), None)


def _text(held: bytes) -> str:
    try:
        return held[: 4 * _LONGEST_TEXT].decode()[:_LONGEST_TEXT]
    except UnicodeDecodeError as error:
        raise _broken() from error


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field: a number for variable-length integers, else bytes."""
    place, end, seen = 0, len(data), 0
    while place < end:
        seen += 1
        if seen > _MOST_FIELDS:
            raise _broken()
        key, place = _varint(data, place)
        kind = key & 7
        if kind == _VARINT:
            value, place = _varint(data, place)
            yield key >> 3, value & (2**64 - 1)
            continue
        if kind == _BYTES:
            size, place = _varint(data, place)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise _broken()
        if place + size > end:
            raise _broken()
        yield key >> 3, data[place : place + size]
        place += size


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < _LONGEST:
        byte = data[place]
        value |= (byte & _SEVEN) << shift
        place, shift = place + 1, shift + 7
        if byte < _MORE:
            return value, place
    raise _broken()


def _broken() -> UnreadableRecordError:
    return UnreadableRecordError("no Sparkplug B payload", _CURE)
