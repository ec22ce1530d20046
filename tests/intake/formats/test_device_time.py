from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.formats.device_time import device_time, zone_of
from pullcord.model.times import DAY, EARLIEST, LATEST, to_rfc3339
from tests.intake.listeners import NOW

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sep 21 10:00:00", "2026-09-21T10:00:00Z"),
        ("Sep  1 10:00:00", "2026-09-01T10:00:00Z"),
        ("Oct 21 10:00:00", "2025-10-21T10:00:00Z"),
        ("Feb 29 10:00:00", "2024-02-29T10:00:00Z"),
        ("Sep 21 2026 10:00:00", "2026-09-21T10:00:00Z"),
        ("sep 21 2026 10:00:00.25", "2026-09-21T10:00:00.250Z"),
        ("Sep 21 10:00:00 2025", "2025-09-21T10:00:00Z"),
        ("Sep 21 2026 10:00:00 UTC", "2026-09-21T10:00:00Z"),
        ("Sep 21 2026 10:00:00 GMT+2", "2026-09-21T08:00:00Z"),
        ("Sep 21 2026 10:00:00.123 GMT-02:30", "2026-09-21T12:30:00.123Z"),
        ("Sep 21 2026 10:00:00 CET", "2026-09-21T10:00:00Z"),
        ("2026-09-21T10:00:00Z", "2026-09-21T10:00:00Z"),
        ("2026-09-21T10:00:00+0200", "2026-09-21T08:00:00Z"),
        ("2026-09-21 10:00:00,5", "2026-09-21T10:00:00.500Z"),
        ("2026/09/21 10:00:00", "2026-09-21T10:00:00Z"),
        ("1790000000", "2026-09-21T14:13:20Z"),
        ("1790000000123", "2026-09-21T14:13:20.123Z"),
    ],
)
def test_what_devices_write(text: str, expected: str) -> None:
    assert to_rfc3339(device_time(text, NOW) or 0) == expected


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("dd/MM/yyyy HH:mm:ss", "21/09/2026 10:00:00"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-09-21T10:00:00.000"),
        ("EEE MMM dd HH:mm:ss z yyyy", "Mon Sep 21 10:00:00 UTC 2026"),
        ("M/d/yyyy H:m:s", "9/21/2026 10:0:0"),
        ("yyyy-MM-dd HH:mm:ss Z", "2026-09-21 12:00:00 +0200"),
    ],
)
def test_patterns(pattern: str, text: str) -> None:
    assert to_rfc3339(device_time(text, NOW, pattern=pattern) or 0) == "2026-09-21T10:00:00Z"


@pytest.mark.parametrize("pattern", ["yyyy yyyy", "G", "((((", "yyyy-MM-dd (a+)+$", "'"])
def test_patterns_that_are_none(pattern: str) -> None:
    assert device_time("x", NOW, pattern=pattern) is None


@pytest.mark.parametrize(
    "text", ["", "soon", "Sep 31 2026 10:00:00", "Xxx 21 10:00:00", "9" * 19, "Sep 21 25:00:00", "x" * 100]
)
def test_what_is_no_time(text: str) -> None:
    assert device_time(text, NOW) is None


def test_without_a_time_of_receipt_a_year_cannot_be_told() -> None:
    assert device_time("Sep 21 10:00:00", 0) is None


def test_zones() -> None:
    assert to_rfc3339(device_time("Sep 21 2026 10:00:00", NOW, BERLIN) or 0) == "2026-09-21T08:00:00Z"
    assert zone_of("Europe/Berlin") == BERLIN
    for name in ("Mars/Base", "../../etc/passwd", "a\0b"):
        assert zone_of(name) is None


@given(st.text(max_size=40), st.text(alphabet="yMdHmsSzE'/: -(", max_size=12))
def test_any_text(text: str, pattern: str) -> None:
    found = device_time(text, NOW, pattern=pattern)
    assert found is None or EARLIEST <= found <= LATEST


@given(st.datetimes(min_value=datetime(2000, 1, 1)))  # noqa: DTZ001  (only how it is written counts)
def test_a_guessed_year_is_never_in_the_future(moment: datetime) -> None:
    text = f"{moment:%b %d %H:%M:%S}"
    found = device_time(text, NOW)
    assert found is not None
    assert NOW - 9 * 366 * DAY < found <= NOW + DAY
