from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.listening import Tally
from pullcord.intake.mqtt_events import LONGEST, Published, events, matches
from pullcord.intake.sparkplug_state import COUNTED, SparkplugState
from pullcord.model.event import Event, LogSource
from pullcord.model.times import from_rfc3339, to_rfc3339
from tests.intake.listeners import NOW
from tests.intake.sparkplug_bytes import metric, payload

CTX = Context(source="broker", received=NOW)


def read(raw: bytes, topic: str = "line/7/temp", key: str = "1", writes: tuple[str, ...] = ()) -> list[Event]:
    state = SparkplugState(Tally(COUNTED))
    return events(Published(topic, raw, NOW, key), state, writes, CTX)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"21.5", 21.5),
        (b"-3", -3),
        (b"true", True),
        (b'"on"', "on"),
        (b" 007.50 ", 7.5),
        (b"1e3", 1000.0),
        (b'{"value": 5, "unit": "C"}', 5),
        (b'{"v": "open"}', "open"),
        (b"[1, 2]", [1, 2]),
    ],
)
def test_values(raw: bytes, value: object) -> None:
    (event,) = read(raw)
    assert event.attributes["ot.value"] == value
    assert event.attributes["ot.tag"] == event.attributes["mqtt.topic"] == "line/7/temp"
    assert event.attributes["ot.operation"] == "read"
    assert (event.logsource, event.time) == (LogSource(product="ai", category="ot", service="mqtt"), NOW)


def test_objects_are_flattened_and_their_time_is_read() -> None:
    data = {"a": {"b": 1}, "quality": "bad", "timestamp": "2026-09-21T10:00:00Z", "list": [{"x": 1}]}
    (event,) = read(json.dumps(data).encode())
    assert event.attributes["mqtt.payload.a.b"] == 1
    assert event.attributes["ot.quality"] == "bad"
    assert event.attributes["mqtt.payload.list"] == '[{"x":1}]'
    assert event.time == from_rfc3339("2026-09-21T10:00:00Z")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1_790_000_000, "2026-09-21T14:13:20Z"),
        (1_790_000_000_500, "2026-09-21T14:13:20.500Z"),
        (1_790_000_000.25, "2026-09-21T14:13:20.250Z"),
        (77, to_rfc3339(NOW)),
        ("nonsense", to_rfc3339(NOW)),
    ],
)
def test_times(time: object, expected: str) -> None:
    assert to_rfc3339(read(json.dumps({"ts": time}).encode())[0].time) == expected


def test_texts_and_bytes() -> None:
    assert read(b"hello {")[0].attributes["mqtt.payload"] == "hello {"
    assert read(b"nan")[0].attributes["mqtt.payload"] == "nan"
    assert read(b"\xff\xfe")[0].attributes["mqtt.payload.bytes"] == 2
    assert "mqtt.payload" not in read(b"")[0].attributes
    with pytest.raises(UnreadableRecordError):
        read(b"x" * (LONGEST + 1))


def test_our_own_format_keeps_its_id() -> None:
    data = {"id": "n", "time": "2026-09-21T10:00:00Z", "logsource": {"product": "ai"}, "attributes": {"a": 1}}
    (event,) = read(json.dumps(data).encode())
    assert (event.id, event.source) == ("n", "broker")


def test_equal_messages_are_two_and_retained_ones_are_one() -> None:
    assert read(b"1", key="1")[0].id != read(b"1", key="2")[0].id
    assert read(b"1", key="")[0].id == read(b"1", key="")[0].id
    assert read(b"1", key="")[0].id != read(b"1", "other", key="")[0].id


def test_writes_are_told_by_their_topic() -> None:
    assert read(b"1", "line/7/set", writes=("+/+/set",))[0].attributes["ot.operation"] == "write"


def test_sparkplug() -> None:
    raw = payload(
        metric("Temp", 1.5, quality=0, time=1_790_000_000_000), metric("Mode", "auto", datatype=12), seq=4
    )
    first, second = read(raw, "spBv1.0/north/DDATA/edge/press")
    assert first.attributes == {
        "ot.operation": "read",
        "ot.tag": "north/edge/press/Temp",
        "ot.metric": "Temp",
        "ot.server": "north/edge",
        "ot.quality": "bad",
        "ot.value": 1.5,
        "mqtt.topic": "spBv1.0/north/DDATA/edge/press",
    }
    assert (first.asset, first.logsource.service) == ("press", "sparkplug")
    assert first.id != second.id


@pytest.mark.parametrize(
    ("topic", "wanted", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/+", True),
        ("a/b", "#", True),
        ("a/b/c", "a/#", True),
        ("a", "a/#", True),
        ("a/b", "a", False),
        ("a", "a/b", False),
        ("a/b", "+", False),
    ],
)
def test_filters(topic: str, wanted: str, expected: bool) -> None:  # noqa: FBT001
    assert matches(topic, wanted) is expected


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "ts", "q", "logsource", "attributes", "id", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_payload(raw: bytes) -> None:
    try:
        (event,) = read(raw)
    except UnreadableRecordError:
        return
    assert to_rfc3339(event.time)
