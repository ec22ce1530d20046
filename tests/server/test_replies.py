from __future__ import annotations

import logging

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

from tests.server.fakes import PERSON, SOURCE, Client, House, bearer

PROTO, JSON, NDJSON = "application/x-protobuf", "application/json", "application/x-ndjson"
LINE = b'{"id":"a","time":"2026-06-01T08:00:00Z","logsource":{},"attributes":{"x":1}}'


@pytest.mark.parametrize(("token", "status", "code"), [("nobody", 401, 16), (PERSON, 403, 7)])
def test_otlp_senders_get_a_status_message(client: Client, token: str, status: int, code: int) -> None:
    answer = client.post("/v1/traces", content=b"", headers=bearer(token, content_type=PROTO))
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROTO)
    found = Status.FromString(answer.content)
    assert found.code == code
    assert found.message.startswith("PC-610")
    plain = client.post("/v1/traces", content=b"", headers=bearer(token, content_type=JSON)).json()
    assert (plain["code"], plain["message"]) == (code, found.message)


def test_all_others_get_code_cause_and_cure(client: Client) -> None:
    answer = client.get("/api/v1/waiting")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"code", "cause", "cure"}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("PUT", "/api/v1/stop", 405)]
)
def test_a_wrong_address_or_method(client: Client, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, "PC-6105")


def test_a_name_that_is_too_long(client: Client) -> None:
    answer = client.get(f"/api/v1/incidents/{'x' * 600}", headers=bearer(PERSON))
    assert (answer.status_code, answer.json()["code"]) == (400, "PC-6105")


def test_an_unexpected_error_is_logged_in_full_and_told_in_short(
    client: Client, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.intake.error = RuntimeError("disk 7 burns")
    with caplog.at_level(logging.ERROR):
        answer = client.post("/api/v1/events", content=LINE, headers=bearer(SOURCE, content_type=NDJSON))
    assert answer.status_code == 500
    assert "disk" not in answer.text
    assert "disk 7 burns" in caplog.text
    assert SOURCE not in caplog.text
