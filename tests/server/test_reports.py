from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from pullcord.model.errors import PullcordError
from pullcord.server.entry import make_guard
from pullcord.server.gate import Bounds
from pullcord.server.inside import Inside
from pullcord.server.replies import failed, refused
from pullcord.server.reports import reports_router
from pullcord.server.workers import Workers
from tests.server.fakes import ADMIN, FIELD, NOW, PERSON, SOURCE, Client, House, bearer

WHERE = "/api/v1/reports"


@pytest.fixture
def desk(house: House) -> Iterator[Client]:
    """The endpoint with the guard and the answers of the server."""
    inside = Inside(house.services, Workers(), Bounds())
    app = Litestar(
        [reports_router()],
        guards=[make_guard(house.services.access)],
        dependencies={"inside": Provide(lambda: inside, sync_to_thread=False)},
        exception_handlers={PullcordError: refused, Exception: failed},
        request_max_body_size=1024,
        openapi_config=None,
    )
    with TestClient(app) as client:
        yield client
    inside.workers.close()


def test_a_report_becomes_an_event_and_a_finding(desk: Client, house: House) -> None:
    body = {"text": "it spoke of another plant", "subject": "odd", "asset": "press-copilot"}
    told = desk.post(WHERE, json=body, headers=bearer(PERSON))
    assert told.status_code == 200
    (event,), (finding,) = house.intake.events, house.intake.findings
    assert told.json() == {"finding_id": finding.id, "event_id": event.id, "new": True}
    assert (event.time, event.source, event.asset) == (NOW, "Ayşe", "press-copilot")


@pytest.mark.parametrize("token", [PERSON, SOURCE, FIELD, ADMIN])
def test_whoever_sends_or_decides_may_tell(desk: Client, token: str) -> None:
    assert desk.post(WHERE, json={"text": "x"}, headers=bearer(token)).status_code == 200


def test_nobody_else_may(desk: Client) -> None:
    assert desk.post(WHERE, json={"text": "x"}).status_code == 401
    assert desk.post(WHERE, json={"text": "x"}, headers=bearer("guess")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 20_001},
        {"text": "x", "subject": "y" * 301},
        {"text": "x", "severity": "critical"},
        {"text": 5},
    ],
)
def test_what_is_no_report_is_refused(desk: Client, house: House, body: dict[str, object]) -> None:
    told = desk.post(WHERE, json=body, headers=bearer(PERSON))
    assert told.status_code == 400
    assert set(told.json()) == {"code", "cause", "cure"}
    assert house.intake.findings == []


def test_the_longest_report_fits_however_it_is_written(desk: Client, house: House) -> None:
    body = b'{"text":"' + b"\\ud83d\\ude00" * 20_000 + b'"}'
    headers = bearer(PERSON, content_type="application/json")
    assert desk.post(WHERE, content=body, headers=headers).status_code == 200
    assert len(str(house.intake.events[0].attributes["report.text"])) == 20_000
    assert desk.post(WHERE, content=b" " * 300_000 + body, headers=headers).status_code == 413


def test_a_form_of_a_foreign_page_is_no_report(desk: Client) -> None:
    headers = bearer(PERSON, content_type="text/plain")
    assert desk.post(WHERE, content=msgspec.json.encode({"text": "x"}), headers=headers).status_code == 415


def test_when_busy_it_is_told_again_later(desk: Client, house: House) -> None:
    house.be_busy()
    told = desk.post(WHERE, json={"text": "x"}, headers=bearer(PERSON))
    assert (told.status_code, told.headers["retry-after"]) == (429, "1")
