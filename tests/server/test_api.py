from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.model.approval import Decision
from pullcord.model.inventory import Mode
from pullcord.model.plan import ApproverRole
from tests.server.fakes import ADMIN, PERSON, Client, House, bearer

JSON = "application/json"
POSTS = [
    "plans/p/decisions",
    "systems/copilot/mode",
    "stop",
    "resume",
    "incidents/inc-1/close",
    "incidents/inc-1/tasks/t",
]


@pytest.mark.parametrize("path", ["waiting", "incidents", "systems"])
def test_lists_are_for_whoever_asks(client: Client, path: str) -> None:
    (one,) = client.get(f"/api/v1/{path}", headers=bearer(PERSON)).json()
    assert one["for"] == "Ayşe"


def test_one_incident_and_one_plan(client: Client) -> None:
    assert client.get("/api/v1/incidents/inc-1", headers=bearer(ADMIN)).json()["id"] == "inc-1"
    assert client.get("/api/v1/plans/plan-9", headers=bearer(PERSON)).json()["hash"] == "h"


@pytest.mark.parametrize(
    ("path", "body", "call"),
    [
        (
            "plans/p/decisions",
            {"hash": "h", "decision": "approve", "role": "approver-security", "comment": "seen"},
            ("decide", "Ayşe", "p", "h", Decision.APPROVE, ApproverRole.SECURITY, "seen"),
        ),
        (
            "plans/p/decisions",
            {"hash": "h", "decision": "refuse"},
            ("decide", "Ayşe", "p", "h", Decision.REFUSE, None, ""),
        ),
        ("systems/WI-07 gate/mode", {"mode": "act-R0"}, ("mode", "Ayşe", "WI-07 gate", Mode.ACT_R0)),
        ("stop", {"reason": "odd", "site": "A"}, ("stop", "Ayşe", "odd", "A")),
        ("resume", {}, ("resume", "Ayşe", "")),
        ("incidents/inc-1/close", {"comment": "done"}, ("close", "Ayşe", "inc-1", "done")),
        (
            "incidents/inc-1/tasks/gate:scan",
            {"answer": "yes", "comment": "I looked"},
            ("answer", "Ayşe", "inc-1", "gate:scan", "yes", "I looked"),
        ),
    ],
)
def test_what_people_say_reaches_the_desk(
    client: Client, house: House, path: str, body: dict[str, str], call: tuple[object, ...]
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body, headers=bearer(PERSON))
    assert (answer.status_code, house.desk.calls) == (200, [call])


def test_a_refusal_keeps_its_code(client: Client) -> None:
    body = {"hash": "h", "decision": "approve"}
    answer = client.post("/api/v1/plans/own/decisions", json=body, headers=bearer(PERSON))
    assert answer.status_code == 409
    assert answer.json() == {"code": "PC-5999", "cause": "the plan is your own", "cure": "ask somebody else"}


def test_what_is_not_there(client: Client) -> None:
    answer = client.get("/api/v1/incidents/inc-2", headers=bearer(PERSON))
    assert (answer.status_code, answer.json()["code"]) == (404, "PC-6102")


def test_a_wrong_call(client: Client) -> None:
    answer = client.post("/api/v1/incidents/inc-1/close", json={}, headers=bearer(PERSON))
    assert (answer.status_code, answer.json()["cure"]) == (400, "say why")


@pytest.mark.parametrize(
    ("path", "body", "hint"),
    [
        ("plans/p/decisions", {"hash": "h", "decision": "maybe"}, "decision"),
        ("plans/p/decisions", {"decision": "approve"}, "hash"),
        ("plans/p/decisions", {"hash": "h", "decision": "approve", "aprover": "x"}, "aprover"),
        ("systems/copilot/mode", {"mode": "act"}, "mode"),
        ("stop", {"reason": ""}, "reason"),
        ("stop", {"reason": "x" * 2_001}, "reason"),
        ("stop", ["reason"], "data"),
    ],
)
def test_a_body_that_does_not_fit(client: Client, house: House, path: str, body: object, hint: str) -> None:
    answer = client.post(f"/api/v1/{path}", json=body, headers=bearer(PERSON))
    assert (answer.status_code, answer.json()["code"]) == (400, "PC-6105")
    assert hint in answer.json()["cause"]
    assert house.desk.calls == []


@pytest.mark.parametrize("path", POSTS)
def test_a_form_cannot_decide(client: Client, house: House, path: str) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = bearer(PERSON, content_type=media)
        answer = client.post(f"/api/v1/{path}", content=b'{"reason":"x"}', headers=headers)
        assert answer.status_code == 415
    assert house.desk.calls == []


def test_a_call_is_small(client: Client) -> None:
    body = b'{"reason":"' + b"x" * (1 << 17) + b'"}'
    answer = client.post("/api/v1/stop", content=body, headers=bearer(PERSON, content_type=JSON))
    assert (answer.status_code, answer.json()["code"]) == (413, "PC-6003")


def test_health_tells_strangers_only_the_status(client: Client) -> None:
    assert client.get("/api/v1/health").json() == {"status": "ok"}
    assert client.get("/api/v1/health", headers=bearer(PERSON)).json() == {"status": "ok", "queue": 7}
    assert client.get("/api/v1/health", headers=bearer("nobody")).status_code == 401


def test_openapi_lists_every_route(client: Client) -> None:
    found = client.get("/api/v1/openapi.json", headers=bearer(PERSON)).json()
    assert found["openapi"].startswith("3.1")
    assert set(found["paths"]) == {
        "/v1/traces",
        "/v1/logs",
        "/api/v1/events",
        "/api/v1/waiting",
        "/api/v1/incidents",
        "/api/v1/incidents/{incident_id}",
        "/api/v1/incidents/{incident_id}/close",
        "/api/v1/incidents/{incident_id}/tasks/{task_id}",
        "/api/v1/plans/{plan_id}",
        "/api/v1/plans/{plan_id}/decisions",
        "/api/v1/systems",
        "/api/v1/systems/{name}/mode",
        "/api/v1/reports",
        "/api/v1/stop",
        "/api/v1/resume",
        "/api/v1/health",
    }


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(POSTS),
    body=st.one_of(
        st.binary(max_size=200),
        st.builds(lambda depth: b"[" * depth, st.integers(0, 60_000)),
        st.builds(lambda depth: b'{"x":' * depth, st.integers(0, 10_000)),
        st.sampled_from([b'{"reason":"\\ud800"}', b'{"site":"\xff"}', b'{"reason":1e999}', b"", b"null"]),
    ),
)
def test_no_body_is_an_internal_error(client: Client, path: str, body: bytes) -> None:
    headers = bearer(PERSON, content_type=JSON)
    answer = client.post(f"/api/v1/{path}", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {"code", "cause", "cure"}
