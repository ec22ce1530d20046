from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.when import epoch, instant
from pullcord.model.times import EARLIEST, LATEST
from tests.intake.formats.helpers import EIGHT, context


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T08:00:00Z",
        "2026-06-01T10:00:00.000+0200",
        "2026-06-01T03:00:00-05:00",
        "2026-06-01 08:00:00.000000 UTC",
        " 2026-06-01T08:00:00.0000000+00:00 ",
        "1780300800",
        "1780300800.000",
        "1780300800000",
        1_780_300_800,
        1_780_300_800.0,
        1_780_300_800_000,
        1_780_300_800_000_000,
        1_780_300_800_000_000_000,
    ],
)
def test_times(text: object) -> None:
    assert instant(text, "time", context()) == EIGHT


def test_fractions_are_kept_exactly() -> None:
    assert epoch(1_780_000_000.123456, "t", context()) == 1_780_000_000_123_456_000
    assert epoch("1780000000.123456789", "t", context()) == 1_780_000_000_123_456_789
    assert instant("2026-06-01T08:00:00.1234567Z", "t", context()) == EIGHT + 123_456_700


def test_a_time_without_offset_is_utc_only_where_the_format_says_so() -> None:
    assert instant("2026-06-01T08:00:00", "t", context(), utc=True) == EIGHT
    with pytest.raises(UnreadableRecordError, match="t: not an RFC 3339 time"):
        instant("2026-06-01T08:00:00", "t", context())


@pytest.mark.parametrize(
    "value",
    ["", "soon", None, True, [], {}, "1e99", "1" * 30, 10**40, -(10**30), 1e300, "2026-13-01T00:00:00Z"],
)
def test_no_times(value: object) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        instant(value, "the.place", context())
    assert "the.place" in caught.value.cause
    assert caught.value.cure


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_anything_is_a_time_in_range_or_refused(value: object) -> None:
    try:
        found = instant(value, "t", context(), utc=True)
    except UnreadableRecordError:
        return
    assert EARLIEST <= found <= LATEST
