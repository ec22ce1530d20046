"""Writes Sparkplug B payloads by hand, for tests."""

from __future__ import annotations

import struct

from pullcord.intake.protobuf import field, varint


def number(at: int, value: int) -> bytes:
    return varint(at << 3) + varint(value)


def metric(
    name: str = "",
    value: object = None,
    alias: int | None = None,
    datatype: int = 10,
    *,
    time: int | None = None,
    quality: int | None = None,
    flags: tuple[int, ...] = (),
) -> bytes:
    """One metric; `flags` are numbers of boolean fields that are set (5 historical, 7 null)."""
    parts = [field(1, name.encode())] if name else []
    parts += [number(2, alias)] if alias is not None else []
    parts += [number(3, time)] if time is not None else []
    parts += [number(4, datatype)] if datatype else []
    parts += [number(flag, 1) for flag in flags]
    if quality is not None:
        held = number(1, 3) + number(3, quality)
        parts.append(field(9, field(1, b"Quality") + field(2, held)))
    if isinstance(value, bool):
        parts.append(number(14, value))
    elif isinstance(value, int):
        parts.append(
            number(11 if abs(value) >> 32 else 10, value & (2**64 - 1 if datatype in (4, 8) else 2**32 - 1))
        )
    elif isinstance(value, float):
        wide = datatype == 10
        parts.append(
            varint(13 << 3 | 1) + struct.pack("<d", value)
            if wide
            else varint(12 << 3 | 5) + struct.pack("<f", value)
        )
    elif isinstance(value, str):
        parts.append(field(15, value.encode()))
    elif isinstance(value, bytes):
        parts.append(field(16, value))
    return b"".join(parts)


def payload(*metrics: bytes, seq: int | None = None, time: int = 1_790_000_000_000) -> bytes:
    whole = number(1, time) + b"".join(field(2, one) for one in metrics)
    return whole + (number(3, seq) if seq is not None else b"")
