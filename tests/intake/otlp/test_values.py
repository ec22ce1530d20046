from __future__ import annotations

import base64

import pytest

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.values import attributes, hex_id, integer, nanoseconds, plain, plain_map, sub_object
from pullcord.model.event import Value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "x"}, "x"),
        ({"intValue": "-5"}, -5),
        ({"intValue": 5}, 5),
        ({"intValue": "5.5"}, "5.5"),
        ({"intValue": "9" * 20}, float("9" * 20)),
        ({"intValue": "9" * 5_000}, "9" * 5_000),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "2.5"}, 2.5),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"doubleValue": "words"}, "words"),
        ({"boolValue": True}, True),
        ({"bytesValue": "AAE="}, "AAE="),
        ({"arrayValue": {"values": [{"intValue": "1"}, {"intValue": 2}]}}, [1, 2]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"stringValue": "b"}}, "junk"]}}, {"a": "b"}),
        ({}, None),
        ("bare", None),
        ({"newValue": 1}, None),
    ],
)
def test_any_values(value: object, expected: object) -> None:
    assert plain(value, Context()) == expected


def test_depth_is_cut_and_counted() -> None:
    deep: object = {"stringValue": "bottom"}
    for _ in range(200):
        deep = {"arrayValue": {"values": [deep]}}
    ctx = Context()
    assert "\u2026" in repr(plain(deep, ctx))
    assert ctx.counters.truncated == 1


def test_attributes_are_flat() -> None:
    into: dict[str, Value] = {"old": 1, "same": 1}
    inner = [{"key": "b", "value": {"intValue": "1"}}]
    pairs = [
        {"key": "same", "value": {"stringValue": "new"}},
        {"key": "a", "value": {"kvlistValue": {"values": inner}}},
        {"key": "none"},
        {"key": "x" * 600, "value": {"stringValue": "dropped"}},
    ]
    ctx = Context()
    attributes(pairs, "p", into, ctx)
    assert into == {"old": 1, "same": "new", "a.b": 1}
    assert ctx.counters.dropped == 1


@pytest.mark.parametrize("pairs", [{}, "x", [1], [{}], [{"key": 5}]])
def test_wrong_attributes_are_named(pairs: object) -> None:
    with pytest.raises(UnreadableRecordError, match=r"PC-6001: p(\[0\])?: "):
        attributes(pairs, "p", {}, Context())


def test_plain_map_leaves_out_junk() -> None:
    assert plain_map([{"key": "a", "value": {"boolValue": False}}, 5, {}], "p", Context()) == {"a": False}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("00AB" * 8, "00ab" * 8),
        (base64.b64encode(bytes(range(16))).decode(), bytes(range(16)).hex()),
        (base64.b64encode(b"12345678").decode(), b"12345678".hex()),
        ("0" * 32, None),
        (base64.b64encode(bytes(8)).decode(), None),
        ("", None),
        (None, None),
        ("session-1", "session-1"),
        ("x===", "x==="),
        ("\u00e9=", "\u00e9="),
    ],
)
def test_ids(value: object, expected: str | None) -> None:
    assert hex_id(value, "p", Context()) == expected


@pytest.mark.parametrize("value", [5, "a" * 600])
def test_bad_ids(value: object) -> None:
    with pytest.raises(UnreadableRecordError, match="PC-6001: p: "):
        hex_id(value, "p", Context())


def test_times() -> None:
    ctx = Context()
    assert nanoseconds("1700000000000000001", "p", ctx) == 1_700_000_000_000_000_001
    assert nanoseconds(1_700_000_000_000_000_001, "p", ctx) == 1_700_000_000_000_000_001
    assert nanoseconds(1.5e18, "p", ctx) == 1_500_000_000_000_000_000
    assert nanoseconds(None, "p", ctx) == 0
    wrong: tuple[object, ...] = (True, "now", 1.5, [], "9" * 20, float(2**70))
    for bad in wrong:
        with pytest.raises(UnreadableRecordError, match="PC-6001: p: "):
            nanoseconds(bad, "p", ctx)


def test_integers_are_ascii_digits_only() -> None:
    assert integer("12") == 12
    assert [integer(text) for text in ("1_0", " 1", "\u0661", "1" * 21)] == ["1_0", " 1", "\u0661", "1" * 21]


def test_sub_objects() -> None:
    assert sub_object({}, "status", "p") == {}
    with pytest.raises(UnreadableRecordError, match=r"p\.status"):
        sub_object({"status": 5}, "status", "p")
