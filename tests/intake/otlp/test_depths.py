from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.otlp.depths import MOST, without_depths
from pullcord.intake.protobuf import field
from tests.intake.otlp.made import RECORDS, SPANS

LEAF = AnyValue(string_value="x").SerializeToString()


def lists(depth: int) -> bytes:
    """A value within so many lists."""
    value: bytes = LEAF
    for _ in range(depth):
        value = field(5, field(1, value))
    return value


def maps(depth: int) -> bytes:
    """A value within so many maps."""
    value: bytes = LEAF
    for _ in range(depth):
        value = field(6, field(1, field(1, b"k") + field(2, value)))
    return value


@given(message=st.one_of(SPANS, RECORDS))
def test_what_is_not_deep_stays_as_it_is(message: Any) -> None:  # noqa: ANN401
    kept, cut = without_depths(message.SerializeToString(), type(message).__name__, "x")
    assert type(message).FromString(kept) == message
    assert cut == 0


@pytest.mark.parametrize("nest", [lists, maps])
@pytest.mark.parametrize("depth", [MOST, 200, 900])
def test_the_parser_reads_what_is_left_of_a_log_record(nest: Any, depth: int) -> None:  # noqa: ANN401
    data = field(5, nest(depth)) + field(3, b"WARN")
    kept, cut = without_depths(data, "LogRecord", "x")
    found = LogRecord.FromString(kept)
    assert (found.severity_text, cut) == ("WARN", 1)
    assert "\u2026" in str(found.body) or "\\342\\200\\246" in str(found.body)


def test_the_parser_reads_what_is_left_of_a_span() -> None:
    deep = field(1, b"deep") + field(2, maps(100))
    event = field(2, b"e") + field(3, deep)
    kept, cut = without_depths(field(9, deep) + field(11, event) + field(5, b"work"), "Span", "x")
    found = Span.FromString(kept)
    assert (found.name, found.events[0].name, found.attributes[0].key, cut) == ("work", "e", "deep", 2)


def test_the_deepest_that_stays() -> None:
    value = AnyValue(string_value="x")
    for _ in range(MOST - 1):
        value = AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="k", value=value)]))
    data = field(5, value.SerializeToString())
    assert without_depths(data, "LogRecord", "x") == (data, 0)


def test_broken_bytes() -> None:
    with pytest.raises(UnreadableRecordError):
        without_depths(field(5, b"\xff"), "LogRecord", "x")
