from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.zeek import decode
from tests.intake.formats.helpers import event, origin
from tests.intake.formats.samples import ZEEK_CONN


def test_a_connection() -> None:
    found = event(ZEEK_CONN)
    assert (found.logsource.product, found.logsource.category, found.logsource.service) == (
        "zeek",
        None,
        "conn",
    )
    assert found.time == 1_780_000_000_123_456_000
    assert found.attributes["id.orig_h"] == found.attributes["source.address"] == "10.20.0.5"
    assert found.attributes["destination.port"] == 502
    assert found.asset == "10.20.0.9"
    assert found.id.startswith("zeek:conn:CAbcDe1:1780000000123456000:")


def test_records_of_one_connection_are_different_events() -> None:
    assert event(ZEEK_CONN).id == event(dict(ZEEK_CONN)).id
    assert event(ZEEK_CONN).id != event(ZEEK_CONN | {"conn_state": "S0"}).id


@pytest.mark.parametrize(
    ("fields", "service"),
    [
        ({"qtype_name": "A", "query": "x.example"}, "dns"),
        ({"uri": "/", "method": "GET"}, "http"),
        ({"conn_state": "SF"}, "conn"),
        ({"note": "Scan::Port_Scan"}, "notice"),
        ({}, None),
    ],
)
def test_a_log_that_does_not_say_which_it_is(fields: dict[str, object], service: str | None) -> None:
    assert event({"ts": 1_780_000_000, "uid": "C1"} | fields).logsource.service == service


def test_times_as_text_and_the_log_from_outside() -> None:
    record = {
        "ts": "2026-06-01T08:00:00.123456Z",
        "uid": "C1",
        "id": {"orig_h": "10.0.0.1", "resp_h": "8.8.8.8"},
    }
    (found,) = decode(record, origin(service="modbus", host="sensor"))
    assert found.logsource.service == "modbus"
    assert found.attributes["source.address"] == "10.0.0.1"
    assert found.attributes["observer.name"] == "sensor"
    assert found.asset == "10.0.0.1"


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="ts"):
        decode({"uid": "C1", "_path": "conn"}, origin())


def test_a_look_up_is_about_who_asks() -> None:
    asked = {
        "_path": "dns",
        "ts": 1_780_000_000,
        "uid": "C1",
        "id.orig_h": "10.0.0.7",
        "id.resp_h": "10.0.0.53",
    }
    assert event(asked | {"query": "x.example"}).asset == "10.0.0.7"
