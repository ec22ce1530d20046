"""Splunk's HTTP Event Collector, as its clients know it. An answer of success means that what was taken is durable.

Source: https://docs.splunk.com/Documentation/Splunk/latest/RESTREF/RESTinput (``services/collector``).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide

from pullcord.app.people.services import HecBatch, decode_hec
from pullcord.model.person import Principal, Scope
from pullcord.server.acks import Acks
from pullcord.server.dialects import HEC_ROOT
from pullcord.server.entry import PUBLIC, SCOPES
from pullcord.server.inside import Inside
from pullcord.server.telemetry import read_body

_INGEST = {SCOPES: frozenset({Scope.INGEST})}
_JSON = "application/json"
_CHANNEL = re.compile(r"[0-9A-Za-z._-]{1,100}")
_SAID = ("host", "source", "sourcetype", "index", "time")
_LONGEST_SAID = 256
_MOST_ACK_BODY = 1 << 18
_TEXTS = {
    5: "No data",
    6: "Invalid data format",
    10: "Data channel is missing",
    11: "Invalid data channel",
    12: "Event field is required",
    13: "Event field cannot be blank",
    15: "Error in handling indexed fields",
    17: "HEC is healthy",
}
Given = NamedDependency[Inside]
HecRequest = Request[Principal, Any, Any]


class _AckQuery(msgspec.Struct):
    acks: Annotated[list[int], msgspec.Meta(max_length=10_000)]


@post(
    [HEC_ROOT, f"{HEC_ROOT}/event", f"{HEC_ROOT}/event/1.0"],
    status_code=200,
    opt=_INGEST,
    include_in_schema=False,
)
async def event(request: HecRequest, inside: Given, acks: NamedDependency[Acks]) -> Response[bytes]:
    """JSON objects one after the other."""
    return await _receive(request, inside, acks, raw=False)


@post([f"{HEC_ROOT}/raw", f"{HEC_ROOT}/raw/1.0"], status_code=200, opt=_INGEST, include_in_schema=False)
async def raw(request: HecRequest, inside: Given, acks: NamedDependency[Acks]) -> Response[bytes]:
    """Lines of text."""
    return await _receive(request, inside, acks, raw=True)


@post(f"{HEC_ROOT}/ack", status_code=200, opt=_INGEST, include_in_schema=False)
async def ack(request: HecRequest, acks: NamedDependency[Acks]) -> Response[bytes]:
    """Which batches of a channel are durable."""
    channel, code = _channel(request)
    if channel is None:
        return _reply(400, code or 10)
    body = await read_body(request, _MOST_ACK_BODY)
    try:
        asked = msgspec.json.decode(body, type=_AckQuery)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _reply(400, 6)
    known = acks.known(request.user.name, channel, asked.acks)
    return Response(msgspec.json.encode({"acks": known}), media_type=_JSON)


@get([f"{HEC_ROOT}/health", f"{HEC_ROOT}/health/1.0"], opt={PUBLIC: True}, include_in_schema=False)
async def health() -> Response[bytes]:
    """That this answers at all; load balancers ask. A server that is full says so before it gets here."""
    return _reply(200, 17)


async def _receive(request: HecRequest, inside: Inside, acks: Acks, *, raw: bool) -> Response[bytes]:
    channel, code = _channel(request)
    if code is not None:
        return _reply(400, code)
    body = await read_body(request, inside.bounds.body)
    if not body.strip():
        return _reply(400, 5)
    query = request.query_params
    said = {name: query[name][:_LONGEST_SAID] for name in _SAID if query.get(name)}
    encoding = request.headers.get("content-encoding", "")
    batch = await inside.workers.decode(
        decode_hec, raw, encoding, body, said, request.user, inside.services.now()
    )
    if batch.events or batch.findings:
        await inside.services.intake.take(batch.events, batch.findings)
    return _told(batch, acks, request.user.name, channel)


def _told(batch: HecBatch, acks: Acks, source: str, channel: str | None) -> Response[bytes]:
    if batch.bad is not None:
        more = {
            "invalid-event-number": batch.bad.number,
            "cause": batch.bad.cause,
            "cure": batch.bad.cure,
            "rejected": batch.rejected,
        }
        return _reply(400, batch.bad.code, more)
    if not batch.seen:
        return _reply(400, 5)
    number = {} if channel is None else {"ackId": acks.hand_out(source, channel)}
    return Response(msgspec.json.encode({"text": "Success", "code": 0, **number}), media_type=_JSON)


def _channel(request: HecRequest) -> tuple[str | None, int | None]:
    """The channel; and Splunk's code if it is none."""
    given = request.headers.get("x-splunk-request-channel") or request.query_params.get("channel")
    if not given:
        return None, None
    return (given.lower(), None) if _CHANNEL.fullmatch(given) else (None, 11)


def _reply(status: int, code: int, more: dict[str, object] | None = None) -> Response[bytes]:
    body = msgspec.json.encode({"text": _TEXTS[code], "code": code, **(more or {})})
    return Response(body, status_code=status, media_type=_JSON)


def hec_router() -> Router:
    """The endpoints, with the acknowledgements of one server."""
    acks = Acks()
    return Router(
        "/",
        route_handlers=[event, raw, ack, health],
        dependencies={"acks": Provide(lambda: acks, sync_to_thread=False)},
        request_max_body_size=None,
    )
