"""Telemetry in: OTLP/HTTP and NDJSON. An answer of success means that everything not rejected is durable."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.di import NamedDependency

from pullcord.app.people.services import BodyKind, Decoded, OversizeBodyError, Taken, decode
from pullcord.model.person import Principal, Scope
from pullcord.server.entry import SCOPES
from pullcord.server.inside import Inside
from pullcord.server.otlp_replies import media_of, success

_INGEST = {SCOPES: frozenset({Scope.INGEST})}
Given = NamedDependency[Inside]
TelemetryRequest = Request[Principal, Any, Any]


class RejectedLine(msgspec.Struct, frozen=True):
    """A line that was left out; ``line`` from 1."""

    line: int
    cause: str
    cure: str


class EventsReply(msgspec.Struct, frozen=True):
    """What became of a batch.

    Attributes:
        accepted: events and findings that were new.
        duplicates: events whose ids were known.
        rejected: the first hundred lines that were left out.
        rejected_total: how many there were.
    """

    accepted: int
    duplicates: int
    rejected: list[RejectedLine]
    rejected_total: int


@post("/v1/traces", status_code=200, opt=_INGEST)
async def traces(request: TelemetryRequest, inside: Given) -> Response[bytes]:
    """OTLP spans, as protobuf or JSON."""
    decoded, _ = await _receive(BodyKind.TRACES, request, inside)
    return _otlp_reply(request, decoded, "rejectedSpans")


@post("/v1/logs", status_code=200, opt=_INGEST)
async def logs(request: TelemetryRequest, inside: Given) -> Response[bytes]:
    """OTLP log records, as protobuf or JSON."""
    decoded, _ = await _receive(BodyKind.LOGS, request, inside)
    return _otlp_reply(request, decoded, "rejectedLogRecords")


@post("/api/v1/events", status_code=200, opt=_INGEST)
async def events(request: TelemetryRequest, inside: Given) -> EventsReply:
    """NDJSON lines: native events, OTLP/JSON, OCSF findings, or findings of `pullcord detect`."""
    decoded, taken = await _receive(BodyKind.LINES, request, inside)
    return EventsReply(
        accepted=taken.new,
        duplicates=taken.duplicates,
        rejected=[RejectedLine(one.line, one.cause, one.cure) for one in decoded.problems],
        rejected_total=decoded.rejected,
    )


async def _receive(kind: BodyKind, request: TelemetryRequest, inside: Given) -> tuple[Decoded, Taken]:
    body = await read_body(request, inside.bounds.body)
    headers = request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
    decoded = await inside.workers.decode(decode, kind, headers, body, request.user, inside.services.now())
    if not decoded.events and not decoded.findings:
        return decoded, Taken(new=0, duplicates=0)
    return decoded, await inside.services.intake.take(decoded.events, decoded.findings)


async def read_body(request: Request[Any, Any, Any], most: int) -> bytes:
    """The body as it came.

    Raises:
        OversizeBodyError: it is larger than ``most`` bytes; no more than that was kept.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most)
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > most:
            raise _too_large(most)
    return bytes(held)


def _too_large(most: int) -> OversizeBodyError:
    return OversizeBodyError(f"the body is larger than {most} bytes", "send smaller batches")


def _otlp_reply(request: TelemetryRequest, decoded: Decoded, name: str) -> Response[bytes]:
    media = media_of(request.headers.get("content-type", ""))
    first = next((f"{one.cause}; {one.cure}" for one in decoded.problems), "")
    return Response(success(media, decoded.rejected, first, name), media_type=media)


def telemetry_router() -> Router:
    """The three endpoints."""
    # `read_body` bounds them; the framework's bound is that of all other bodies.
    return Router("/", route_handlers=[traces, logs, events], request_max_body_size=None, tags=["telemetry"])
