"""As much of Elasticsearch as clients need to send documents: the bulk API, and who answers.

Source: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk. Success of an item means that it is
durable. Nothing can be searched, changed or deleted here.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, Router, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from pullcord.app.people.services import BulkBatch, decode_bulk
from pullcord.model.person import Principal, Scope
from pullcord.server.dialects import ELASTIC_HEADERS
from pullcord.server.entry import SCOPES
from pullcord.server.inside import Inside
from pullcord.server.telemetry import read_body

VERSION = "8.19.0"
"""Of the interface. Beats of a later major version need ``allow_older_versions``."""

_INGEST = {SCOPES: frozenset({Scope.INGEST})}
_JSON = "application/json"
_LONGEST_INDEX = 255
_CREATED = 201
_ABOUT = {
    "name": "pullcord",
    "cluster_name": "pullcord",
    "cluster_uuid": "pullcord",
    "version": {
        "number": VERSION,
        "build_flavor": "default",
        "build_type": "tar",
        "build_hash": "0",
        "build_date": "2026-01-01T00:00:00Z",
        "build_snapshot": False,
        "lucene_version": "9.12.2",
        "minimum_wire_compatibility_version": "7.17.0",
        "minimum_index_compatibility_version": "7.0.0",
    },
    "tagline": "Pullcord takes documents at /_bulk",
}
_LICENCE = {"license": {"uid": "pullcord", "type": "basic", "mode": "basic", "status": "active"}}
_HEALTH = {"cluster_name": "pullcord", "status": "green", "timed_out": False, "number_of_nodes": 1}
_SHARDS = {"total": 1, "successful": 1, "failed": 0}
Given = NamedDependency[Inside]
ElasticRequest = Request[Principal, Any, Any]


@route("/", http_method=[HttpMethod.GET, HttpMethod.HEAD], opt=_INGEST, include_in_schema=False)
async def about() -> Response[bytes]:
    """Who answers; clients ask before they send."""
    return _reply(_ABOUT)


@get("/_license", opt=_INGEST, include_in_schema=False)
async def licence() -> Response[bytes]:
    """What Beats ask before they send."""
    return _reply(_LICENCE)


@get("/_cluster/health", opt=_INGEST, include_in_schema=False)
async def cluster() -> Response[bytes]:
    """What Vector asks before it sends."""
    return _reply(_HEALTH)


@route("/_bulk", http_method=[HttpMethod.POST, HttpMethod.PUT], opt=_INGEST, include_in_schema=False)
async def bulk(request: ElasticRequest, inside: Given) -> Response[bytes]:
    """Pairs of action and document."""
    return await _receive(request, inside, "")


@route(
    "/{index:str}/_bulk",
    http_method=[HttpMethod.POST, HttpMethod.PUT],
    opt=_INGEST,
    include_in_schema=False,
)
async def bulk_of(request: ElasticRequest, inside: Given, index: FromPath[str]) -> Response[bytes]:
    """The same for one index."""
    return await _receive(request, inside, index[:_LONGEST_INDEX])


async def _receive(request: ElasticRequest, inside: Inside, index: str) -> Response[bytes]:
    begun = time.monotonic()
    body = await read_body(request, inside.bounds.body)
    encoding = request.headers.get("content-encoding", "")
    now = inside.services.now()
    batch = await inside.workers.decode(decode_bulk, encoding, body, index, request.user, now)
    if batch.events or batch.findings:
        await inside.services.intake.take(batch.events, batch.findings)
    return _reply(_fates(batch, round((time.monotonic() - begun) * 1_000)))


def _fates(batch: BulkBatch, took: int) -> dict[str, object]:
    """The answer: each item under the name of its action."""
    items: list[dict[str, object]] = []
    for item in batch.items:
        fate: dict[str, object] = {"_index": item.index, "_id": item.id, "status": item.status}
        if item.status == _CREATED:
            fate |= {"_version": 1, "result": "created", "_shards": _SHARDS, "_seq_no": 0, "_primary_term": 1}
        else:
            fate["error"] = {"type": "illegal_argument_exception", "reason": item.reason}
        items.append({item.action: fate})
    wrong = any(item.status != _CREATED for item in batch.items)
    return {"took": took, "errors": wrong, "items": items}


def _reply(body: object) -> Response[bytes]:
    return Response(msgspec.json.encode(body), media_type=_JSON, headers=ELASTIC_HEADERS)


def elastic_router() -> Router:
    """The endpoints."""
    return Router("/", route_handlers=[about, licence, cluster, bulk, bulk_of], request_max_body_size=None)
