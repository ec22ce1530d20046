"""Batches of events as the inbox keeps them: one JSON line for each event."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pullcord.model.event import Event
from pullcord.store.errors import LakeDamagedError
from pullcord.store.segments import encode_event

_decoder = msgspec.json.Decoder(Event)


def encode_batch(events: Iterable[Event]) -> bytes:
    """The body of a batch.

    Raises:
        UnstorableError: an event is one that the lake would refuse later, so it must not be acknowledged.
    """
    # JSON escapes line breaks within text, so that a line is an event.
    return b"\n".join(encode_event(event) for event in events)


def decode_batch(number: int, body: bytes) -> list[Event]:
    """The events of a batch.

    Raises:
        LakeDamagedError: it is no batch; names its number.
    """
    try:
        return _decoder.decode_lines(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LakeDamagedError(
            f"batch {number} of the inbox does not decode: {error}", "restore the state from a backup"
        ) from error
