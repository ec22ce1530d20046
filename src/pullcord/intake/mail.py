"""A mail by a person ("the copilot told me something odd") → a report. Attachments are named and hashed, not opened.

The ``compat32`` policy of :mod:`email` is used on purpose: the newer one parses whole address grammars by recursion,
which takes long, or raises anything, on headers that somebody made for that.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

import msgspec

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.html_text import html_text
from pullcord.intake.report import report_signal
from pullcord.model.event import Event, Value
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun, digest_bytes
from pullcord.model.times import DAY, HOUR, MILLISECOND

LONGEST = 4 << 20
"""Bytes of a mail."""

_MOST_PARTS = 64
_LONGEST_HEADER = 2_048
_LONGEST_TEXT = 200_000
_LONGEST_NAME = 256
_ADDRESS = re.compile(r"<([^<>\s]{1,320})>")
_OLDEST = 30 * DAY


class Attachment(Noun, frozen=True, kw_only=True):
    """What hung on a mail: its name and type as claimed, bytes, and their SHA-256."""

    name: str
    media: str
    size: int
    digest: str


class Mail(Noun, frozen=True, kw_only=True):
    """A mail taken apart.

    Attributes:
        sender: address of the ``From`` header; anybody can write any.
        time: of its ``Date`` header, nanoseconds UTC; None if it says none that can be.
    """

    text: str
    sender: str
    subject: str
    to: str
    message_id: str
    time: int | None
    attachments: tuple[Attachment, ...] = ()


def read_mail(raw: bytes) -> Mail:
    """Take a mail apart.

    Raises:
        UnreadableRecordError: it is too large, or is none.
    """
    if len(raw) > LONGEST:
        raise UnreadableRecordError(
            f"a mail of {len(raw)} bytes", f"send at most {LONGEST}, without attachments"
        )
    try:
        return _read(raw)
    except UnreadableRecordError:
        raise
    except Exception as error:  # the email package raises whatever it likes on what is no mail
        raise UnreadableRecordError(
            f"no mail ({type(error).__name__})", "send it as plain text, without attachments"
        ) from error


def mail_signal(raw: bytes, ctx: Context, envelope: str = "") -> tuple[Event, Finding]:
    """The event and the finding of a mail.

    Args:
        envelope: the sender that the mail was handed over with, if known.

    Raises:
        UnreadableRecordError: as :func:`read_mail`, or it says nothing.
    """
    mail = read_mail(raw)
    # A date that the sender made up must not put the report before everything, or into the future.
    likely = mail.time is not None and ctx.received - _OLDEST <= mail.time <= ctx.received + HOUR
    event, finding = report_signal(
        mail.text or mail.subject,
        sender=mail.sender or envelope,
        subject=mail.subject,
        time=mail.time if mail.time is not None and likely else ctx.received,
        channel="mail",
        ctx=ctx,
    )
    extras: dict[str, Value] = {
        "report.to": mail.to,
        "report.message_id": mail.message_id,
        "report.envelope_sender": envelope[:_LONGEST_NAME],
        "report.attachments": [one.name for one in mail.attachments],
        "report.attachment_digests": [one.digest for one in mail.attachments],
    }
    given = {name: value for name, value in extras.items() if value}
    return msgspec.structs.replace(event, attributes={**event.attributes, **given}), finding


def _read(raw: bytes) -> Mail:
    # Each level of multipart is looked for in each line: many levels would take minutes.
    if raw.lower().count(b"boundary") > _MOST_PARTS:
        message: Message = BytesHeaderParser().parsebytes(raw[:LONGEST])
        parts: list[Message] = []
        text = raw.partition(b"\n\n")[2] or raw.partition(b"\r\n\r\n")[2]
        body = text[:_LONGEST_TEXT].decode("utf-8", "replace")
    else:
        message = message_from_bytes(raw)
        parts = _parts(message)
        body = _body(parts)
    return Mail(
        text=body.replace("\r\n", "\n").strip(),
        sender=_address(_header(message, "From")),
        subject=_header(message, "Subject"),
        to=_header(message, "To")[:_LONGEST_NAME],
        message_id=_header(message, "Message-ID")[:_LONGEST_NAME],
        time=_date(_header(message, "Date")),
        attachments=tuple(_attachment(part) for part in parts if _is_attachment(part)),
    )


def _parts(message: Message) -> list[Message]:
    """The leaves, in their order, at most 64. A mail inside a mail is a leaf: it is an attachment."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting += [one for one in reversed(inside) if isinstance(one, Message)]
        else:
            found.append(part)
    return found


def _is_attachment(part: Message) -> bool:
    return part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment"


def _body(parts: list[Message]) -> str:
    """The plain text, else that of the HTML."""
    texts = [part for part in parts if not _is_attachment(part)]
    for media in ("text/plain", "text/html"):
        for part in texts:
            if part.get_content_type() == media and (text := _text(part).strip()):
                return html_text(text) if media == "text/html" else text
    return _text(texts[0]) if texts else ""


def _text(part: Message) -> str:
    raw = _bytes(part)[:_LONGEST_TEXT]
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # no such character set
        return raw.decode("latin-1")


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else part.as_bytes()


def _attachment(part: Message) -> Attachment:
    raw = _bytes(part)
    name = _decoded(part.get_filename() or "")[:_LONGEST_NAME]
    return Attachment(
        name=name or "without a name",
        media=part.get_content_type()[:_LONGEST_NAME],
        size=len(raw),
        digest=digest_bytes(raw),
    )


def _address(text: str) -> str:
    """The address in a header. Not ``parseaddr``: made-up headers send it into deep recursion."""
    found = _ADDRESS.search(text)
    return found[1] if found is not None else text[:_LONGEST_NAME]


def _header(message: Message, name: str) -> str:
    """A header on one line, decoded (RFC 2047), cut to 2,048 characters."""
    value = message.get(name)
    return "" if value is None else " ".join(_decoded(str(value)[:_LONGEST_HEADER]).split())


def _decoded(text: str) -> str:
    whole = ""
    for piece, charset in decode_header(text):
        if isinstance(piece, str):
            whole += piece
            continue
        try:
            whole += piece.decode(charset or "utf-8", "replace")
        except LookupError:
            whole += piece.decode("latin-1")
    return whole


def _date(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1_000) * MILLISECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
