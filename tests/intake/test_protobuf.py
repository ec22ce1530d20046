from __future__ import annotations

import pytest
from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.protobuf import broken, field, fields, is_crowded, leading, read_varint, varint


def test_fields_come_in_order_and_whole() -> None:
    data = b"\x08\x96\x01" + b"\x12\x02hi" + b"\x19" + b"8" * 8 + b"\x25" + b"4" * 4 + b"\x12\x00"
    found = list(fields(data, "x"))
    assert [(one.number, one.held) for one in found] == [
        (1, None),
        (2, b"hi"),
        (3, None),
        (4, None),
        (2, b""),
    ]
    assert b"".join(one.whole for one in found) == data


@given(names=st.lists(st.text(min_size=1, max_size=200), unique=True, max_size=5))
def test_they_are_those_of_the_official_class(names: list[str]) -> None:
    message = Struct()
    for name in names:
        message.fields[name].string_value = name
    found = list(fields(message.SerializeToString(), "x"))
    keys = [next(fields(one.held or b"", "x")).held or b"" for one in found]
    assert sorted(key.decode() for key in keys) == sorted(names)


@pytest.mark.parametrize(
    "data",
    [
        b"\x12",
        b"\x12\x05abc",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xff" * 20,
        b"\x19123",
        b"\x25123",
        b"\x08",
        b"\x0b",
        b"\x0e",
    ],
)
def test_broken_bytes_are_said_with_their_place(data: bytes) -> None:
    with pytest.raises(UnreadableRecordError, match=r"spans\[3\]: no valid protobuf"):
        list(fields(data, "spans[3]"))


@given(data=st.binary(max_size=100))
def test_any_bytes_end(data: bytes) -> None:
    try:
        found = list(fields(data, "x"))
    except UnreadableRecordError as error:
        assert str(error).startswith("PC-6001: x: ")  # noqa: PT017
    else:
        assert b"".join(one.whole for one in found) == data


@given(number=st.integers(1, 2**20), held=st.binary(max_size=300))
def test_what_is_written_is_read(number: int, held: bytes) -> None:
    raw = field(number, held)
    assert list(fields(raw, "x")) == [(number, held, raw)]
    assert len(varint(2**64 - 1)) == 10


@pytest.mark.parametrize("tiny", [b"\x5a\x00", b"\xda\x00\x00", b"\x5a\x80\x00", b"\x12\x03\x0a\x01x"])
def test_many_tiny_messages_are_a_crowd(tiny: bytes) -> None:
    assert is_crowded(tiny * 2_000, 1_000)
    assert not is_crowded(tiny * 100, 1_000)


def test_long_text_is_none() -> None:
    text = b'{"name": "value", "number": 12.5, "list": [1, 2, 3]}\n' * 1_000
    assert not is_crowded(b"\x12\xff\xff\x03" + text, 5_000)


def test_the_complaint_has_a_cure() -> None:
    assert broken("request").cure


def test_leading_fields_and_the_rest() -> None:
    counted: list[int] = []
    data = field(2, b"a") + field(2, b"b" * 300) + field(3, b"c") + field(2, b"d")
    assert leading(data, 2, "m", counted.append) == ([b"a", b"b" * 300], field(3, b"c") + field(2, b"d"))
    assert counted == [1, 1]
    assert leading(data, 1, "m", counted.append) == ([], data)
    with pytest.raises(UnreadableRecordError, match="m: no valid protobuf"):
        leading(field(2, b"a")[:-1], 2, "m", counted.append)


@given(number=st.integers(0, 2**64 - 1), before=st.binary(max_size=3))
def test_variable_length_integers(number: int, before: bytes) -> None:
    data = before + varint(number)
    assert read_varint(data + b"x", len(before), "m") == (number, len(data))
    with pytest.raises(UnreadableRecordError):
        read_varint(data[:-1], len(before), "m")


def test_the_longest_integer_has_ten_bytes() -> None:
    assert read_varint(b"\xff" * 9 + b"\x01", 0, "m") == (2**64 - 1, 10)
    with pytest.raises(UnreadableRecordError):
        read_varint(b"\xff" * 10 + b"\x01", 0, "m")
