from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from pullcord.model.errors import UsageError
from pullcord.responders import probe
from pullcord.responders.errors import NoAnswerError
from pullcord.responders.probe import Life, ask, checked, life
from tests.responders.build import free_port, serving


class Told(msgspec.Struct):
    enabled: bool


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends a header without end, a byte at a time."""
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=[server])
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        over.set()
        thread.join()


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/x?y=1", "http://[::1]:80", "tcp://agent:8080"])
def test_an_address_that_can_be_asked_is_taken_as_it_is(url: str) -> None:
    assert checked(url, ("http", "tcp")) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "https://a/",
        "http://",
        "http://user:secret@host/",
        "tcp://host",
        "tcp://host:99999",
        "http://host:x/",
        "http://host/\r\nX: y",
        "http://host/a b",
        "http://[::1",
    ],
)
def test_others_are_refused_without_being_shown(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        checked(url, ("http", "tcp"))
    assert "secret" not in str(refused.value)


def test_an_answer_is_read() -> None:
    with serving(lambda _: (200, b'{"enabled": true, "more": 1}')) as url:
        assert ask(url, Told).enabled


def test_a_question_with_a_body_is_posted() -> None:
    with serving(
        lambda body: (200, b'{"enabled": %s}' % (b"true" if body == b'{"a":1}' else b"false"))
    ) as url:
        assert ask(url, Told, {"a": 1}).enabled
        assert not ask(url, Told, {"a": 2}).enabled


@pytest.mark.parametrize(
    ("status", "data"),
    [
        (500, b'{"enabled": false}'),
        (302, b'{"enabled": false}'),
        (200, b""),
        (200, b'{"enabled": "no"}'),
        (200, b"[" * 100_000),
        (200, b'{"enabled": false' + b" " * 300_000 + b"}"),
        (200, b"\xff"),
    ],
)
def test_an_answer_that_is_none_is_no_answer(status: int, data: bytes) -> None:
    with serving(lambda _: (status, data)) as url, pytest.raises(NoAnswerError):
        ask(url, Told)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswerError, match="does not answer"):
        ask(f"http://127.0.0.1:{free_port()}/", Told)


def test_an_answer_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_SECONDS", 0.3)
    begin = time.monotonic()
    with dripping() as url, pytest.raises(NoAnswerError):
        ask(url, Told)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("scheme", ["tcp", "http"])
def test_life(scheme: str) -> None:
    with serving(lambda _: (503, b"")) as url:
        assert life(url.replace("http", scheme, 1)) is Life.ANSWERS
    assert life(f"{scheme}://127.0.0.1:{free_port()}") is Life.GONE


def test_silence_is_not_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert life(f"http://127.0.0.1:{server.getsockname()[1]}") is Life.UNKNOWN
