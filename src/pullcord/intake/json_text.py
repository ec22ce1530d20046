"""Decodes the JSON of one record, strictly and bounded (RFC 8259; parser: orjson)."""

from __future__ import annotations

import re
from typing import NamedTuple

import orjson

from pullcord.intake.errors import UnreadableRecordError

# Every escape sequence in order, so that an escaped backslash before a `u` is not taken for one.
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)",
    re.DOTALL,
)
_HALF = 6
"""Bytes of ``\\ud83d``: half of a surrogate pair on its own."""


class Loaded(NamedTuple):
    """A decoded value; ``replaced`` says that half surrogate pairs became U+FFFD."""

    value: object
    replaced: bool


def load(raw: bytes, max_containers: int) -> Loaded:
    """Decode one JSON text. Of a key that comes twice the last value counts.

    Half surrogate pairs, which truncating writers leave behind, become U+FFFD: refusing them would let
    whoever writes a prompt hide the record.

    Raises:
        UnreadableRecordError: no JSON, not UTF-8, NaN or Infinity, nested over 1,024 levels, or more than
            ``max_containers`` objects and arrays.
    """
    if len(raw) > max_containers and raw.count(b"{") + raw.count(b"[") > max_containers:
        raise UnreadableRecordError(
            f"more than {max_containers} objects and arrays in one record", "split it at its source"
        )
    try:
        return Loaded(orjson.loads(raw), replaced=False)
    except orjson.JSONDecodeError as error:
        if "surrogate" in error.msg and "UTF-8" not in error.msg:
            return _without_halves(raw)
        raise _explained(raw, error) from error


def _without_halves(raw: bytes) -> Loaded:
    mended = _ESCAPES.sub(
        lambda found: b"\\ufffd" if len(found[0]) == _HALF and found[0][1:2] == b"u" else found[0], raw
    )
    try:
        return Loaded(orjson.loads(mended), replaced=True)
    except orjson.JSONDecodeError as error:
        raise _explained(raw, error) from error


def _explained(raw: bytes, error: orjson.JSONDecodeError) -> UnreadableRecordError:
    if b"\0" in raw:
        return UnreadableRecordError("binary data", "give text: one JSON object per line")
    if "UTF-8" in error.msg:
        return UnreadableRecordError("not valid UTF-8", "convert the text to UTF-8 at its source")
    if "depth" in error.msg:
        return UnreadableRecordError("nested more than 1,024 levels deep", "flatten it at its source")
    if "infinity" in error.msg:
        return UnreadableRecordError("a number is too large", "write it as text")
    place = f"at character {error.pos}" if error.pos < len(raw) else "it ends too early"
    return UnreadableRecordError(f"no JSON ({place})", "write one JSON object per line")
