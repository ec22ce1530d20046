from __future__ import annotations

import pytest

from pullcord.intake import fields
from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.model.times import DAY, SECOND

NOW = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "null"), ({}, "an object"), ([], "a list"), ("", "text"), (True, "a boolean"), (1.5, "a number")],
)
def test_kinds(value: object, name: str) -> None:
    assert fields.kind(value) == name


def test_complaints_name_the_path() -> None:
    with pytest.raises(UnreadableRecordError, match=r"a\.b: text instead of an object"):
        fields.as_object("x", "a.b")
    with pytest.raises(UnreadableRecordError, match="a: a number instead of a list"):
        fields.as_list(1, "a")


def test_absent_list_is_empty() -> None:
    assert fields.as_list(None, "a") == []


@pytest.mark.parametrize("value", [None, 5, "", "x" * 513])
def test_bad_identifiers(value: object) -> None:
    with pytest.raises(UnreadableRecordError):
        fields.identifier(value, "id", Context())


def test_optional_identifiers() -> None:
    assert fields.optional_identifier("", "a", Context()) is None
    assert fields.optional_identifier("x" * 512, "a", Context()) == "x" * 512


@pytest.mark.parametrize("value", ["2026-01-01", "2026-01-01T00:00:00", "yesterday\x1b[0m", 5, None])
def test_bad_times(value: object) -> None:
    with pytest.raises(UnreadableRecordError, match="time"):
        fields.rfc3339(value, "time", Context())


def test_milliseconds() -> None:
    assert fields.milliseconds(1_700_000_000_123, "time", Context()) == 1_700_000_000_123_000_000
    assert fields.milliseconds("1970-01-01T00:00:01Z", "time", Context()) == SECOND
    with pytest.raises(UnreadableRecordError, match="years 1678 to 2261"):
        fields.milliseconds(10**18, "time", Context())


@pytest.mark.parametrize(
    ("time", "received", "odd"),
    [(0, NOW, 1), (NOW, NOW, 0), (NOW + DAY, NOW, 0), (NOW + DAY + 1, NOW, 1), (NOW + 9 * DAY, 0, 0)],
)
def test_odd_clocks_are_counted_and_kept(time: int, received: int, odd: int) -> None:
    ctx = Context(received=received)
    assert fields.checked_time(time, "time", ctx) == time
    assert ctx.counters.odd_clock == odd
