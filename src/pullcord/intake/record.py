"""From the bytes of one record to its JSON object."""

from __future__ import annotations

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import kind
from pullcord.intake.json_text import load


def read_object(raw: bytes, ctx: Context) -> dict[str, object]:
    """The JSON object that a record is.

    Raises:
        UnreadableRecordError: it is too long, no JSON, or no object.
    """
    if len(raw) > ctx.limits.max_document:
        raise UnreadableRecordError(f"{len(raw)} bytes in one record", "split it at its source")
    value, replaced = load(raw, ctx.limits.max_containers)
    ctx.counters.replaced += replaced
    if not isinstance(value, dict):
        raise UnreadableRecordError(f"{kind(value)} instead of an object", "write one JSON object per line")
    return value
