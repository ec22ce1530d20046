from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.handlers
import socket
import time
from pathlib import Path

import pytest

from pullcord.intake.listening import Origin
from pullcord.intake.syslog_server import SyslogPlace, SyslogServer
from pullcord.intake.tls import client_context, server_context
from pullcord.model.event import LogSource, SourceTrust
from tests.intake.certificates import self_signed
from tests.intake.listeners import Kept, connected, now, program, running, until

ORIGIN = Origin(name="plant-syslog")


def server(place: SyslogPlace, origin: Origin = ORIGIN) -> SyslogServer:
    return SyslogServer(origin, place, time.time_ns)


@pytest.mark.needs("logger")
@pytest.mark.parametrize("form", ["--rfc5424", "--rfc3164"])
@pytest.mark.parametrize("udp", [True, False], ids=["udp", "tcp"])
@pytest.mark.parametrize("counted", [True, False], ids=["octets", "lines"])
def test_logger_of_util_linux(form: str, udp: bool, counted: bool) -> None:  # noqa: FBT001
    async def scene() -> tuple[Kept, SyslogServer]:
        kept, listener = Kept(), server(SyslogPlace(udp=udp))
        async with running(listener, kept):
            way = "--udp" if udp else "--tcp"
            options = ["--server", "127.0.0.1", "--port", str(listener.port), way, "-p", "auth.warning"]
            options += ["--octet-count"] if counted and not udp else []
            await program("logger", *options, form, "-t", "sshd", "--id=77", "Failed password for root")
            await until(lambda: bool(kept.events))
        return kept, listener

    kept, listener = asyncio.run(scene())
    (event,) = kept.events
    assert event.attributes["message"] == "Failed password for root"
    assert event.attributes["syslog.facility"] == "auth"
    assert event.attributes["syslog.severity"] == "warning"
    assert event.attributes["syslog.peer"] == "127.0.0.1"
    assert event.logsource == LogSource(product="syslog", service="sshd")
    assert event.asset == event.attributes["host.name"] == socket.gethostname().partition(".")[0]
    assert (event.source, event.trust) == ("plant-syslog", SourceTrust.ATTACKER_WRITABLE)
    # RFC 3164 times have no zone: the machine's own is taken for UTC here.
    assert abs(event.time - event.received) < 86_400 * 10**9
    assert listener.health()["received"] == listener.health()["events"] == 1


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_the_syslog_handler_of_python(kind: socket.SocketKind) -> None:
    async def scene() -> Kept:
        kept, listener = Kept(), server(SyslogPlace(udp=kind is socket.SOCK_DGRAM))
        async with running(listener, kept):
            await asyncio.to_thread(send, listener.port)
            await until(lambda: len(kept.events) == 2)
        return kept

    def send(port: int) -> None:
        handler = logging.handlers.SysLogHandler(("127.0.0.1", port), socktype=kind)
        handler.ident = "gateway: "
        for number in range(2):
            record = logging.LogRecord("x", logging.ERROR, "", 0, "denied %d", (number,), None)
            handler.handle(record)
        handler.close()

    kept = asyncio.run(scene())
    # The handler ends messages with a NUL octet and sends no header but the priority.
    assert kept.texts() == ["denied 0", "denied 1"]
    assert {event.logsource.service for event in kept.events} == {"gateway"}


def test_tls_with_client_certificates(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    mine, my_key = self_signed(tmp_path, "monitor")
    context = server_context(certificate, key, mine)
    origin = Origin(name="ot-monitor", authenticated=True, category="ot", site="North")

    async def scene() -> Kept:
        kept, listener = Kept(), server(SyslogPlace(udp=False, tls=context), origin)
        async with running(listener, kept):
            # A stranger's handshake is refused, with TLS 1.3 only after its own part of it.
            stranger, known = client_context(certificate), client_context(certificate, mine, my_key)
            for name, trusted in ((b"stranger", stranger), (b"known", known)):
                text = b"<14>Nov 25 10:00:00 ids CEF:0|Acme|Watch|1|7|%s|9|dst=10.0.0.5" % name
                with contextlib.suppress(OSError):
                    async with connected(listener.port, trusted) as (reader, writer):
                        writer.write(b"%d %s" % (len(text), text))
                        writer.write_eof() if writer.can_write_eof() else await writer.drain()
                        async with asyncio.timeout(0.5):
                            await reader.read()
            await until(lambda: bool(kept.events))
        return kept

    (event,) = asyncio.run(scene()).events
    assert event.trust is SourceTrust.AUTHENTICATED
    assert (event.site, event.attributes["event.name"]) == ("North", "known")
    assert event.logsource == LogSource(product="acme/watch", category="ot", service="cef")
    assert event.attributes["destination.address"] == "10.0.0.5"


def test_equal_messages_stay_two_and_a_full_intake_makes_the_sender_wait() -> None:
    async def scene() -> tuple[Kept, SyslogServer]:
        kept, listener = Kept(full=3), server(SyslogPlace(udp=False))
        async with running(listener, kept):
            async with connected(listener.port) as (_, writer):
                writer.write(b"<14>same\n<14>same\n<14>no end")
            await until(lambda: len(kept.events) == 3)
        return kept, listener

    kept, listener = asyncio.run(scene())
    assert kept.texts() == ["same", "same", "no end"]
    assert listener.health()["busy"] == 3


def test_what_finds_no_room_over_udp_is_counted() -> None:
    async def scene() -> SyslogServer:
        kept, listener = Kept(full=10_000), server(SyslogPlace(udp=True))
        async with running(listener, kept):
            for number in range(9_000):
                listener.datagram(b"<14>%d" % number, "127.0.0.1")
            assert len(listener._funnel) == 8_192
            kept.full = 0
            await until(lambda: len(kept.events) == 8_192)
        return listener

    listener = asyncio.run(scene())
    assert listener.health()["dropped"] == 9_000 - 8_192


def test_only_allowed_networks_and_a_share_of_the_connections() -> None:
    async def scene() -> tuple[int, int]:
        kept = Kept()
        strict = server(SyslogPlace(udp=False, allow=("10.0.0.0/8",)))
        async with running(strict, kept), connected(strict.port):
            await until(lambda: strict.health()["refused"] == 1)
        strict.datagram(b"<14>x", "192.0.2.1")
        few = server(SyslogPlace(udp=False, connections=8))
        async with running(few, kept), contextlib.AsyncExitStack() as doors:
            for _ in range(6):
                await doors.enter_async_context(connected(few.port))
            await until(lambda: few.health()["refused"] == 2)
            assert few.health()["open"] == 4
        return strict.health()["refused"], len(kept.events)

    assert asyncio.run(scene()) == (2, 0)


def test_an_idle_connection_is_closed() -> None:
    async def scene() -> SyslogServer:
        listener = server(SyslogPlace(udp=False, idle_seconds=0.1))
        async with running(listener, Kept()), connected(listener.port):
            await until(lambda: listener.health()["idle"] == 1)
        return listener

    assert asyncio.run(scene()).health()["open"] == 0


def test_what_waits_is_handed_on_at_the_end() -> None:
    async def scene() -> Kept:
        kept, listener = Kept(), SyslogServer(ORIGIN, SyslogPlace(udp=True), now)
        async with running(listener, kept):
            for number in range(2_000):
                listener.datagram(b"<14>%d" % number, "127.0.0.1")
        return kept

    assert len(asyncio.run(scene()).events) == 2_000
