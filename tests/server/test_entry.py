from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from litestar import get
from litestar.testing import TestClient

from pullcord.server.application import make_app
from tests.server.fakes import ADMIN, FIELD, PERSON, SOURCE, Client, House, bearer
from tests.server.live import running

READS = ["waiting", "incidents", "incidents/inc-1", "plans/p", "systems", "openapi.json"]
DECISIONS = {
    "plans/p/decisions": {"hash": "h", "decision": "approve"},
    "systems/copilot/mode": {"mode": "recommend"},
    "resume": {},
    "incidents/inc-1/close": {"comment": "x"},
    "incidents/inc-1/tasks/t": {"answer": "yes"},
}
TELEMETRY = ["/v1/traces", "/v1/logs", "/api/v1/events", "/services/collector", "/_bulk", "/logs/_bulk"]


@pytest.mark.parametrize("path", READS)
def test_reading_takes_a_token_that_reads(client: Client, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 401
    assert client.get(f"/api/v1/{path}", headers=bearer("nobody")).status_code == 401
    assert client.get(f"/api/v1/{path}", headers=bearer(SOURCE)).status_code == 403
    assert client.get(f"/api/v1/{path}", headers=bearer(PERSON)).status_code == 200
    assert client.get(f"/api/v1/{path}", headers=bearer(ADMIN)).status_code == 200


@pytest.mark.parametrize("path", DECISIONS)
def test_the_administrator_and_sources_decide_nothing(client: Client, house: House, path: str) -> None:
    for token, status in (("nobody", 401), (SOURCE, 403), (ADMIN, 403)):
        answer = client.post(f"/api/v1/{path}", json=DECISIONS[path], headers=bearer(token))
        assert answer.status_code == status
    assert client.post(f"/api/v1/{path}", json=DECISIONS[path]).status_code == 401
    assert house.desk.calls == []
    assert client.post(f"/api/v1/{path}", json=DECISIONS[path], headers=bearer(PERSON)).status_code == 200


def test_people_and_the_administrator_can_stop_and_sources_cannot(client: Client) -> None:
    for token, status in ((PERSON, 200), (ADMIN, 200), (FIELD, 403), ("nobody", 401)):
        answer = client.post("/api/v1/stop", json={"reason": "x"}, headers=bearer(token))
        assert answer.status_code == status


@pytest.mark.parametrize("path", TELEMETRY)
def test_telemetry_takes_a_token_that_sends(client: Client, house: House, path: str) -> None:
    assert client.post(path, content=b"{}").status_code == 401
    assert client.post(path, content=b"{}", headers=bearer(PERSON)).status_code == 403
    assert house.intake.events == []


def test_the_scheme_is_bearer(client: Client) -> None:
    assert client.get("/api/v1/waiting", headers={"authorization": PERSON}).status_code == 401
    assert client.get("/api/v1/waiting", headers={"authorization": f"Basic {PERSON}"}).status_code == 401
    assert client.get("/api/v1/waiting", headers={"authorization": f"bearer  {PERSON}"}).status_code == 200


@pytest.mark.parametrize("path", TELEMETRY)
def test_two_tokens_are_none(client: Client, path: str) -> None:
    two = [("authorization", f"Bearer {SOURCE}"), ("authorization", f"Bearer {SOURCE}")]
    assert client.post(path, content=b"", headers=two).status_code in (401, 403)


def test_what_says_no_scope_is_closed(house: House) -> None:
    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    app = make_app(house.services)
    app.register(forgotten)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for path in ("/forgotten", "/api/v1/schema", "/api/v1/schema/openapi.json", "/api/v1/schema/swagger"):
            assert client.get(path).status_code == 401
            assert client.get(path, headers=bearer(ADMIN)).status_code == 403


def test_a_stranger_is_turned_away_before_the_body_is_read(house: House) -> None:
    with running(house) as url:
        place = urlsplit(url)
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
            wire.sendall(b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-length: 16000000\r\n\r\n")
            answer = b""
            while part := wire.recv(1_000):
                answer += part
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"connection: close" in answer
