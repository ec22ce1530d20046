from __future__ import annotations

import asyncio
import contextlib
import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from pullcord.intake.listening import Origin
from pullcord.intake.smtp_server import SmtpPlace, SmtpServer
from pullcord.intake.tls import client_context, server_context
from pullcord.model.event import LogSource
from pullcord.model.finding import FindingKind
from tests.intake.certificates import self_signed
from tests.intake.listeners import Kept, connected, program, running, until

ORIGIN = Origin(name="report-mail", site="North")
PLAIN = b"Subject: odd\r\n\r\nIt said it would open the gate.\r\n"


def server(place: SmtpPlace | None = None) -> SmtpServer:
    return SmtpServer(ORIGIN, place or SmtpPlace(), time.time_ns)


def mail(text: str = "The copilot told me to skip the lockout.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        "Jörg <joerg@plant.example>",
        "odd@plant.example",
        "Seltsam: Ü",
    )
    made.set_content(text)
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="scrëen.png")
    return made


def send(port: int, message: EmailMessage, **options: object) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=10, **options) as client:  # type: ignore[arg-type]
        return client.send_message(message)


def test_smtplib() -> None:
    async def scene() -> tuple[Kept, SmtpServer]:
        kept, listener = Kept(), server()
        async with running(listener, kept):
            await asyncio.to_thread(send, listener.port, mail(".dots\n..stay\n"))
            await asyncio.to_thread(send, listener.port, mail(".dots\n..stay\n"))
        return kept, listener

    kept, listener = asyncio.run(scene())
    (event,) = kept.events
    assert kept.duplicates == 1
    assert event.logsource == LogSource(product="ai", category="report")
    assert event.attributes["report.text"] == ".dots\n..stay"
    assert event.attributes["report.subject"] == "Seltsam: Ü"
    assert event.attributes["report.sender"] == "joerg@plant.example"
    assert event.attributes["report.attachments"] == ["scrëen.png"]
    assert (event.site, kept.findings[0].kind) == ("North", FindingKind.REPORT)
    assert listener.health()["events"] == 2


@pytest.mark.needs("swaks")
def test_swaks() -> None:
    async def scene() -> Kept:
        kept, listener = Kept(), server()
        async with running(listener, kept):
            said = await program(
                *("swaks", "--server", f"127.0.0.1:{listener.port}", "--to", "odd@plant.example"),
                *("--from", "ana@plant.example", "--header", "Subject: odd", "--body", "it spoke of keys"),
            )
            assert "250 2.0.0 kept as report:" in said
        return kept

    assert asyncio.run(scene()).events[0].attributes["report.text"] == "it spoke of keys"


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)

    def send_tls(port: int) -> None:
        with smtplib.SMTP_SSL("127.0.0.1", port, context=client_context(certificate), timeout=10) as client:
            client.send_message(mail())

    async def scene() -> Kept:
        kept, listener = Kept(), server(SmtpPlace(tls=server_context(certificate, key)))
        async with running(listener, kept):
            await asyncio.to_thread(send_tls, listener.port)
        return kept

    assert len(asyncio.run(scene()).events) == 1


def test_a_full_intake_asks_to_come_again() -> None:
    async def scene() -> tuple[Kept, SmtpServer]:
        kept, listener = Kept(full=1), server()
        async with running(listener, kept):
            with pytest.raises(smtplib.SMTPDataError) as refused:
                await asyncio.to_thread(send, listener.port, mail())
            assert refused.value.smtp_code == 451
            await asyncio.to_thread(send, listener.port, mail())
        return kept, listener

    kept, listener = asyncio.run(scene())
    assert len(kept.events) == 1
    assert listener.health()["busy"] == 1


async def talk(port: int, *lines: bytes) -> list[int]:
    """The codes of the answers to raw lines."""
    codes: list[int] = []
    async with connected(port) as (reader, writer):
        for line in (b"", *lines):
            writer.write(line)
            answer = b"250-"
            while answer[3:4] == b"-":
                answer = await reader.readline()
            codes.append(int(answer[:3] or b"0"))
    return codes


def test_what_is_not_smtp_is_answered() -> None:
    envelope = (b"EHLO x\r\n", b"MAIL FROM:<> SIZE=10\r\n", b"RCPT TO:<odd@plant.example>\r\n", b"DATA\r\n")

    async def scene() -> tuple[Kept, SmtpServer]:
        kept, listener = Kept(), server(SmtpPlace(recipients=("odd@plant.example",)))
        async with running(listener, kept):
            port = listener.port
            assert await talk(port, b"MAIL FROM:<a@b>\r\n", b"STARTTLS\r\n", b"x" * 3_000 + b"\r\n") == [
                *(220, 503, 502, 500)
            ]
            assert await talk(port, b"EHLO x\r\n", b"RCPT TO:<a@b>\r\n", b"MAIL FROM: <a@b>\r\n") == [
                *(220, 250, 503, 250)
            ]
            too_large = b"MAIL FROM:<a@b> SIZE=999999999\r\n"
            assert await talk(port, b"HELO x\r\n", too_large, b"MAIL x\r\n", b"QUIT\r\n") == [
                *(220, 250, 552, 501, 221)
            ]
            other = b"RCPT TO:<other@plant.example>\r\n"
            assert await talk(port, *envelope[:2], other, b"DATA\r\n", b"VRFY x\r\n", b"RSET\r\n") == [
                *(220, 250, 250, 550, 503, 252, 250)
            ]
            assert await talk(port, *envelope, b"\r\n.\r\n") == [220, 250, 250, 250, 354, 554]
            assert await talk(port, *envelope, PLAIN + b".\r\n") == [220, 250, 250, 250, 354, 250]
            await until(lambda: listener.health()["open"] == 0)
        return kept, listener

    kept, listener = asyncio.run(scene())
    assert len(kept.events) == 1
    assert listener.health()["rejected"] == 1


def test_bounds_on_lines_mails_and_time() -> None:
    opening = b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"

    async def scene() -> SmtpServer:
        listener = server(SmtpPlace(idle_seconds=0.3))
        async with running(listener, Kept()):
            async with connected(listener.port) as (reader, writer):
                writer.write(b"x" * 200_000)
                with contextlib.suppress(ConnectionResetError):
                    assert await reader.read() == b"220 pullcord takes reports\r\n"
            async with connected(listener.port) as (reader, writer):
                writer.write(opening + (b"y" * 60_000 + b"\r\n") * 80 + b".\r\nQUIT\r\n")
                assert b"552 5.3.4" in await reader.read()
            async with connected(listener.port) as (reader, _):
                assert await reader.read() == b"220 pullcord takes reports\r\n"
            await until(lambda: listener.health()["idle"] == 1)
        return listener

    health = asyncio.run(scene()).health()
    assert (health["broken"], health["too_large"]) == (1, 1)


def test_bare_line_feeds_do_not_end_a_mail() -> None:
    smuggled = b"Subject: a\r\n\r\nfirst\n.\nMAIL FROM:<x@y>\n.\r\nsecond\r\n.\r\n"

    async def scene() -> Kept:
        kept, listener = Kept(), server()
        async with running(listener, kept):
            codes = await talk(
                listener.port,
                *(b"EHLO x\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<c@d>\r\n", b"DATA\r\n", smuggled),
                b"QUIT\r\n",
            )
            assert codes == [220, 250, 250, 250, 354, 250, 221]
        return kept

    (event,) = asyncio.run(scene()).events
    assert "second" in str(event.attributes["report.text"])
