"""Groups as bytes for the store: a head, and pieces of at most 4 KiB with the entries in order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pullcord.detection.correlation.entry import Context, Entry
from pullcord.detection.stream import MOST_VALUE
from pullcord.model.event import SourceTrust

VERSION = 1
_FRAME = 40
"""Bytes around the contexts and entries of a piece, and for the number of a context in an entry."""

PIECE_ROOM = MOST_VALUE - _FRAME


class GroupHead(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a group is, without its entries; fields as in ``Group``.

    Attributes:
        rule: the key of the rule; state of a rule that changed is of no use.
    """

    version: int
    rule: str
    parts: tuple[str, ...]
    newest: int
    touched: int
    fired: int | None
    held: bool


class _Context(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    site: str | None
    asset: str | None
    actor: str | None
    trust: SourceTrust
    text: bool
    entities: tuple[str, ...]


class _Entry(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    time: int
    events: str | tuple[str, ...]
    values: tuple[str | int | float, ...]
    rules: int
    trace: str | None
    context: int


class _Piece(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    contexts: list[_Context]
    entries: list[_Entry]


_encoder = msgspec.msgpack.Encoder()
_heads = msgspec.msgpack.Decoder(GroupHead)
_pieces = msgspec.msgpack.Decoder(_Piece)


def entry_size(entry: Entry, last: Context | None) -> int:
    """Bytes an entry adds to a piece at most, if ``last`` was the context of the entry before."""
    size = len(_encoder.encode((entry.time, entry.events, entry.values, entry.rules, entry.trace, 0))) + 4
    return size if entry.context is last else size + len(_encoder.encode(entry.context))


def write_head(head: GroupHead) -> bytes:
    """The head as bytes."""
    return _encoder.encode(head)


def write_piece(entries: Sequence[Entry]) -> bytes:
    """Entries as bytes; equal contexts once."""
    contexts: dict[Context, int] = {}
    rows = [
        _Entry(
            entry.time,
            entry.events,
            entry.values,
            entry.rules,
            entry.trace,
            contexts.setdefault(entry.context, len(contexts)),
        )
        for entry in entries
    ]
    return _encoder.encode(_Piece([_Context(*context) for context in contexts], rows))


def read_head(data: bytes) -> GroupHead | None:
    """The head, or None if it is damaged or of another version."""
    try:
        head = _heads.decode(data)
    except (msgspec.MsgspecError, ValueError):
        return None
    return head if head.version == VERSION else None


def read_piece(data: bytes, chunk: int) -> list[Entry] | None:
    """The entries of a piece in order of arrival, or None if it is damaged."""
    try:
        piece = _pieces.decode(data)
    except (msgspec.MsgspecError, ValueError):
        return None
    contexts = [
        Context(each.site, each.asset, each.actor, each.trust, each.text, each.entities)
        for each in piece.contexts
    ]
    if any(not 0 <= row.context < len(contexts) or not row.events for row in piece.entries):
        return None
    return [
        Entry(row.time, row.events, row.values, row.rules, contexts[row.context], row.trace, chunk)
        for row in piece.entries
    ]
