"""Default deny: every route says which scopes open it, and what says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from pullcord.app.people.services import AccessPort, UnknownMediaError
from pullcord.model.person import Scope
from pullcord.server.errors import ForbiddenError, UnauthenticatedError
from pullcord.server.tokens import token_of

SCOPES, PUBLIC, JSON_ONLY = "scopes", "public", "json_only"
"""Keys of a route's ``opt``: who may (one scope is enough), whether all may, whether the body must be JSON."""

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]


def make_guard(access: AccessPort) -> Guard:
    """The guard of all routes; it runs before anything of the body is read, and enters ``user``."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        headers = connection.headers.getall("authorization", [])
        header = ",".join(headers)
        # Of two the gate counts neither as anybody's: no request comes in beside its share.
        token = token_of(connection.scope["path"], header) if len(headers) == 1 else None
        principal = access.principal(token)
        connection.scope["user"] = principal
        public = bool(handler.opt.get(PUBLIC))
        if principal is None and (header or not public):
            raise UnauthenticatedError(
                "the token is not known" if header else "there is no token",
                "send the header `Authorization: Bearer` with your token",
            )
        scopes: frozenset[Scope] = handler.opt.get(SCOPES, frozenset())
        if principal is not None and not public and not principal.scopes & scopes:
            wanted = " or ".join(sorted(scopes)) or "no token"
            raise ForbiddenError(f"{principal.name} may not do this", f"it takes a token with: {wanted}")
        if handler.opt.get(JSON_ONLY) and not _is_json(connection.headers.get("content-type", "")):
            # A form on a foreign page can send text and forms, but no JSON.
            raise UnknownMediaError("the body must be JSON", "send `Content-Type: application/json`")

    return guard


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"
