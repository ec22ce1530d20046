"""Which product's clients an address serves, and how these clients want to be told that something is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from pullcord.server.otlp_replies import JSON, media_of, status

HEC_ROOT = "/services/collector"
ELASTIC_HEADERS = {"x-elastic-product": "Elasticsearch"}
"""Clients of Elastic take answers only with this."""

_SLASHES = re.compile(r"/{2,}")
_ELASTIC = frozenset({"/", "/_license", "/_cluster/health"})
# google.rpc.Code of an HTTP status; what is not here is FAILED_PRECONDITION.
_RPC = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 408: 4, 413: 3, 415: 3, 429: 8, 500: 13, 503: 14}
_FAILED_PRECONDITION = 9
# What Splunk answers, by our status: its own status, code and text (Splunk's manual: Troubleshoot HEC).
_HEC = {
    400: (400, 6, "Invalid data format"),
    401: (401, 2, "Token is required"),
    403: (403, 4, "Invalid token"),
    404: (404, 404, "The requested URL was not found on this server."),
    408: (408, 6, "Request timed out"),
    413: (413, 27, "Request entity too large"),
    415: (415, 6, "Invalid data format"),
    429: (503, 9, "Server is busy"),
    500: (500, 8, "Internal server error"),
    503: (503, 9, "Server is busy"),
}
_UNAUTHORIZED = 401
_ELASTIC_TYPES = {
    401: "security_exception",
    403: "security_exception",
    404: "resource_not_found_exception",
    413: "content_too_long_exception",
    429: "es_rejected_execution_exception",
    503: "es_rejected_execution_exception",
}


class Dialect(StrEnum):
    """Whose clients call."""

    OWN = "own"
    OTLP = "otlp"
    HEC = "hec"
    ELASTIC = "elastic"


class Trouble(msgspec.Struct, frozen=True):
    """The body of every answer of our own API that is no success."""

    code: str
    cause: str
    cure: str


class Answer(msgspec.Struct, frozen=True):
    """What is sent."""

    status: int
    body: bytes
    media: str
    headers: Mapping[str, str] = {}


def plain(path: str) -> str:
    """An address as routing sees it: without slashes that mean nothing."""
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def dialect(path: str) -> Dialect:
    """Whose clients call this address."""
    path = plain(path)
    if path.startswith("/v1/"):
        return Dialect.OTLP
    if path == HEC_ROOT or path.startswith(f"{HEC_ROOT}/"):
        return Dialect.HEC
    if path in _ELASTIC or is_bulk(path):
        return Dialect.ELASTIC
    return Dialect.OWN


def is_bulk(path: str) -> bool:
    """Whether it is ``/_bulk`` or ``/<index>/_bulk``."""
    return path.endswith("/_bulk") and path.count("/") <= 2  # noqa: PLR2004  (an index is one part)


def is_telemetry(path: str) -> bool:
    """Whether an address takes telemetry."""
    path = plain(path)
    if path.startswith(HEC_ROOT):
        return dialect(path) is Dialect.HEC and not path.startswith(f"{HEC_ROOT}/health")
    return path.startswith("/v1/") or path == "/api/v1/events" or is_bulk(path)


def answer(
    path: str, content_type: str, number: int, trouble: Trouble, *, told_token: bool = False
) -> Answer:
    """An answer that is no success, as the clients of this address understand it.

    Args:
        content_type: of the request.
        number: the status of our own API.
        told_token: whether the request named a token: Splunk tells an unknown one from none.
    """
    words = f"{trouble.code}: {trouble.cause}; {trouble.cure}"
    spoken = dialect(path)
    if spoken is Dialect.OTLP:
        media = media_of(content_type)
        return Answer(number, status(media, _RPC.get(number, _FAILED_PRECONDITION), words), media)
    if spoken is Dialect.HEC:
        return _hec(403 if told_token and number == _UNAUTHORIZED else number, trouble)
    if spoken is Dialect.ELASTIC:
        kind = _ELASTIC_TYPES.get(number, "illegal_argument_exception")
        cause = {"type": kind, "reason": words}
        body = msgspec.json.encode({"error": {"root_cause": [cause], **cause}, "status": number})
        return Answer(number, body, JSON, ELASTIC_HEADERS)
    return Answer(number, msgspec.json.encode(trouble), JSON)


def _hec(number: int, trouble: Trouble) -> Answer:
    number, code, text = _HEC.get(number, (number, 6, trouble.cause))
    # What Splunk has no place for stands beside it.
    body = {"text": text, "code": code, "cause": trouble.cause, "cure": trouble.cure}
    return Answer(number, msgspec.json.encode(body), JSON)
