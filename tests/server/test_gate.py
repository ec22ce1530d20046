from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest
from litestar.testing import TestClient

from pullcord.app.people.services import Reply
from pullcord.model.person import Principal
from pullcord.server.application import make_app
from pullcord.server.dialects import is_telemetry
from pullcord.server.gate import Bounds
from tests.server.fakes import FIELD, PERSON, SOURCE, Client, House, MemoryDesk, bearer
from tests.server.live import running

HEAD = (
    "POST /api/v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n"
    f"authorization: {bearer(SOURCE)['authorization']}\r\ncontent-length: 1000\r\n\r\n"
)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8470", 200),
        ("localhost:8470", 200),
        ("LOCALHOST", 200),
        ("[::1]:8470", 200),
        ("attacker.example", 403),
        ("attacker.example:8470", 403),
        ("127.0.0.1.attacker.example", 403),
        ("192.0.2.7", 403),
        ("", 403),
    ],
)
def test_a_foreign_host_name_is_turned_away(client: Client, host: str, status: int) -> None:
    answer = client.get("/api/v1/waiting", headers=bearer(PERSON) | {"host": host})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "PC-6104"


def test_the_bound_host_is_ours() -> None:
    app = make_app(House().services, hosts=["192.0.2.7", "Pullcord.Plant"])
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for host in ("192.0.2.7:8470", "pullcord.plant"):
            assert client.get("/api/v1/health", headers={"host": host}).status_code == 200
        assert client.get("/api/v1/health", headers={"host": "192.0.2.8"}).status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/waiting", "/nowhere"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert "connection" not in headers


def test_a_body_that_does_not_come_in_time() -> None:
    with running(House(), Bounds(body_seconds=0.3)) as url:
        place = urlsplit(url)
        begun = time.monotonic()
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
            wire.sendall(HEAD.encode() + b"{")
            answer = b""
            while part := wire.recv(1_000):
                answer += part
        assert time.monotonic() - begun < 9
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"PC-6106" in answer


@dataclass
class BlockedDesk(MemoryDesk):
    inside: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go: threading.Event = field(default_factory=threading.Event)

    def waiting(self, who: Principal) -> list[Reply]:
        self.inside.release()
        assert self.go.wait(10)
        return super().waiting(who)


def test_requests_inside_are_bounded_and_telemetry_has_room_of_its_own() -> None:
    desk = BlockedDesk()
    with running(House(desk=desk), Bounds(calls=2)) as url, ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(httpx.get, f"{url}/api/v1/waiting", headers=bearer(PERSON)) for _ in range(2)]
        assert all(desk.inside.acquire(timeout=10) for _ in calls)
        third = httpx.get(f"{url}/api/v1/health")
        headers = bearer(SOURCE, content_type="application/json")
        telemetry = httpx.post(f"{url}/v1/logs", content=b"{}", headers=headers)
        desk.go.set()
        assert [call.result().status_code for call in calls] == [200, 200]
        assert (third.status_code, third.headers["retry-after"], third.json()["code"]) == (
            503,
            "1",
            "PC-6101",
        )
        assert telemetry.status_code == 200
        assert httpx.get(f"{url}/api/v1/health").status_code == 200


def test_bytes_of_bodies_inside_are_bounded() -> None:
    with running(House(), Bounds(bodies=10)) as url:
        place = urlsplit(url)
        headers = bearer(SOURCE, content_type="application/json")
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
            wire.sendall(HEAD.encode() + b"x" * 20)
            assert _comes(url, headers, 503)
        assert _comes(url, headers, 200)


