from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.sparkplug import MOST_METRICS, Metric, Payload, parse, typed
from tests.intake.sparkplug_bytes import metric, payload


def only(*pieces: bytes) -> Metric:
    return parse(payload(*pieces)).metrics[0]


@pytest.mark.parametrize(
    ("value", "datatype", "expected"),
    [
        (-1, 1, -1),
        (-300, 2, -300),
        (-70_000, 3, -70_000),
        (-(2**40), 4, -(2**40)),
        (2**63, 8, 2**63),
        (250, 5, 250),
        (0.1, 9, 0.1),
        (16_777_216.0, 9, 16_777_216.0),
        (-0.30000001, 10, -0.30000001),
        (math.inf, 10, "inf"),
        (math.nan, 9, "nan"),
        (3.4028234663852886e38, 9, 3.4028234663852886e38),
        (True, 11, True),
        ("text ü", 12, "text ü"),
    ],
)
def test_each_kind_of_value(value: float | str, datatype: int, expected: object) -> None:
    found = only(metric("m", value, datatype=datatype))
    assert found.value == expected
    assert type(found.value) is type(expected)


def test_what_a_metric_says_beside_its_value() -> None:
    found = only(metric("Temp", 1.5, 7, time=5, quality=500, flags=(5,)))
    assert found == Metric("Temp", 7, 5, 10, True, False, 1.5, 500)  # noqa: FBT003
    assert only(metric("Temp", 1.5, flags=(7,))).value is None
    assert str(only(metric("Blob", b"abc", datatype=17)).value).startswith("3 bytes, sha256 ba7816bf")


def test_an_alias_gets_the_type_of_its_birth() -> None:
    assert typed(only(metric("", -5, 1, datatype=0)), 3) == -5
    assert typed(Metric(value=True), 3) is True


def test_bounds_and_damage() -> None:
    assert parse(payload(*[b""] * (MOST_METRICS + 3))).left_out == 3
    for raw in (b"\x0f", b"\x12\x05a", b"\xff" * 11, payload(b"\x0a\x01\xff"), b"\x08"):
        with pytest.raises(UnreadableRecordError):
            parse(raw)
    assert parse(b"") == Payload(None, None, (), 0)


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    try:
        found = parse(raw)
    except UnreadableRecordError:
        return
    assert len(found.metrics) <= len(raw)


@given(st.data())
def test_damaged_payloads(data: st.DataObject) -> None:
    whole = bytearray(payload(metric("a", 1.5, 3, quality=0), metric("b", "x", datatype=12), seq=3))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = parse(bytes(whole))
    except UnreadableRecordError:
        return
    assert len(found.metrics) <= len(whole)
