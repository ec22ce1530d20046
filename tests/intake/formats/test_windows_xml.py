from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.windows_shapes import read
from pullcord.intake.formats.windows_xml import parse

EVENT = """<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
<Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385F}"/><EventID Qualifiers="0">3</EventID>
<TimeCreated SystemTime="2026-06-01T08:00:00.1Z"/><EventRecordID>5</EventRecordID>
<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>h</Computer>
<Security UserID="S-1-5-18"/></System>
<EventData><Data Name="DestinationIp">10.0.0.9</Data><Data Name="Image">a&amp;b</Data><Data Name="E"/></EventData>
</Event>"""


def test_an_event() -> None:
    found = read(parse(EVENT))
    assert (found.event_id, found.provider, found.computer, found.record_id) == (
        "3",
        "Microsoft-Windows-Sysmon",
        "h",
        "5",
    )
    assert found.time == "2026-06-01T08:00:00.1Z"
    assert found.data == {"DestinationIp": "10.0.0.9", "Image": "a&b", "E": ""}
    assert found.system["Security_UserID"] == "S-1-5-18"


def test_the_encoding_it_claims_does_not_count() -> None:
    text = EVENT.replace(">h<", ">hütte<")
    assert read(parse(f'<?xml version="1.0" encoding="utf-16"?>{text}')).computer == "hütte"


def test_unnamed_data() -> None:
    found = read(parse(EVENT.replace(' Name="DestinationIp"', "").replace(' Name="Image"', "")))
    assert found.data == {"Data": ["10.0.0.9", "a&b"], "E": ""}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><Event>&a;</Event>', "document type"),
        ("<Event>", "no XML"),
        ("<Event>&unknown;</Event>", "no XML"),
        ("", "no XML"),
        ("<a>" * 20 + "</a>" * 20, "levels"),
        ("<a>" + "<b/>" * 3_000 + "</a>", "elements"),
        ("<a>" + "x" * (1 << 21) + "</a>", "characters"),
    ],
)
def test_what_is_refused(text: str, cause: str) -> None:
    with pytest.raises(UnreadableRecordError, match=cause):
        parse(text)


def test_entities_do_not_grow() -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    begun = time.process_time()
    with pytest.raises(UnreadableRecordError, match="document type"):
        parse(f'<!DOCTYPE x [<!ENTITY a0 "x">{lines}]><Event>&a19;</Event>')
    assert time.process_time() - begun < 1


@given(st.text() | st.builds(lambda cut, text: EVENT[:cut] + text, st.integers(0, 600), st.text(max_size=20)))
def test_anything_is_parsed_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except UnreadableRecordError:
        return
    assert isinstance(found, dict)
