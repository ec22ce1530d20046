"""OTLP as protobuf, the fast way: spans without a message for each attribute.

What :mod:`pullcord.intake.otlp.raw_pairs` does not read is left to the careful way, span by span.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.intake.otlp.lean import lean_span
from pullcord.intake.otlp.messages import Count, happenings
from pullcord.intake.otlp.quick import QuickSpan
from pullcord.intake.otlp.raw_pairs import read_pairs
from pullcord.intake.otlp.spans import kind, status_code
from pullcord.model.event import Value
from pullcord.model.times import LATEST

_TRACE, _SPAN = 16, 8
"""Bytes of ids."""
_CODES = {b"\x18\x00": 0, b"\x18\x01": 1, b"\x18\x02": 2}
"""A ``Status`` that holds nothing but a code."""
_WIDER = 2
"""Bytes become base64: at most so many characters for each byte of a message."""


class SpanReader:
    """Reads spans from their bytes."""

    def __init__(self, count: Count) -> None:
        """Load what is needed.

        Args:
            count: told of messages as they are made, as in :mod:`pullcord.intake.otlp.messages`.
        """
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
        from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

        self._count = count
        self._error: type[Exception] = DecodeError
        self._lean, self._full, self._status = lean_span().FromString, Span.FromString, Status.FromString

    def read(self, data: bytes) -> QuickSpan | None:
        """The span, or None where it has to be looked at closely."""
        attributes: dict[str, Value] = {}
        try:
            span = self._lean(data)
            messages = read_pairs(span.attributes, attributes)
            if messages < 0:
                return None
            code, message = self._result(span.status) if span.status else (0, "")
            full = self._full(data) if span.events or span.links else None
        except self._error:
            return None
        trace, own, parent = span.trace_id, span.span_id, span.parent_span_id
        start, end = span.start_time_unix_nano, span.end_time_unix_nano
        if not _is_id(trace, _TRACE) or not _is_id(own, _SPAN) or len(parent) not in (0, _SPAN):
            return None
        if start > LATEST or end > LATEST:
            return None
        self._count(messages)
        return QuickSpan(
            trace=trace.hex(),
            own=own.hex(),
            parent=parent.hex() if any(parent) else None,
            name=span.name,
            kind=kind(span.kind),
            start=start,
            end=end,
            code=status_code(code),
            message=message,
            attributes=attributes,
            size=_WIDER * len(data),
            more=None if full is None else happenings(full, self._count),
        )

    def _result(self, parts: Sequence[bytes]) -> tuple[int, str]:
        """Code and message of a status; one that comes twice is merged, and so are its bytes."""
        code = _CODES.get(parts[0]) if len(parts) == 1 else None
        if code is not None:
            return code, ""
        status = self._status(b"".join(parts))
        return status.code, status.message


def _is_id(data: bytes, size: int) -> bool:
    return len(data) == size and any(data)
