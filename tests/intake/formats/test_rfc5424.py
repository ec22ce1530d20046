from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.rfc5424 import decode, parse
from pullcord.model.event import LogSource
from pullcord.model.times import from_rfc3339, to_rfc3339
from tests.intake.listeners import NOW

CTX = Context(source="s", received=NOW)
BERLIN = ZoneInfo("Europe/Berlin")


def test_rfc_5424() -> None:
    # The example of section 6.5, with structured data and a byte order mark.
    found = parse(
        "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 "
        '[exampleSDID@32473 iut="3" eventSource="Application"] \ufeffAn application event log entry'
    )
    assert (found.facility, found.severity) == ("local4", "notice")
    assert found.time == from_rfc3339("2003-10-11T22:14:15.003Z")
    assert (found.host, found.app, found.pid, found.msgid) == (
        "mymachine.example.com",
        "evntslog",
        "",
        "ID47",
    )
    assert found.data["syslog.data.exampleSDID@32473.iut"] == "3"
    assert found.text == "An application event log entry"


@pytest.mark.parametrize("text", ["<34>1 - - - - - -", "<34>1 - - - - - - ", "<34>1 - - - - -"])
def test_rfc_5424_with_nothing_in_it(text: str) -> None:
    found = parse(text, NOW)
    assert (found.facility, found.host, found.time, found.text) == ("auth", "", None, "")


@pytest.mark.parametrize(
    ("text", "host", "app", "pid", "message"),
    [
        ("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "mymachine", "su", "", "'su root' failed"),
        ("<13>Sep  1 10:00:00 press-7 sshd[123]: Failed", "press-7", "sshd", "123", "Failed"),
        ("<13>Sep 21 10:00:00 sshd[123]: no host", "", "sshd", "123", "no host"),
        ("<13>Sep 21 2026 10:00:00 fw1 : %ASA-6-302013: Built", "fw1", "", "", ": %ASA-6-302013: Built"),
        ("<189>29: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: text", "", "", "", "%SYS-5-CONFIG_I: text"),
        ("<13>2026-09-21T10:00:00.5+02:00 press app: text", "press", "app", "", "text"),
        ("<13>2026-09-21 10:00:00 press app: text", "press", "app", "", "text"),
        ("<13>Sep 21 10:00:00 10.0.0.1 text without a tag", "10.0.0.1", "", "", "text without a tag"),
        ("<13>app: only a tag", "", "app", "", "only a tag"),
        ("no header: at all", "", "", "", "no header: at all"),
        ("<192>too high", "", "", "", "<192>too high"),
    ],
)
def test_what_devices_send(text: str, host: str, app: str, pid: str, message: str) -> None:
    found = parse(text, NOW)
    assert (found.host, found.app, found.pid, found.text) == (host, app, pid, message)


def test_times_without_year_and_zone() -> None:
    assert to_rfc3339(parse("<13>Sep 21 10:00:00 a b: c", NOW, BERLIN).time or 0) == "2026-09-21T08:00:00Z"
    # In the year that brings it nearest before receipt.
    assert to_rfc3339(parse("<13>Dec 31 23:59:59 a b: c", NOW).time or 0) == "2025-12-31T23:59:59Z"
    event = decode("<13>Feb 31 10:00:00 a b: c", CTX)
    assert event.time == NOW


def test_plain_text_as_an_event() -> None:
    event = decode("<38>Sep 21 10:00:00 press /usr/sbin/SSHD[7]: Failed password", CTX)
    assert event.logsource == LogSource(product="syslog", service="sshd")
    assert event.attributes == {
        "syslog.facility": "auth",
        "syslog.severity": "informational",
        "syslog.hostname": "press",
        "syslog.appname": "/usr/sbin/SSHD",
        "syslog.procid": "7",
        "message": "Failed password",
        "host.name": "press",
    }
    assert event.asset == "press"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("<14>Sep 21 10:00:00 relay CEF:0|a|b|1|c|d|5|src=10.0.0.1", "cef"),
        ("<14>1 2026-09-21T10:00:00Z relay app - - - CEF:0|a|b|1|c|d|5|src=10.0.0.1", "cef"),
        ("<14>CEF:0|a|b|1|c|d|5|src=10.0.0.1", "cef"),
        ("CEF:0|a|b|1|c|d|5|src=10.0.0.1", "cef"),
        ("<14>Sep 21 10:00:00 relay LEEF:1.0|a|b|1|e|src=10.0.0.1", "leef"),
        ("<14>Sep 21 10:00:00 LEEF:1.0|a|b|1|e|src=10.0.0.1", "leef"),
        ("<14>Sep 21 10:00:00 relay app: CEF:0|a|b|1|c|d|5|src=10.0.0.1", "cef"),
    ],
)
def test_what_is_inside(text: str, service: str) -> None:
    event = decode(text, CTX)
    assert event.logsource == LogSource(product="a/b", service=service)
    assert event.attributes["source.address"] == "10.0.0.1"
    assert "host.name" not in event.attributes


def test_the_time_of_the_header_counts_where_the_device_names_none() -> None:
    event = decode("<14>1 2026-09-21T10:00:00Z relay - - - - CEF:0|a|b|1|c|d|5|src=1.2.3.4", CTX)
    assert event.time == from_rfc3339("2026-09-21T10:00:00Z")


def test_what_only_looks_like_cef_stays_a_message() -> None:
    event = decode("<14>Sep 21 10:00:00 relay CEF:0|broken", CTX)
    assert event.attributes["message"] == "CEF:0|broken"
    assert "CEF header" in str(event.attributes["syslog.problem"])


@pytest.mark.parametrize("text", ["", "\n", "\0 \0"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRecordError, match="empty"):
        decode(text, CTX)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    for whole in (
        text,
        f"<14>{text}",
        f"<14>1 {text}",
        f"<14>Sep 21 10:00:00 {text}",
        f"<14>1 - - - - - {text}",
    ):
        try:
            event = decode(whole, CTX)
        except UnreadableRecordError:
            continue
        assert to_rfc3339(event.time)