def _comes(url: str, headers: dict[str, str], status: int) -> bool:
    """Whether this status comes within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if httpx.post(f"{url}/v1/logs", content=b"{}", headers=headers).status_code == status:
            return True
        time.sleep(0.02)
    return False


def test_refusals_are_logged_without_tokens_and_not_without_end(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(house.services, bounds=Bounds(lines=3))
    begun = time.monotonic()
    with TestClient(app, base_url="http://127.0.0.1") as client, caplog.at_level(logging.WARNING):
        for _ in range(100):
            client.get("/api/v1/waiting?token=nobody", headers=bearer("nobody"))
    lines = [record.__dict__["request"] for record in caplog.records if "request" in record.__dict__]
    assert lines[0]["path"] == "/api/v1/waiting"
    assert lines[0]["status"] == 401
    assert "nobody" not in str(lines) + caplog.text
    assert 3 <= len(lines) <= 3 * (int(time.monotonic() - begun) + 2)


@pytest.mark.parametrize(
    ("path", "telemetry"),
    [("/v1/traces", True), ("/api/v1/events", True), ("/api/v1/stop", False), ("/", False)],
)
def test_which_addresses_take_telemetry(path: str, telemetry: bool) -> None:  # noqa: FBT001
    assert is_telemetry(path) is telemetry


def test_two_host_headers_are_none(house: House) -> None:
    sent: list[dict[str, object]] = []

    async def main() -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.disconnect"}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/health",
            "headers": [(b"host", b"localhost"), (b"host", b"attacker.example")],
        }
        app = make_app(house.services)
        await app.asgi_handler(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(main())
    assert sent[0]["status"] == 403


def half_sent(url: str, token: str, path: str, size: int = 1, announced: int = 1_000_000) -> socket.socket:
    """A request whose body does not go on."""
    place = urlsplit(url)
    wire = socket.create_connection((place.hostname or "", place.port or 0), timeout=10)
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {announced}"
    wire.sendall(f"{head}\r\n\r\n".encode() + b"x" * size)
    return wire


def test_half_sent_bodies_of_one_source_leave_room_for_another() -> None:
    with running(House(), Bounds(telemetry=16)) as url:
        wires = [half_sent(url, SOURCE, "/_bulk") for _ in range(12)]
        try:
            mine = {"authorization": f"Splunk {SOURCE}"}
            other = {"authorization": f"Splunk {FIELD}"}
            place = f"{url}/services/collector"
            deadline = time.monotonic() + 5
            while (refused := httpx.post(place, content=b'{"event":"x"}', headers=mine)).status_code != 503:
                assert time.monotonic() < deadline
            assert (refused.json()["code"], refused.headers["retry-after"]) == (9, "1")
            elastic = httpx.post(f"{url}/_bulk", content=b"", headers=bearer(SOURCE))
            assert (elastic.status_code, elastic.json()["status"]) == (503, 503)
            otlp = httpx.post(
                f"{url}/v1/logs", content=b"{}", headers=bearer(SOURCE, content_type="application/json")
            )
            assert (otlp.status_code, otlp.json()["code"]) == (503, 14)
            for _ in range(10):
                assert httpx.post(place, content=b'{"event":"x"}', headers=other).status_code == 200
        finally:
            for wire in wires:
                wire.close()


def test_bytes_of_one_source_are_bounded_while_they_come() -> None:
    bounds = Bounds(telemetry=64, body=1 << 20, bodies=4 << 20)
    with running(House(), bounds) as url:
        wires = [half_sent(url, SOURCE, "/v1/logs", 700_000) for _ in range(4)]
        answers = [first_line(wire) for wire in wires]
        # Two fit into half of the four MiB, and three are over it.
        assert answers.count(b"") >= 2
        assert b"HTTP/1.1 503" in answers
        assert set(answers) <= {b"", b"HTTP/1.1 503"}
        other = httpx.post(
            f"{url}/v1/logs", content=b"{}", headers=bearer(FIELD, content_type="application/json")
        )
        assert other.status_code == 200
        for wire in wires:
            wire.close()


def first_line(wire: socket.socket) -> bytes:
    """The status of the answer that came, if any did within a second."""
    wire.settimeout(1)
    try:
        return wire.recv(1_000)[:12]
    except TimeoutError:
        return b""


def test_a_stranger_takes_no_share_and_no_body_is_read() -> None:
    with running(House(), Bounds(telemetry=4)) as url:
        wires = [half_sent(url, "nobody", "/services/collector") for _ in range(20)]
        answers = [wire.recv(1_000) for wire in wires]
        for wire in wires:
            wire.close()
        assert all(answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 503")) for answer in answers)
        assert all(b"connection: close" in answer for answer in answers)
        assert httpx.post(
            f"{url}/services/collector", content=b'{"event":"x"}', headers=bearer(SOURCE)
        ).is_success
