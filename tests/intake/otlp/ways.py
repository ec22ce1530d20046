"""Decodes a request the fast way and the careful way, for comparison to the last detail."""

from __future__ import annotations

from pullcord.intake.context import Context, Limits
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp import proto, request
from pullcord.intake.otlp.proto import Signal
from pullcord.model.event import SourceTrust

NOW = 1_790_000_000_000_000_000


PLAIN = Limits()


def context(limits: Limits = PLAIN) -> Context:
    """A context of its own, with counters at zero."""
    return Context(source="gateway", received=NOW, trust=SourceTrust.AUTHENTICATED, limits=limits)


def json_told(raw: bytes, limits: Limits = PLAIN, *, careful: bool) -> str:
    """All that reading JSON gives: events with the order and types of their attributes, problems, counters."""
    ctx = context(limits)
    try:
        return repr((request.decode(raw, ctx, careful=careful), ctx.counters))
    except UnreadableRecordError as error:
        return repr((error, ctx.counters))


def proto_told(raw: bytes, limits: Limits = PLAIN, signal: Signal = Signal.TRACES, *, careful: bool) -> str:
    """The same of protobuf."""
    ctx = context(limits)
    try:
        return repr((proto.decode(raw, signal, ctx, careful=careful), ctx.counters))
    except UnreadableRecordError as error:
        return repr((error, ctx.counters))
