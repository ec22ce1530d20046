from __future__ import annotations

import socket
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from pullcord.app.people.services import Reply
from pullcord.model.person import Principal
from pullcord.server import connection
from tests.server.fakes import PERSON, House, MemoryDesk, bearer
from tests.server.live import running


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 1.0)


@pytest.mark.parametrize(
    "said", [b"", b"GET /api/v1/health HTT", b"GET /api/v1/health HTTP/1.1\r\nhost: loc"]
)
def test_a_connection_that_says_too_little_is_closed(said: bytes) -> None:
    with running(House()) as url:
        place = urlsplit(url)
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
            wire.sendall(said)
            assert wire.recv(1_000) == b""


def test_after_a_request_it_must_say_more_in_time() -> None:
    with running(House()) as url:
        place = urlsplit(url)
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as wire:
            wire.sendall(b"GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert wire.recv(4_000).startswith(b"HTTP/1.1 200")
            wire.sendall(b"GET ")
            while wire.recv(1_000):
                pass


class SlowDesk(MemoryDesk):
    def waiting(self, who: Principal) -> list[Reply]:
        time.sleep(1.5)
        return super().waiting(who)


def test_an_answer_may_take_longer_and_the_connection_lives_on() -> None:
    with running(House(desk=SlowDesk())) as url, httpx.Client(timeout=10) as client:
        for _ in range(2):
            assert client.get(f"{url}/api/v1/waiting", headers=bearer(PERSON)).status_code == 200
    assert not [one for one in threading.enumerate() if one.name.startswith("pullcord-desk")]
