from __future__ import annotations

import threading

from litestar.testing import TestClient

from pullcord.server.application import make_app
from tests.server.fakes import PERSON, SOURCE, House, bearer

BODY = b'{"id":"a","time":"2026-06-01T08:00:00Z","logsource":{},"attributes":{"x":1}}'


def workers() -> set[str]:
    return {
        one.name for one in threading.enumerate() if one.name.startswith(("pullcord-de", "pullcord-desk"))
    }


def test_threads_end_with_the_application() -> None:
    before = workers()
    with TestClient(make_app(House().services), base_url="http://127.0.0.1") as client:
        client.get("/api/v1/waiting", headers=bearer(PERSON))
        client.post(
            "/api/v1/events", content=BODY, headers=bearer(SOURCE, content_type="application/x-ndjson")
        )
        assert workers() - before
    assert workers() <= before


def test_two_installations_share_nothing() -> None:
    one, other = House(), House()
    headers = bearer(SOURCE, content_type="application/x-ndjson")
    with TestClient(make_app(one.services), base_url="http://127.0.0.1") as client:
        assert client.post("/api/v1/events", content=BODY, headers=headers).json()["accepted"] == 1
    with TestClient(make_app(other.services), base_url="http://127.0.0.1") as client:
        assert client.post("/api/v1/events", content=BODY, headers=headers).json()["accepted"] == 1
    assert (len(one.intake.events), len(other.intake.events)) == (1, 1)


def test_openapi_says_how_to_authenticate() -> None:
    with TestClient(make_app(House().services), base_url="http://127.0.0.1") as client:
        found = client.get("/api/v1/openapi.json", headers=bearer(PERSON)).json()
    assert found["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    decision = found["components"]["schemas"]["DecisionBody"]
    assert set(decision["required"]) == {"hash", "decision"}
