from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.windows_shapes import read
from pullcord.intake.formats.windows_text import parse

EVENT = """06/01/2026 08:00:00 AM
LogName=Security
EventCode=4625
ComputerName=dc-1
RecordNumber=12
Message=An account failed to log on.

Subject:
\tAccount Name:\top1=x
"""


def test_an_event() -> None:
    found = read(parse(EVENT))
    assert (found.event_id, found.channel, found.computer, found.record_id) == (
        "4625",
        "Security",
        "dc-1",
        "12",
    )
    assert found.system["Message"].endswith("op1=x")  # type: ignore[attr-defined]
    assert found.time is None


def test_something_else() -> None:
    with pytest.raises(UnreadableRecordError, match="EventCode"):
        parse("LogName=Security\nMessage=EventCode=1")


@given(st.text())
def test_anything_is_parsed_or_refused(text: str) -> None:
    try:
        assert parse(text)
    except UnreadableRecordError as error:
        assert error.cure  # noqa: PT017
