"""OTLP as protobuf: one ``ExportTraceServiceRequest`` or ``ExportLogsServiceRequest`` → events.

Source: opentelemetry-proto 1.x. Spans and log records become the objects that OTLP/JSON has, so both encodings of a
request give the same events. ``MessageToDict`` would do so too, in several times the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp import request
from pullcord.intake.otlp.depths import without_depths
from pullcord.intake.otlp.messages import Json, log_record, pairs, span
from pullcord.intake.otlp.quick import QuickSpan
from pullcord.intake.otlp.quick_proto import SpanReader
from pullcord.intake.protobuf import Field, broken, fields, is_crowded, leading
from pullcord.model.event import Event
from pullcord.model.noun import digest_bytes

if TYPE_CHECKING:
    from google.protobuf.message import Message  # type: ignore[import-untyped]

M = TypeVar("M", bound="Message")


class Signal(Enum):
    """What a request holds: the names of its levels in OTLP/JSON. Their field numbers are the same for both."""

    TRACES = ("resourceSpans", "scopeSpans", "spans")
    LOGS = ("resourceLogs", "scopeLogs", "logRecords")


_GROUP = 1
_OWNER, _ITEMS = 1, 2
"""Field numbers: resource and scopes of a group, scope and leaves of a scope."""


def decode(
    raw: bytes, signal: Signal, ctx: Context, *, careful: bool = False
) -> tuple[list[Event], request.Problems]:
    """The events of one request, and what in it could not be read: broken spans and log records are left out.

    Args:
        careful: leave the fast way out; the result is the same.

    Raises:
        UnreadableRecordError: the request is no protobuf message, or holds too many messages.
    """
    reader = _Reader(signal, ctx, careful=careful)
    found, problems = request.events(reader.request(raw), ctx, digest_bytes(raw), careful=careful)
    return found, reader.problems + problems


class _Reader:
    """Turns one request into an OTLP/JSON object."""

    def __init__(self, signal: Signal, ctx: Context, *, careful: bool) -> None:
        from google.protobuf.message import DecodeError
        from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
        from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
        from opentelemetry.proto.resource.v1.resource_pb2 import Resource
        from opentelemetry.proto.trace.v1.trace_pb2 import Span

        self.problems: request.Problems = []
        self._signal, self._ctx = signal, ctx
        self._left = self._most = ctx.limits.max_containers
        self._error: type[Exception] = DecodeError
        self._types = Resource, InstrumentationScope, Span, LogRecord
        self._quick = None if careful or signal is Signal.LOGS else SpanReader(self._count)

    def request(self, raw: bytes) -> Json:
        """The request as an object."""
        name = self._signal.value[0]
        groups = (
            one.held for one in self._fields(raw, "request") if one.number == _GROUP and one.held is not None
        )
        return {name: [self._group(data, f"{name}[{place}]") for place, data in enumerate(groups)]}

    def _group(self, data: bytes, path: str) -> Json:
        name = self._signal.value[1]
        owner, items = self._split(data, path)
        resource = self._parsed(self._types[0], owner, f"{path}.resource")
        return {
            "resource": {"attributes": pairs(resource.attributes, self._count) if resource else []},
            name: [self._scoped(item, f"{path}.{name}[{place}]") for place, item in enumerate(items)],
        }

    def _scoped(self, data: bytes, path: str) -> Json:
        name = self._signal.value[2]
        owner, items = self._split(data, path)
        scope = self._parsed(self._types[1], owner, f"{path}.scope")
        leaves = [self._leaf(item, f"{path}.{name}", place) for place, item in enumerate(items)]
        return {
            "scope": {"name": scope.name if scope else ""},
            name: [leaf for leaf in leaves if leaf is not None],
        }

    def _leaf(self, data: bytes, level: str, place: int) -> Json | QuickSpan | None:
        if self._quick is not None and len(data) <= self._most:
            quick = self._quick.read(data)
            if quick is not None:
                return quick
        if self._signal is Signal.TRACES:
            found = self._parsed(self._types[2], data, f"{level}[{place}]")
            return None if found is None else span(found, self._count)
        record = self._parsed(self._types[3], data, f"{level}[{place}]")
        return None if record is None else log_record(record, self._count)

    def _parsed(self, kind: type[M], data: bytes, path: str) -> M | None:
        """The message; None, and a problem more, if it is broken."""
        if is_crowded(data, self._most):
            raise self._too_many()
        try:
            return kind.FromString(data)  # type: ignore[no-any-return]
        except self._error:
            pass
        # Perhaps it is only nested more deeply than the parser goes, which whoever writes a prompt may have chosen.
        try:
            kept, cut = without_depths(data, kind.DESCRIPTOR.name, path)
            found = kind.FromString(kept)
        except (self._error, UnreadableRecordError):
            self.problems.append(broken(path))
            return None
        self._ctx.counters.truncated += cut
        return found  # type: ignore[no-any-return]

    def _split(self, data: bytes, path: str) -> tuple[bytes, list[bytes]]:
        """The owner (a message that comes twice is merged, and so are its bytes) and the items of a level."""
        # The usual order without a second look.
        owner, rest = leading(data, _OWNER, path, self._count)
        items, rest = leading(rest, _ITEMS, path, self._count)
        for one in self._fields(rest, path):
            if one.held is not None and one.number in (_OWNER, _ITEMS):
                (owner if one.number == _OWNER else items).append(one.held)
        return b"".join(owner), items

    def _fields(self, data: bytes, path: str) -> Iterator[Field]:
        """The fields of a message, each counted before it is kept: two bytes can be one."""
        for one in fields(data, path):
            self._count(1)
            yield one

    def _count(self, messages: int) -> None:
        self._left -= messages
        if self._left < 0:
            raise self._too_many()

    def _too_many(self) -> UnreadableRecordError:
        return UnreadableRecordError(
            f"more than {self._most} messages in one request", "send smaller batches"
        )
