from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pullcord.connectors.forward import syslog as module
from pullcord.connectors.forward.cef import to_cef
from pullcord.connectors.forward.errors import RefusedError, UnreachableError
from pullcord.connectors.forward.rfc5424 import message
from pullcord.connectors.forward.sender import Transport
from pullcord.connectors.forward.syslog import SyslogSender, tls_context
from pullcord.model.errors import UsageError
from pullcord.model.finding import Finding
from tests.connectors.forward.certificates import self_signed
from tests.connectors.forward.receivers import PATIENCE, SyslogServer, datagrams
from tests.connectors.forward.samples import sample


def render(finding: Finding) -> bytes:
    return message(finding, "plant-7", to_cef)


def wait(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    assert true()


def ids(server: SyslogServer) -> list[int]:
    """The numbers of the findings that came."""
    return [int(line.partition("externalId=fnd-")[2][:24]) for line in server.messages]


def test_messages_arrive_over_tcp_on_one_connection() -> None:
    evil = sample(2, title="two\nlines | and pipes")
    with SyslogServer() as server:
        sender = SyslogSender(("127.0.0.1", server.port), Transport.TCP, render)
        sender.send([sample(1), evil])
        sender.send([sample(3)])
        wait(lambda: len(server.messages) == 3)
        sender.close()
        assert ids(server) == [1, 2, 3]
        assert server.messages[1].encode() == render(evil)
        assert server.connections == 1


def test_messages_arrive_over_tls_and_the_certificate_is_checked(tmp_path: Path) -> None:
    certificate, context = self_signed(tmp_path)
    with SyslogServer(context) as server:
        place = "127.0.0.1", server.port
        sender = SyslogSender(place, Transport.TLS, render, tls_context(str(certificate)))
        sender.send([sample(1)])
        sender.send([sample(2)])
        wait(lambda: ids(server) == [1, 2])
        sender.close()
        stranger = SyslogSender(place, Transport.TLS, render)
        with pytest.raises(UnreachableError, match="tls"):
            stranger.send([sample(3)])
        assert ids(server) == [1, 2]


def test_messages_arrive_over_udp_one_in_each_datagram() -> None:
    with datagrams() as server:
        sender = SyslogSender(server.getsockname(), Transport.UDP, render)
        sender.send([sample(1), sample(2)])
        assert [server.recv(65_536) for _ in range(2)] == [render(sample(1)), render(sample(2))]
        sender.close()


def test_what_does_not_fit_into_a_datagram_is_refused() -> None:
    with datagrams() as server:
        sender = SyslogSender(server.getsockname(), Transport.UDP, lambda _: b"x" * 70_000)
        with pytest.raises(RefusedError, match="datagram"):
            sender.send([sample()])
        sender.close()


def test_after_a_break_what_was_sent_last_comes_once_more() -> None:
    with SyslogServer() as server:
        sender = SyslogSender(("127.0.0.1", server.port), Transport.TCP, render)
        sender.send([sample(1), sample(2)])
        wait(lambda: len(server.messages) == 2)
        server.hang_up()
        sender.send([sample(3)])
        wait(lambda: len(server.messages) == 5)
        assert ids(server) == [1, 2, 1, 2, 3]
        sender.close()


def test_a_receiver_that_stops_reading_in_the_middle_loses_nothing() -> None:
    with SyslogServer() as server:
        server.hang_up_after = 10
        sender = SyslogSender(("127.0.0.1", server.port), Transport.TCP, render, seconds=5)
        for start in range(0, 200, 20):
            sent = False
            while not sent:
                with suppress(UnreachableError):
                    sender.send([sample(number) for number in range(start, start + 20)])
                    sent = True
        until = time.monotonic() + PATIENCE
        while set(ids(server)) != set(range(200)) and time.monotonic() < until:
            sender.tend()
            time.sleep(0.05)
        sender.close()
        assert set(ids(server)) == set(range(200))
        assert server.connections >= 2


def test_what_is_lost_with_a_connection_comes_again_without_anything_new() -> None:
    with SyslogServer() as server:
        sender = SyslogSender(("127.0.0.1", server.port), Transport.TCP, render)
        sender.tend()
        assert server.connections == 0
        sender.send([sample(1)])
        wait(lambda: ids(server) == [1])
        sender.tend()
        server.hang_up()
        sender.tend()
        wait(lambda: ids(server) == [1, 1])
        sender.close()


def test_what_was_sent_long_ago_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_UNREAD_SECONDS", 0.05)
    with SyslogServer() as server:
        sender = SyslogSender(("127.0.0.1", server.port), Transport.TCP, render)
        sender.send([sample(1)])
        wait(lambda: ids(server) == [1])
        time.sleep(0.1)
        sender.tend()
        server.hang_up()
        sender.tend()
        sender.send([sample(2)])
        wait(lambda: len(server.messages) >= 2)
        sender.close()
        assert ids(server) == [1, 2]


def test_nobody_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = free.getsockname()
        sender = SyslogSender(place, Transport.TCP, render)
        with pytest.raises(UnreachableError, match="did not take findings over tcp") as told:
            sender.send([sample()])
        assert f"127.0.0.1:{place[1]}" in told.value.cause


def test_a_receiver_that_does_not_read_is_not_waited_for_without_end() -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        sender = SyslogSender(deaf.getsockname(), Transport.TCP, lambda _: b"x" * 1_000_000, seconds=0.3)
        begun = time.monotonic()
        with pytest.raises(UnreachableError):
            sender.send([sample(number) for number in range(8)])
        assert time.monotonic() - begun < 5
        sender.close()


def test_a_wrong_certificate_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    for ca in (tmp_path / "no.pem", tmp_path / "missing.pem"):
        with pytest.raises(UsageError, match="no certificate can be read"):
            tls_context(str(ca))
