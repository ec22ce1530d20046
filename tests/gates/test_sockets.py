from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.sockets import TRIED, NetworkTriedError, local

OUTSIDE = "192.0.2.1"  # RFC 5737: belongs to nobody


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "", None])
def test_this_machine_is_local(host: str | None) -> None:
    assert local(host)


@pytest.mark.parametrize("host", [OUTSIDE, "0.0.0.0", "::", "example.org", "2001:db8::1"])  # noqa: S104
def test_others_are_not(host: str) -> None:
    assert not local(host)


def test_leaving_the_machine_is_refused_and_noted() -> None:
    with socket.socket() as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        with pytest.raises(NetworkTriedError, match=OUTSIDE):
            one.connect((OUTSIDE, 9))
        with pytest.raises(NetworkTriedError):
            one.bind(("0.0.0.0", 0))  # noqa: S104  # refused: that is the test
        with pytest.raises(NetworkTriedError):
            two.sendto(b"x", (OUTSIDE, 9))
        with pytest.raises(NetworkTriedError):
            socket.getaddrinfo("example.org", 80)
    assert len(TRIED) == 4
    TRIED.clear()  # else this very test would fail at its end


def test_loopback_and_unix_sockets_work(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert server.getsockname() == str(tmp_path / "s")
