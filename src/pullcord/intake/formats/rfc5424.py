"""Syslog messages: RFC 5424, and the RFC 3164 that most devices send; CEF and LEEF inside are decoded as such."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import NamedTuple

from pullcord.intake.context import Context
from pullcord.intake.envelope import Draft, seal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.fields import checked_time
from pullcord.intake.formats import cef, leef
from pullcord.intake.formats.device_event import Around, event_id, word
from pullcord.intake.formats.device_time import device_time
from pullcord.intake.formats.structured_data import structured_data
from pullcord.model.event import Event, LogSource, Value
from pullcord.model.noun import digest_bytes

_SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug")
_FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock", *(f"local{number}" for number in range(8))),
)
_HIGHEST = 191
_PRI = re.compile(r"<(\d{1,3})>")
_MODERN = re.compile(
    r"1 (?P<time>\S{1,64}) (?P<host>\S{1,255}) (?P<app>\S{1,128}) (?P<pid>\S{1,128}) (?P<msgid>\S{1,64}) ?"
)
# `Mmm dd hh:mm:ss`, with a year, a fraction or a zone as some devices add, or an RFC 3339 time as rsyslog writes it.
_STAMP = re.compile(
    r"(?:\d{1,20}: )?[*.]?(?P<time>[A-Z][a-z]{2}\s{1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?: \d{4})?"
    r"|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?):? ?"
)
_HOST = re.compile(r"(?P<host>[A-Za-z0-9_.:\-]{1,255}) ")
_TAG = re.compile(r"(?P<app>[A-Za-z0-9_./()\-]{1,128})(?:\[(?P<pid>[^\]\s]{1,32})\])?:(?: |$)")
_BOM = "\ufeff"


class Message(NamedTuple):
    """A message taken apart; what a header does not say is None, or empty."""

    facility: str
    severity: str
    time: int | None
    host: str
    app: str
    pid: str
    msgid: str
    data: dict[str, Value]
    text: str


def parse(text: str, received: int = 0, zone: tzinfo = UTC) -> Message:
    """Take a message apart. Nothing is refused: what has no header is all text.

    Args:
        received: when it came, nanoseconds UTC; RFC 3164 names no year.
        zone: of times that name none.
    """
    facility = severity = ""
    pri = _PRI.match(text)
    if pri is not None and int(pri[1]) <= _HIGHEST:
        facility, severity = _FACILITIES[int(pri[1]) // 8], _SEVERITIES[int(pri[1]) % 8]
        text = text[pri.end() :]
        modern = _MODERN.match(text)
        if modern is not None:
            return _modern(facility, severity, modern, text[modern.end() :], received)
    return _old(facility, severity, text, (received, zone))


def decode(text: str, ctx: Context, zone: tzinfo = UTC, key: str = "") -> Event:
    """One message as an event; CEF and LEEF in it are decoded, and plain text if they cannot be.

    Args:
        zone: of times that name none.
        key: what makes two equal messages two events (see :class:`Around`).

    Raises:
        UnreadableRecordError: it is empty.
    """
    if not text.strip("\0\r\n\t "):
        raise UnreadableRecordError("an empty message", "check what sends it")
    found = parse(text, ctx.received, zone)
    header = _header(found)
    around = Around(header, found.time, zone, key)
    try:
        if cef.MARK.search(found.text):
            return cef.decode(found.text, ctx, around)
        if leef.MARK.search(found.text):
            return leef.decode(found.text, ctx, around)
    except UnreadableRecordError as error:
        header["syslog.problem"] = error.cause
    return _plain(found, header, text, ctx, key)


def _plain(found: Message, header: dict[str, Value], text: str, ctx: Context, key: str) -> Event:
    attributes = {**header, "message": found.text}
    if found.host:
        attributes["host.name"] = found.host
    digest = digest_bytes(text.encode("utf-8", "surrogatepass"))
    draft = Draft(
        id=event_id("syslog", key, ctx.source, digest),
        time=checked_time(ctx.received if found.time is None else found.time, "time", ctx),
        attributes=attributes,
        asset=word(found.host) or None,
    )
    service = word(found.app.rpartition("/")[2]).lower() or None
    return seal(draft, LogSource(product="syslog", service=service), digest, ctx)


def _header(found: Message) -> dict[str, Value]:
    """What a header says, as attributes. The host is the sender: for CEF and LEEF the device, or a relay."""
    named = {
        "syslog.facility": found.facility,
        "syslog.severity": found.severity,
        "syslog.hostname": found.host,
        "syslog.appname": found.app,
        "syslog.procid": found.pid,
        "syslog.msgid": found.msgid,
    }
    return {**{name: value for name, value in named.items() if value}, **found.data}


def _modern(facility: str, severity: str, header: re.Match[str], rest: str, received: int) -> Message:
    data, text = structured_data(rest)
    words = {name: "" if value == "-" else value for name, value in header.groupdict().items()}
    return Message(
        facility=facility,
        severity=severity,
        time=device_time(words["time"], received) if words["time"] else None,
        host=words["host"],
        app=words["app"],
        pid=words["pid"],
        msgid=words["msgid"],
        data=data,
        text=_clean(text),
    )


def _old(facility: str, severity: str, text: str, clock: tuple[int, tzinfo]) -> Message:
    time, host, app, pid = None, "", "", ""
    stamp = _STAMP.match(text)
    if stamp is not None:
        time = device_time(stamp["time"], *clock)
        text = text[stamp.end() :]
        # A tag is no host: programs that log on the machine itself leave the host out.
        named = None if _TAG.match(text) else _HOST.match(text)
        if named is not None and not text.startswith(("CEF:", "LEEF:")):
            host, text = named["host"], text[named.end() :]
    tag = None if text.startswith(("CEF:", "LEEF:")) else _TAG.match(text)
    if tag is not None and (stamp is not None or facility):
        app, pid, text = tag["app"], tag["pid"] or "", text[tag.end() :]
    return Message(facility, severity, time, host, app, pid, "", {}, _clean(text))


def _clean(text: str) -> str:
    return text.removeprefix(_BOM).strip("\0\r\n\t ")
