from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.line_events import Line, read_lines
from pullcord.model.event import LogSource
from tests.intake.listeners import NOW

CTX = Context(source="log", received=NOW)
ZEEK = {"ts": 1_790_000_000.5, "_path": "conn", "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2"}


def ids(line: bytes, *keys: str) -> list[str]:
    return [event.id for event in read_lines([Line(line, key) for key in keys], CTX).events]


@pytest.mark.parametrize(
    "line",
    [
        b"plain text",
        b"<14>Sep 21 10:00:00 press app: text",
        b"CEF:0|a|b|1|c|d|5|src=10.0.0.1",
        json.dumps(ZEEK).encode(),
        b'{"any": "object", "of": "a program"}',
    ],
)
def test_equal_lines_are_two_by_their_places_and_one_by_the_same(line: bytes) -> None:
    first, second = ids(line, "life:0", "life:30")
    assert first != second
    assert ids(line, "life:30") == [second]


def test_the_time_of_receipt_is_in_no_id() -> None:
    for line in (b"plain", b'{"any": 1}'):
        later = Context(source="log", received=NOW + 5)
        assert read_lines([Line(line, "a:0")], later).events[0].id == ids(line, "a:0")[0]


def test_what_lines_are_told_apart() -> None:
    xml = (
        b"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/>"
        b"<EventID>4624</EventID><TimeCreated SystemTime='2026-09-21T10:00:00Z'/><Channel>Security</Channel>"
        b"<Computer>hmi-3</Computer></System><EventData/></Event>"
    )
    lines = [json.dumps(ZEEK).encode(), xml, b"text", b"", b"{broken", b"[1, 2]"]
    found = read_lines([Line(line, str(at)) for at, line in enumerate(lines)], CTX)
    assert [event.logsource for event in found.events] == [
        LogSource(product="zeek", category=found.events[0].logsource.category, service="conn"),
        LogSource(product="windows", category=found.events[1].logsource.category, service="security"),
        LogSource(product="syslog"),
    ]
    assert found.rejected == 2


def test_findings_get_an_id_of_the_source() -> None:
    line: dict[str, object] = {
        "finding_id": "f-1",
        "rule_id": "r",
        "title": "t",
        "severity": "high",
        "time": "2026-09-21T10:00:00Z",
        "event_id": "e",
        "asset": None,
        "techniques": [],
    }
    (found,) = read_lines([Line(json.dumps(line).encode(), "a:0")], CTX).findings
    assert found.id.startswith("ext-")


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_any_lines(lines: list[bytes]) -> None:
    found = read_lines([Line(line, str(at)) for at, line in enumerate(lines)], CTX)
    assert len(found.events) + found.rejected <= len(lines)
