"""What the server itself refuses, and which HTTP status an error of Pullcord has."""

from __future__ import annotations

from pullcord.app.people.services import (
    BusyError,
    NotKnownError,
    OversizeBodyError,
    UnknownMediaError,
    UnreadableRecordError,
)
from pullcord.model.errors import PullcordError, UsageError


class UnauthenticatedError(PullcordError):
    """There is no token, or it is nobody's."""

    code = "PC-6103"


class ForbiddenError(PullcordError):
    """The token does not open this, or the request came under a foreign host name."""

    code = "PC-6104"


class BadRequestError(PullcordError):
    """The address, the method or the body is not what the API asks for."""

    code = "PC-6105"


class SlowBodyError(PullcordError):
    """The body of a request did not come in time."""

    code = "PC-6106"


_STATUS: tuple[tuple[type[PullcordError], int], ...] = (
    (UnauthenticatedError, 401),
    (ForbiddenError, 403),
    (SlowBodyError, 408),
    (OversizeBodyError, 413),
    (UnknownMediaError, 415),
    (BusyError, 503),
    (NotKnownError, 404),
    (BadRequestError, 400),
    (UnreadableRecordError, 400),
    (UsageError, 400),
)
_UNKNOWN_INCIDENT, _NOT_ALLOWED = "PC-5001", "PC-5020"
_STORE = "PC-7"
CONFLICT, UNAVAILABLE = 409, 503


def status_of(error: PullcordError) -> int:
    """The HTTP status: 400 for a wrong call, 404 for what is not there, 409 for a refusal, 503 for "come again"."""
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    if error.code == _UNKNOWN_INCIDENT:
        return 404
    if error.code == _NOT_ALLOWED:
        return 403
    # The store cannot be written right now: telemetry must come again, and a decision was not kept.
    return UNAVAILABLE if error.code.startswith(_STORE) else CONFLICT
