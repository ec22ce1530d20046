from __future__ import annotations

import pytest
from hypothesis import given
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue

from pullcord.intake.otlp import raw_pairs
from pullcord.intake.otlp.messages import any_value
from pullcord.intake.otlp.raw_pairs import read_pairs
from pullcord.intake.otlp.values import plain
from pullcord.model.event import Value
from tests.intake.otlp.made import VALUES
from tests.intake.otlp.ways import context


def ignore(_messages: int) -> None:
    """Count nothing."""


def pair(name: str, value: AnyValue) -> bytes:
    return bytes(KeyValue(key=name, value=value).SerializeToString())


@given(value=VALUES)
def test_a_value_is_what_it_is_for_the_careful_way_or_left_to_it(value: AnyValue) -> None:
    found: dict[str, Value] = {}
    counted: list[int] = []
    messages = read_pairs([pair("a", value)], found)
    expected = plain(any_value(value, counted.append), context())
    if messages < 0:
        assert not isinstance(expected, str | int | float | bool)
    else:
        assert repr(found) == repr({"a": expected})
        assert messages == 2 + sum(counted)


def test_texts_of_all_lengths() -> None:
    for length in (0, 1, 32, 33, 123, 125, 126, 127, 128, 129, 16_379, 16_383, 16_384, 2_097_152):
        found: dict[str, Value] = {}
        assert read_pairs([pair("n", AnyValue(string_value="x" * length))], found) == 2
        assert found == {"n": "x" * length}


def test_of_a_name_that_comes_twice_the_last_value_counts() -> None:
    found: dict[str, Value] = {}
    twice = [
        pair("a", AnyValue(int_value=1)),
        pair("b", AnyValue(bool_value=True)),
        pair("a", AnyValue(int_value=2)),
    ]
    assert read_pairs(twice, found) == 6
    assert list(found.items()) == [("a", 2), ("b", True)]


@pytest.mark.parametrize(
    "data", [b"\x0a", b"", b"\x0a\x01a", b"\x0a\x01a\x12", b"\x0a\x01a\x12\x03\x0a\x01\xff"]
)
def test_broken_pairs(data: bytes) -> None:
    assert read_pairs([data], {}) < 0


def test_lists_are_never_shared() -> None:
    item = pair("a", AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="x")])))
    first: dict[str, Value] = {}
    second: dict[str, Value] = {}
    assert read_pairs([item], first) == read_pairs([item], second) == 3
    assert first["a"] == second["a"] == ["x"]
    assert first["a"] is not second["a"]


def test_made_up_names_do_not_fill_the_memory() -> None:
    for number in range(20_000):
        found: dict[str, Value] = {}
        assert read_pairs([pair(f"name.{number}", AnyValue(int_value=number))], found) == 2
        assert found == {f"name.{number}": number}
    assert len(raw_pairs._names) <= 4_096
    assert len(raw_pairs._pairs) <= 8_192
