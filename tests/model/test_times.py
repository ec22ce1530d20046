from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullcord.model.times import DAY, EARLIEST, HOUR, LATEST, MINUTE, SECOND, from_rfc3339, to_rfc3339

SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}|\d{6}|\d{9}))?Z", re.ASCII)


@given(st.integers(EARLIEST, LATEST))
@example(EARLIEST)
@example(LATEST)
@example(0)
@example(-1)
@example(-(2**62) - 1)
def test_every_time_survives_the_way_out_and_back(time: int) -> None:
    text = to_rfc3339(time)
    assert SHAPE.fullmatch(text)
    assert from_rfc3339(text) == time


@given(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)), st.integers(-23 * 60 - 59, 23 * 60 + 59))  # noqa: DTZ001  (zone added below)
def test_an_offset_is_taken_off(moment: datetime, minutes: int) -> None:
    sign, size = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{moment.isoformat()}{sign}{size // 60:02d}:{size % 60:02d}"
    there = moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)
    microseconds = (there - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert from_rfc3339(text) == microseconds * 1000


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (SECOND // 2, "1970-01-01T00:00:00.500Z"),
        (1_000, "1970-01-01T00:00:00.000001Z"),
        (DAY + HOUR + MINUTE + SECOND, "1970-01-02T01:01:01Z"),
        (LATEST, "2262-04-11T23:47:16.854775807Z"),
        (EARLIEST, "1677-09-21T00:12:43.145224192Z"),
    ],
)
def test_known_times(time: int, text: str) -> None:
    assert to_rfc3339(time) == text
    assert from_rfc3339(text) == time


def test_small_letters_a_blank_and_a_long_fraction_are_read() -> None:
    assert from_rfc3339("1970-01-01 00:00:01.123456789987z") == 1_123_456_789
    assert from_rfc3339("1970-01-01t00:00:01Z") == SECOND


def test_a_leap_second_is_the_next_second() -> None:
    assert from_rfc3339("2016-12-31T23:59:60Z") == from_rfc3339("2017-01-01T00:00:00Z")
    assert from_rfc3339("2017-01-01T00:59:60.5+01:00") == from_rfc3339("2017-01-01T00:00:00.5Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-17T04:30:00",
        "2026-03-17",
        "2026-02-30T00:00:00Z",
        "2026-03-17T24:00:01Z",
        "2026-03-17T04:30:61Z",
        "2026-03-17T04:30:00.Z",
        "2026-03-17T04:30:00.1234567890123Z",
        "2026-03-17T04:30:00+25:00",
        "2026-03-17T04:30:00+0100",
        "2026-03-17T04:30:00Z\n",
        "٢٠٢٦-03-17T04:30:00Z",
        "1600-01-01T00:00:00Z",
        "2262-04-11T23:47:16.854775808Z",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_what_is_no_time_here_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_rfc3339(text)


@pytest.mark.parametrize("time", [EARLIEST - 1, LATEST + 1, 10**30])
def test_a_time_beyond_64_bits_is_not_printed(time: int) -> None:
    with pytest.raises(ValueError, match="1678 to 2261"):
        to_rfc3339(time)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        time = from_rfc3339(text)
    except ValueError:
        assert True
    else:
        assert EARLIEST <= time <= LATEST
