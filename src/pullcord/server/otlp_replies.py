"""The three small messages that OTLP/HTTP answers with, written by hand: nothing else here needs protobuf.

Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. ``Status`` is ``google.rpc.Status``.
"""

from __future__ import annotations

import msgspec

PROTOBUF, JSON = "application/x-protobuf", "application/json"
_BYTES = 2
_LONGEST = 1_000
_SEVEN, _MORE = 0x7F, 0x80


def media_of(content_type: str) -> str:
    """The encoding of the answer: protobuf to protobuf, and JSON to everything else."""
    return PROTOBUF if content_type.partition(";")[0].strip().lower() == PROTOBUF else JSON


def success(media: str, rejected: int, message: str, json_name: str) -> bytes:
    """``Export…ServiceResponse``: empty, or with a partial success.

    Args:
        rejected: spans or log records that were left out.
        message: why the first of them was.
        json_name: ``rejectedSpans`` or ``rejectedLogRecords``.
    """
    message = message[:_LONGEST]
    if media == JSON:
        partial = {json_name: str(rejected), "errorMessage": message}
        return msgspec.json.encode({"partialSuccess": partial} if rejected else {})
    if not rejected:
        return b""
    return _field(1, b"\x08" + _varint(rejected) + _field(2, message.encode()))


def status(media: str, code: int, message: str) -> bytes:
    """``Status``; ``code`` is one of ``google.rpc.Code``."""
    message = message[:_LONGEST]
    if media == JSON:
        return msgspec.json.encode({"code": code, "message": message})
    return b"\x08" + _varint(code) + _field(2, message.encode())


def _field(number: int, held: bytes) -> bytes:
    return bytes([number << 3 | _BYTES]) + _varint(len(held)) + held


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > _SEVEN:
        parts.append(number & _SEVEN | _MORE)
        number >>= 7
    parts.append(number)
    return bytes(parts)
