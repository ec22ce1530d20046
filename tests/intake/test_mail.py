from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.mail import LONGEST, mail_signal, read_mail
from pullcord.model.noun import digest_bytes
from pullcord.model.times import from_rfc3339

CTX = Context(source="mail", received=from_rfc3339("2026-09-21T12:00:00Z"))


def test_plain_text_is_preferred_and_attachments_are_named() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "Ana <ana@plant.example>", "odd"
    made["Date"] = "Mon, 21 Sep 2026 10:00:00 +0200"
    made.set_content("plain")
    made.add_alternative("<p>rich</p>", subtype="html")
    made.add_attachment(b"abc", maintype="application", subtype="pdf", filename="../../a.pdf")
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("not to be opened")
    made.add_attachment(inner)
    found = read_mail(made.as_bytes())
    assert (found.text, found.sender, found.subject) == ("plain", "ana@plant.example", "odd")
    assert found.time == from_rfc3339("2026-09-21T08:00:00Z")
    first = found.attachments[0]
    assert (first.name, first.media, first.size) == ("../../a.pdf", "application/pdf", 3)
    assert found.attachments[0].digest == digest_bytes(b"abc")
    assert found.attachments[1].media == "message/rfc822"
    assert "not to be opened" not in found.text


def test_html_alone_and_odd_character_sets() -> None:
    html = b"Content-Type: text/html; charset=no-such\n\n<p>a &lt; b</p><script>x()</script>\xe9"
    assert read_mail(html).text == "a < b\n\xe9"
    coded = b"Subject: =?utf-8?q?=C3=9C?= =?no-such?q?=E9?=\nFrom: nobody\n\ntext"
    assert (read_mail(coded).subject, read_mail(coded).sender) == ("Üé", "nobody")


def test_a_made_up_date_is_not_believed() -> None:
    for date in ("Mon, 21 Sep 1970 10:00:00 +0000", "Mon, 21 Sep 2099 10:00:00 +0000", "soon", "1 1 1 1"):
        event, finding = mail_signal(f"Date: {date}\n\nhello".encode(), CTX, "env@plant.example")
        assert event.time == finding.time == CTX.received
        assert event.attributes["report.envelope_sender"] == "env@plant.example"
    event, _ = mail_signal(b"Date: Mon, 21 Sep 2026 10:00:00 +0000\n\nhello", CTX)
    assert event.time == from_rfc3339("2026-09-21T10:00:00Z")


def test_a_mail_without_text_counts_by_its_subject_and_one_with_nothing_is_refused() -> None:
    assert mail_signal(b"Subject: help\n\n", CTX)[0].attributes["report.text"] == "help"
    with pytest.raises(UnreadableRecordError):
        mail_signal(b"\n\n", CTX)
    with pytest.raises(UnreadableRecordError, match="bytes"):
        read_mail(b"x" * (LONGEST + 1))


def test_made_to_be_slow() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    )
    begin = time.process_time()
    read_mail(nested + b"text\n" * 100_000)
    read_mail(b"From: " + b"(" * 1_000_000 + b"\n\nx")
    read_mail(b"To: " + b'"' * 500_000 + b"\nSubject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx")
    read_mail(b"Content-Type: text/html\n\n" + b"<script" * 100_000)
    read_mail(b"Content-Type: text/plain" + b"; a*0*=b" * 100_000 + b"\n\nx")
    assert time.process_time() - begin < 20


@given(st.binary(max_size=2_000))
def test_bytes_of_any_kind(raw: bytes) -> None:
    try:
        found = read_mail(raw)
    except UnreadableRecordError:
        return
    assert len(found.text) <= len(raw) * 3


@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Type: multipart/mixed; boundary=x\n",
                b"Content-Type: text/html; charset=utf-7\n",
                b"Content-Transfer-Encoding: base64\n",
                b"Content-Transfer-Encoding: uuencode\n",
                b"Content-Disposition: attachment; filename*=utf-8''%ff%00\n",
                b"Content-Type: message/rfc822\n",
                b"From: =?utf-8?b?//////?= <a@b>\n",
                b"Date: Mon, 99 Foo 99999 99:99:99 +9999\n",
                b"\n--x\n",
                b"\n--x--\n",
                b"\n",
                b"AAAA====\n",
                b"\xff\xfe\x00<p\n",
            ]
        ),
        max_size=30,
    )
)
def test_pieces_of_mails(pieces: list[bytes]) -> None:
    try:
        event, finding = mail_signal(b"".join(pieces), CTX)
    except UnreadableRecordError:
        return
    assert finding.event_ids == (event.id,)
