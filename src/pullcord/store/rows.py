"""Bodies of rows: nouns as canonical JSON, read back strictly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TypeVar

import msgspec

from pullcord.model.noun import Noun, canonical
from pullcord.store.errors import CorruptRowError, UnstorableError

CHUNK = 500
"""Most values in one ``IN`` list or insert (SQLite allows 32,766 variables in a statement)."""
MAX_BODY = 64 * 1024 * 1024
"""Bytes; a body beyond this is a mistake or an attack, and would stall every reader."""

N = TypeVar("N", bound=Noun)
T = TypeVar("T")


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most ``size``."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def encode(noun: Noun) -> bytes:
    """A noun as the body of a row.

    Raises:
        UnstorableError: it holds NaN or text that is not Unicode, or is larger than ``MAX_BODY``.
    """
    try:
        body = canonical(noun)
        # NaN becomes null when written: what could not be read back must not be kept.
        _decoder(type(noun)).decode(body)
    except (UnicodeEncodeError, OverflowError, msgspec.MsgspecError) as error:
        raise UnstorableError(
            f"a {type(noun).__name__} cannot be written: {error}", "drop the field it came from at the source"
        ) from error
    if len(body) > MAX_BODY:
        raise UnstorableError(
            f"a {type(noun).__name__} of {len(body)} bytes is over the limit of {MAX_BODY}",
            "split it, or drop its largest fields",
        )
    return body


@cache
def _decoder(kind: type[N]) -> msgspec.json.Decoder[N]:
    return msgspec.json.Decoder(kind)


def decode(kind: type[N], body: object, table: str, key: str) -> N:
    """A noun from the body of a row.

    Raises:
        CorruptRowError: the body is not such a noun; names the table and the key.
    """
    try:
        if not isinstance(body, bytes):
            message = f"expected bytes, found {type(body).__name__}"
            raise msgspec.ValidationError(message)
        noun: N = _decoder(kind).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise corrupt(table, key, str(error)) from error
    return noun


def corrupt(table: str, key: str, why: str) -> CorruptRowError:
    """The error for a row that is not what was written."""
    return CorruptRowError(
        f"row {key[:80]!r} of table {table} is damaged: {why}",
        "restore the state from a backup, or remove that row after keeping a copy of state.sqlite",
    )
