from __future__ import annotations

import re

import pytest

from pullcord.connectors.forward.cef import to_cef
from pullcord.connectors.forward.rfc5424 import counted, message
from pullcord.model.finding import Severity
from tests.connectors.forward.samples import TIME, sample

# The header as RFC 5424, section 6, has it.
MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48})"
    rb" (-) (finding) (-) (.*)"
)


def test_the_header_is_that_of_the_rfc() -> None:
    found = MESSAGE.fullmatch(message(sample(), "plant-7", to_cef))
    assert found
    assert (found[2], found[3], found[4]) == (b"2026-05-28T20:26:40.123Z", b"plant-7", b"pullcord")
    assert found[8].startswith(b"CEF:0|Pullcord|")


@pytest.mark.parametrize(
    ("severity", "priority"),
    [
        (Severity.INFORMATIONAL, 134),
        (Severity.LOW, 133),
        (Severity.MEDIUM, 132),
        (Severity.HIGH, 131),
        (Severity.CRITICAL, 130),
    ],
)
def test_facility_and_severity(severity: Severity, priority: int) -> None:
    assert message(sample(severity=severity), "h", to_cef).startswith(b"<%d>1 " % priority)


def test_a_second_has_no_more_than_six_digits() -> None:
    found = MESSAGE.fullmatch(message(sample(time=TIME + 456_789), "h", to_cef))
    assert found
    assert found[2] == b"2026-05-28T20:26:40.123456Z"


@pytest.mark.parametrize(("host", "named"), [("", b"-"), ("wärme 7", b"w_rme_7"), ("x" * 300, b"x" * 255)])
def test_a_host_name_stays_a_word(host: str, named: bytes) -> None:
    found = MESSAGE.fullmatch(message(sample(), host, to_cef))
    assert found
    assert found[3] == named


def test_octets_are_counted_not_characters() -> None:
    assert counted("ä\n".encode()) == b"3 \xc3\xa4\n"
