"""Reports by people, over HTTP: what somebody saw, as one event and one finding."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from pullcord.app.people.reports import Report, signal
from pullcord.model.person import Principal, Scope
from pullcord.server.entry import JSON_ONLY, SCOPES
from pullcord.server.inside import Inside
from pullcord.server.replies import unreadable

MOST_BODY = 256 * 1024
"""Bytes of a body: 20,000 characters, each written as an escape, and some more."""

Given = NamedDependency[Inside]
# Whoever may send telemetry or decide may say what they saw.
_TELL = {SCOPES: frozenset({Scope.INGEST, Scope.RESPOND}), JSON_ONLY: True}


class ReportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody saw.

    Attributes:
        sender: who saw it, if it is not who sends it.
        asset: the system it is about.
    """

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
    subject: Annotated[str, msgspec.Meta(max_length=300)] = ""
    asset: Annotated[str, msgspec.Meta(max_length=256)] = ""
    sender: Annotated[str, msgspec.Meta(max_length=256)] = ""


class ReportReply(msgspec.Struct, frozen=True):
    """What became of it; ``new``: it had not been told before."""

    finding_id: str
    event_id: str
    new: bool


@post("/reports", status_code=200, opt=_TELL)
async def tell(
    request: Request[Principal, Any, Any], inside: Given, data: JSONBody[ReportBody]
) -> ReportReply:
    """Report something odd that an AI system did or said. The same report twice on a day is one."""
    given = Report(text=data.text, subject=data.subject, asset=data.asset, sender=data.sender)
    event, finding = signal(given, request.user, inside.services.now())
    taken = await inside.services.intake.take([event], [finding])
    return ReportReply(finding.id, event.id, new=taken.new > 0)


def reports_router() -> Router:
    """The endpoint, under ``/api/v1``."""
    return Router(
        "/api/v1",
        route_handlers=[tell],
        request_max_body_size=MOST_BODY,
        exception_handlers={RecursionError: unreadable, UnicodeDecodeError: unreadable},
        tags=["api"],
    )
