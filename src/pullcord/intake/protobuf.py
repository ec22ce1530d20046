"""Walks protobuf wire format (https://protobuf.dev/programming-guides/encoding) without building messages.

Why not parse a request whole: 16 MiB of two-byte spans would become gigabytes of messages, and one broken span
would take all others with it. So the outer levels are walked here, and only spans and log records are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from pullcord.intake.errors import UnreadableRecordError

_SEVEN, _MORE = 0x7F, 0x80
_LONGEST = 70  # bits that ten bytes, the longest varint, carry
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# A length-delimited field of number 1 to 15 that holds next to nothing, overlong spellings included.
_TINY = re.compile(
    rb"[\x0a\x12\x1a\x22\x2a\x32\x3a\x42\x4a\x52\x5a\x62\x6a\x72\x7a](?:[\x00-\x07]|[\x80-\x87]\x80{0,9}\x00)"
)
_TINY_LONG = re.compile(
    rb"[\x8a\x92\x9a\xa2\xaa\xb2\xba\xc2\xca\xd2\xda\xe2\xea\xf2\xfa]\x80{0,9}\x00(?:[\x00-\x07]|[\x80-\x87]\x80{0,9}\x00)"
)
_CURE = "check the exporter and what stands between it and Pullcord"


class Field(NamedTuple):
    """A field of a message: its number, what a length-delimited one holds (else None), and all of its bytes."""

    number: int
    held: bytes | None
    whole: bytes


def fields(data: bytes, path: str) -> Iterator[Field]:
    """The fields of a message, in their order.

    Args:
        path: of the message, for complaints.

    Raises:
        UnreadableRecordError: it is no protobuf message.
    """
    place, end = 0, len(data)
    while place < end:
        begin = place
        key, place = read_varint(data, place, path)
        kind = key & 7
        held = None
        if kind == _BYTES:
            size, place = read_varint(data, place, path)
            held = data[place : place + size]
            place += size
        elif kind == _VARINT:
            _, place = read_varint(data, place, path)
        elif kind == _FIXED64:
            place += 8
        elif kind == _FIXED32:
            place += 4
        else:
            raise broken(path)
        if place > end:
            raise broken(path)
        yield Field(key >> 3, held, data[begin:place])


def leading(data: bytes, number: int, path: str, count: Callable[[int], None]) -> tuple[list[bytes], bytes]:
    """What the length-delimited fields of this number hold with which a message begins, and the rest of its bytes.

    Args:
        number: 1 to 15.
        path: of the message, for complaints.
        count: told of each field before it is kept; may raise.

    Raises:
        UnreadableRecordError: the message ends within a field.
    """
    found: list[bytes] = []
    key, place, end = number << 3 | _BYTES, 0, len(data)
    while place < end and data[place] == key:
        size, place = read_varint(data, place + 1, path)
        after = place + size
        if after > end:
            raise broken(path)
        count(1)
        found.append(data[place:after])
        place = after
    return found, data[place:]


def field(number: int, held: bytes) -> bytes:
    """The bytes of a length-delimited field."""
    return varint(number << 3 | _BYTES) + varint(len(held)) + held


def varint(number: int) -> bytes:
    """A whole number from 0 as a variable-length integer."""
    parts = bytearray()
    while number > _SEVEN:
        parts.append(number & _SEVEN | _MORE)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def is_crowded(data: bytes, most: int) -> bool:
    """Whether a message may hold more than ``most`` tiny messages, each of which costs far more than its bytes."""
    if len(data) <= most:
        return False
    return any(
        next(islice(tiny.finditer(data), most, None), None) is not None for tiny in (_TINY, _TINY_LONG)
    )


def broken(path: str) -> UnreadableRecordError:
    """The complaint about bytes that are no protobuf message, or no such message."""
    return UnreadableRecordError(f"{path}: no valid protobuf message, not UTF-8, or nested too deeply", _CURE)


def read_varint(data: bytes, place: int, path: str) -> tuple[int, int]:
    """A variable-length integer and the place after it.

    Args:
        path: of the message, for complaints.

    Raises:
        UnreadableRecordError: the data end within it, or it is longer than the longest.
    """
    try:
        byte = data[place]
        if byte < _MORE:
            return byte, place + 1
        value, shift = byte & _SEVEN, 7
        while (byte := data[place + 1]) >= _MORE:
            value |= (byte & _SEVEN) << shift
            shift += 7
            place += 1
            if shift >= _LONGEST:
                raise broken(path)
    except IndexError:
        raise broken(path) from None
    return value | byte << shift, place + 2
