"""Turns errors into answers: code, cause and cure for people; nothing of the inside for anybody."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from pullcord.app.people.services import BusyError, OversizeBodyError, UnknownMediaError
from pullcord.model.errors import PullcordError
from pullcord.server.dialects import Dialect, Trouble, answer, dialect
from pullcord.server.errors import UNAVAILABLE, BadRequestError, status_of

_log = logging.getLogger(__name__)
AnyRequest = Request[Any, Any, Any]
_TOO_MANY = 429
_HTTP = {
    404: BadRequestError("there is nothing at this address", "see /api/v1/openapi.json"),
    405: BadRequestError("this address does not know the method", "see /api/v1/openapi.json"),
    413: OversizeBodyError("the body is too large", "send smaller batches"),
    415: UnknownMediaError("the content type is not read here", "see /api/v1/openapi.json"),
}
_SHORT = 300


def refused(request: AnyRequest, error: PullcordError) -> Response[bytes]:
    """The answer to an error that Pullcord raised on purpose."""
    number = status_of(error)
    if isinstance(error, BusyError) and dialect(request.scope["path"]) is not Dialect.OTLP:
        number = _TOO_MANY
    return _answer(request, number, Trouble(error.code, error.cause, error.cure))


def failed(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to what the framework refused, or to an error that nobody expected."""
    if isinstance(error, HTTPException) and error.status_code < 500:  # noqa: PLR2004  (a server error)
        known = _HTTP.get(error.status_code) or BadRequestError(_why(error), "see /api/v1/openapi.json")
        return _answer(request, error.status_code, Trouble(known.code, known.cause, known.cure))
    _log.error("unexpected error", exc_info=error)
    return _answer(
        request, 500, Trouble("PC-0000", "an unexpected error", "see the log of the server, and report it")
    )


def unreadable(request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to a JSON body on which the parser itself gave up."""
    cause = "nested too deeply" if isinstance(error, RecursionError) else "not UTF-8"
    return refused(request, BadRequestError(f"the body is {cause}", "send what /api/v1/openapi.json says"))


def _why(error: HTTPException) -> str:
    """What is wrong with a body, field by field; the framework's own words, without what was sent."""
    extra: object = error.extra
    items = extra if isinstance(extra, list) else []
    fields = [
        f"{item.get('key', 'body')}: {item.get('message', 'wrong')}"
        for item in items
        if isinstance(item, dict)
    ]
    return (
        f"the request does not fit ({'; '.join(fields)[:_SHORT]})" if fields else "the request does not fit"
    )


def _answer(request: AnyRequest, number: int, trouble: Trouble) -> Response[bytes]:
    headers: dict[str, str] = {}
    if number in (_TOO_MANY, UNAVAILABLE):
        headers["retry-after"] = "1"
    if number == 401:  # noqa: PLR2004  (RFC 9110 asks for it)
        headers["www-authenticate"] = "Bearer"
    sent = request.headers
    named = "authorization" in sent
    told = answer(request.scope["path"], sent.get("content-type", ""), number, trouble, told_token=named)
    return Response(
        told.body, status_code=told.status, media_type=told.media, headers=headers | dict(told.headers)
    )
