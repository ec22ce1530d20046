"""The API for people and scripts: what is open, and what they decide. All of it is carried out by the desk."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from pullcord.app.people.services import Reply
from pullcord.model.approval import Decision
from pullcord.model.inventory import Mode
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApproverRole
from pullcord.server.entry import JSON_ONLY, PUBLIC, SCOPES
from pullcord.server.inside import Inside
from pullcord.server.replies import unreadable

Text = Annotated[str, msgspec.Meta(max_length=2_000)]
Name = Annotated[str, msgspec.Meta(max_length=512)]
InPath = Annotated[str, PathParameter(max_length=512)]
Given = NamedDependency[Inside]
CallRequest = Request[Principal, Any, Any]
_READ = {SCOPES: frozenset({Scope.READ})}
_RESPOND = {SCOPES: frozenset({Scope.RESPOND}), JSON_ONLY: True}
_STOP = {SCOPES: frozenset({Scope.RESPOND, Scope.ADMIN}), JSON_ONLY: True}


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body; unknown fields are refused: a misspelt one must not be silently without effect."""


class DecisionBody(_Body, frozen=True, kw_only=True):
    """A decision on a plan; ``hash`` is that of the plan as the person saw it."""

    hash: Name
    decision: Decision
    role: ApproverRole | None = None
    comment: Text = ""


class ModeBody(_Body, frozen=True, kw_only=True):
    """A wanted mode."""

    mode: Mode


class StopBody(_Body, frozen=True, kw_only=True):
    """Why all actions stop; at one site, or (empty) everywhere."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    site: Name = ""


class ResumeBody(_Body, frozen=True, kw_only=True):
    """Where actions go on."""

    site: Name = ""


class CloseBody(_Body, frozen=True, kw_only=True):
    """Why an incident is closed."""

    comment: Text = ""


class AnswerBody(_Body, frozen=True, kw_only=True):
    """An answer to a task: one of its options."""

    answer: Name
    comment: Text = ""


@get("/waiting", opt=_READ)
async def waiting(request: CallRequest, inside: Given) -> list[Reply]:
    """What waits for a decision or an answer."""
    return await inside.workers.call(inside.services.desk.waiting, request.user)


@get("/incidents", opt=_READ)
async def incidents(request: CallRequest, inside: Given) -> list[Reply]:
    """All incidents, in short."""
    return await inside.workers.call(inside.services.desk.incidents, request.user)


@get("/incidents/{incident_id:str}", opt=_READ)
async def incident(request: CallRequest, inside: Given, incident_id: InPath) -> Reply:
    """One incident, in full."""
    return await inside.workers.call(inside.services.desk.incident, request.user, incident_id)


@get("/plans/{plan_id:str}", opt=_READ)
async def plan(request: CallRequest, inside: Given, plan_id: InPath) -> Reply:
    """One plan, with the hash that a decision names."""
    return await inside.workers.call(inside.services.desk.plan, request.user, plan_id)


@post("/plans/{plan_id:str}/decisions", opt=_RESPOND, status_code=200)
async def decide(request: CallRequest, inside: Given, plan_id: InPath, data: JSONBody[DecisionBody]) -> Reply:
    """Approve or refuse a plan."""
    given = data.hash, data.decision, data.role, data.comment
    return await inside.workers.call(inside.services.desk.decide, request.user, plan_id, *given)


@get("/systems", opt=_READ)
async def systems(request: CallRequest, inside: Given) -> list[Reply]:
    """AI systems and their modes."""
    return await inside.workers.call(inside.services.desk.systems, request.user)


@post("/systems/{name:str}/mode", opt=_RESPOND, status_code=200)
async def mode(request: CallRequest, inside: Given, name: InPath, data: JSONBody[ModeBody]) -> Reply:
    """Ask for another mode, or agree with whoever asked for it."""
    return await inside.workers.call(inside.services.desk.mode, request.user, name, data.mode)


@post("/stop", opt=_STOP, status_code=200)
async def stop(request: CallRequest, inside: Given, data: JSONBody[StopBody]) -> Reply:
    """Stop all new actions; one person is enough."""
    return await inside.workers.call(inside.services.desk.stop, request.user, data.reason, data.site)


@post("/resume", opt=_RESPOND, status_code=200)
async def resume(request: CallRequest, inside: Given, data: JSONBody[ResumeBody]) -> Reply:
    """Agree that actions go on; it takes two people."""
    return await inside.workers.call(inside.services.desk.resume, request.user, data.site)


@post("/incidents/{incident_id:str}/close", opt=_RESPOND, status_code=200)
async def close(request: CallRequest, inside: Given, incident_id: InPath, data: JSONBody[CloseBody]) -> Reply:
    """Close an incident."""
    return await inside.workers.call(inside.services.desk.close, request.user, incident_id, data.comment)


@post("/incidents/{incident_id:str}/tasks/{task_id:str}", opt=_RESPOND, status_code=200)
async def answer(
    request: CallRequest,
    inside: Given,
    incident_id: InPath,
    task_id: InPath,
    data: JSONBody[AnswerBody],
) -> Reply:
    """Answer a task."""
    return await inside.workers.call(
        inside.services.desk.answer, request.user, incident_id, task_id, data.answer, data.comment
    )


@get("/health", opt={PUBLIC: True})
async def health(request: Request[Principal | None, Any, Any], inside: Given) -> Reply:
    """How Pullcord is; without a token that reads, only the status."""
    found = await inside.workers.call(inside.services.health)
    who = request.user
    return found if who is not None and Scope.READ in who.scopes else {"status": found.get("status", "ok")}


@get("/openapi.json", opt=_READ, include_in_schema=False)
async def openapi(request: CallRequest) -> Reply:
    """This API, as OpenAPI 3.1."""
    return request.app.openapi_schema.to_schema()


def api_router() -> Router:
    """All of it, under ``/api/v1``."""
    handlers = [
        waiting,
        incidents,
        incident,
        plan,
        decide,
        systems,
        mode,
        stop,
        resume,
        close,
        answer,
        health,
        openapi,
    ]
    # What the JSON parser raises on a hostile body, besides what the framework catches.
    return Router(
        "/api/v1",
        route_handlers=handlers,
        exception_handlers={RecursionError: unreadable, UnicodeDecodeError: unreadable},
        tags=["api"],
    )
