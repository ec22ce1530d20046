from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest

from pullcord.app.people.services import Reply
from pullcord.model.errors import UsageError
from pullcord.model.person import Principal
from pullcord.server.application import make_app
from pullcord.server.run import serve
from tests.server.fakes import PERSON, House, MemoryDesk, bearer
from tests.server.live import running


def test_it_says_its_real_address_and_stops_when_told() -> None:
    with running(House()) as url:
        assert urlsplit(url).port not in (0, None)
        assert httpx.get(f"{url}/api/v1/health").json() == {"status": "ok"}
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/api/v1/health")


def test_signals_stay_with_the_process() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    during: list[object] = []

    async def main() -> None:
        ready = asyncio.Event()
        task = asyncio.create_task(serve(make_app(House().services), "127.0.0.1", 0, lambda _: ready.set()))
        await ready.wait()
        # The loop's own runner handles SIGINT while it runs; a server of uvicorn's would handle both.
        during.append(signal.getsignal(signal.SIGTERM))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert during == [before[0]]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


@dataclass
class SlowDesk(MemoryDesk):
    inside: threading.Event = field(default_factory=threading.Event)

    def stop(self, who: Principal, reason: str, site: str) -> Reply:
        self.inside.set()
        time.sleep(0.4)
        return super().stop(who, reason, site)


def test_a_request_inside_finishes_before_the_stop() -> None:
    desk = SlowDesk()
    with ThreadPoolExecutor(1) as pool:
        with running(House(desk=desk)) as url:
            answer = pool.submit(
                httpx.post, f"{url}/api/v1/stop", json={"reason": "x"}, headers=bearer(PERSON)
            )
            assert desk.inside.wait(10)
        assert answer.result().json() == {"stopped": True}


def test_small_answers_do_not_wait_for_an_acknowledgement() -> None:
    with running(House()) as url, httpx.Client() as client:
        client.get(f"{url}/api/v1/health")
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            client.get(f"{url}/api/v1/health")
            times.append(time.perf_counter() - begun)
    # Delayed acknowledgements cost 40 ms on every request, a busy machine on some.
    assert min(times) < 0.03


def test_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match="cannot be listened on"):
            asyncio.run(serve(make_app(House().services), "127.0.0.1", port, lambda _: None))
