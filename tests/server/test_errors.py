from __future__ import annotations

import pytest

from pullcord.app.people.services import (
    BusyError,
    NotKnownError,
    OversizeBodyError,
    UnknownMediaError,
    UnreadableRecordError,
)
from pullcord.model.errors import NothingReadableError, PullcordError, UsageError
from pullcord.server.errors import (
    BadRequestError,
    ForbiddenError,
    SlowBodyError,
    UnauthenticatedError,
    status_of,
)


def coded(code: str) -> type[PullcordError]:
    return type("CodedError", (PullcordError,), {"code": code})


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (UnauthenticatedError, 401),
        (ForbiddenError, 403),
        (NotKnownError, 404),
        (coded("PC-5001"), 404),
        (SlowBodyError, 408),
        (coded("PC-5104"), 409),
        (coded("PC-0000"), 409),
        (OversizeBodyError, 413),
        (UnknownMediaError, 415),
        (BadRequestError, 400),
        (UnreadableRecordError, 400),
        (UsageError, 400),
        (NothingReadableError, 400),
        (BusyError, 503),
        (coded("PC-7001"), 503),
    ],
)
def test_each_error_has_its_status(kind: type[PullcordError], status: int) -> None:
    assert status_of(kind("cause", "cure")) == status
