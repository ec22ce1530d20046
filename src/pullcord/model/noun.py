"""The base of every noun, and their one canonical byte form."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec


class Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """A frozen record; written and read strictly (unknown fields are an error)."""


_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:  # noqa: ANN401  (anything msgspec can write)
    """The canonical JSON bytes of a noun: all keys sorted, no blanks, UTF-8; what is hashed and signed."""
    return _encoder.encode(value)


def digest(value: Any) -> str:  # noqa: ANN401  (anything msgspec can write)
    """SHA-256 of :func:`canonical`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_bytes(data: bytes) -> str:
    """SHA-256 of raw bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
