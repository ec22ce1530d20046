from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.opcua_events import Change, Told, change_event, plain, told_event
from pullcord.model.times import from_rfc3339, to_rfc3339
from tests.intake.listeners import NOW

CTX = Context(source="press", received=NOW)
URL = "opc.tcp://press:4840"


def change(
    value: object, source: datetime | None = None, server: datetime | None = None, key: str = "1"
) -> Change:
    return Change("ns=2;i=2", "Force", value, 0, source, server, NOW, key)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ua.Variant(1.5), 1.5),
        (ua.NodeId(ua.Int32(7), ua.Int16(2)), "ns=2;i=7"),
        (ua.LocalizedText("warm"), "warm"),
        (ua.LocalizedText(None), None),
        (ua.QualifiedName("Force", 2), "2:Force"),
        ([1, ua.LocalizedText("a")], [1, "a"]),
        (b"\x01\x02", "0102"),
        (b"x" * 300, plain(b"x" * 300)),
        (math.nan, "nan"),
        (datetime(2026, 9, 21, 10, tzinfo=UTC), "2026-09-21T10:00:00Z"),
        (datetime(1601, 1, 1, tzinfo=UTC), None),
        (ua.Range(0.0, 1.0), "(Range)"),
        (None, None),
    ],
)
def test_values_of_the_library(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_depth_is_bounded() -> None:
    value: object = 1
    for _ in range(5_000):
        value = [value]
    assert str(plain(value)).count("[") == 17


def test_the_time_of_the_source_counts_then_that_of_the_server() -> None:
    ten, eleven = datetime(2026, 9, 21, 10, tzinfo=UTC), datetime(2026, 9, 21, 11)  # noqa: DTZ001  (as some servers)
    assert change_event(change(1, ten, eleven), URL, CTX).time == from_rfc3339("2026-09-21T10:00:00Z")
    assert change_event(change(1, None, eleven), URL, CTX).time == from_rfc3339("2026-09-21T11:00:00Z")
    assert change_event(change(1), URL, CTX).time == NOW


def test_a_value_told_again_is_one_and_one_without_a_time_is_not() -> None:
    ten = datetime(2026, 9, 21, 10, tzinfo=UTC)
    assert (
        change_event(change(1, ten, key="1"), URL, CTX).id
        == change_event(change(1, ten, key="2"), URL, CTX).id
    )
    assert change_event(change(1, key="1"), URL, CTX).id != change_event(change(1, key="2"), URL, CTX).id


@pytest.mark.parametrize(
    ("fields", "operation"),
    [
        ({"EventType": ua.NodeId(ua.Int32(2100))}, "write"),
        ({"EventType": ua.NodeId(ua.Int32(2127))}, "call"),
        ({"EventType": ua.NodeId(ua.Int32(2071))}, "session"),
        ({"EventType": ua.NodeId(ua.Int32(2091))}, "configure"),
        ({"EventType": ua.NodeId(ua.Int32(9), ua.Int16(3)), "NewValue": 1, "ClientUserId": "a"}, "write"),
        ({"EventType": ua.NodeId(ua.Int32(9), ua.Int16(3)), "MethodId": ua.NodeId(ua.Int32(1))}, "call"),
        ({"EventType": ua.NodeId(ua.Int32(2782)), "ActiveState/Id": True}, "event"),
        ({}, "event"),
    ],
)
def test_what_somebody_did(fields: dict[str, object], operation: str) -> None:
    assert told_event(Told(fields, NOW, "1"), URL, {}, CTX).attributes["ot.operation"] == operation


def test_the_servers_own_id_makes_one_event_of_two() -> None:
    first = told_event(Told({"EventId": b"\x01"}, NOW, "1"), URL, {}, CTX)
    assert first.id == told_event(Told({"EventId": b"\x01", "Retain": True}, NOW, "2"), URL, {}, CTX).id
    assert first.id != told_event(Told({}, NOW, "2"), URL, {}, CTX).id


ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.datetimes()
)
NAMES = ("EventType", "EventId", "SourceNode", "Time", "NewValue", "ClientUserId", "Message", "Severity")


@given(st.dictionaries(st.sampled_from(NAMES), ODD | st.lists(ODD, max_size=3)))
def test_any_fields(fields: dict[str, object]) -> None:
    assert to_rfc3339(told_event(Told(fields, NOW, "1"), URL, {}, CTX).time)
