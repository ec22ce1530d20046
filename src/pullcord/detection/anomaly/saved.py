"""State entries: bytes with a checksum in front, so that damage is seen and never half-believed."""

from __future__ import annotations

from hashlib import blake2b
from typing import TypeVar

import msgspec

T = TypeVar("T")

_SUM = 8
_encoder = msgspec.msgpack.Encoder()


def entry_name(entity: tuple[str, ...]) -> str:
    """A short name for an entity, of hexadecimal digits."""
    return blake2b(_encoder.encode(entity), digest_size=16).hexdigest()


def pack(value: object) -> bytes:
    """The bytes of an entry."""
    data = _encoder.encode(value)
    return _sum(data) + data


def unpack(data: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """The value of an entry.

    Raises:
        ValueError: it is damaged, or of another version of Pullcord.
    """
    if _sum(data[_SUM:]) != data[:_SUM]:
        raise ValueError("the checksum does not fit")
    # msgspec's own errors are ValueErrors too.
    return decoder.decode(data[_SUM:])


def _sum(data: bytes) -> bytes:
    return blake2b(data, digest_size=_SUM).digest()
