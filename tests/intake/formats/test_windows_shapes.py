from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.windows_shapes import read
from tests.intake.formats.samples import NXLOG, SECURITY_ECMD, SYSMON, WINLOGBEAT


def evtx(**held: object) -> dict[str, object]:
    return {"Event": {"System": {"EventID": {"#text": "7", "#attributes": {"Qualifiers": "0"}}}, **held}}


def test_all_shapes_say_the_same() -> None:
    assert [read(record).event_id for record in (SYSMON, SECURITY_ECMD, WINLOGBEAT, NXLOG)] == [
        1,
        4_625,
        "4688",
        7_045,
    ]
    assert read(evtx()).event_id == "7"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({"EventData": {"A": 1, "B": {"#text": "x", "#attributes": {}}}}, {"A": 1, "B": "x"}),
        (
            {"EventData": {"Data": [{"@Name": "A", "#text": "1"}, {"Name": "B", "text": "2"}]}},
            {"A": "1", "B": "2"},
        ),
        ({"EventData": {"Data": [{"#attributes": {"Name": "A"}, "#text": "1"}]}}, {"A": "1"}),
        ({"EventData": {"Data": {"@Name": "A", "#text": "1"}}}, {"A": "1"}),
        ({"EventData": {"Data": "alone"}}, {"Data": "alone"}),
        ({"EventData": {"Data": ["a", "b"]}}, {"Data": ["a", "b"]}),
        ({"EventData": {"Data": {"#text": ["a", "b"]}}}, {"Data": ["a", "b"]}),
        ({"UserData": {"EventXML": {"#attributes": {"x": "y"}, "Param": "1"}}}, {"Param": "1"}),
        ({"EventData": None, "UserData": "x"}, {}),
    ],
)
def test_data(held: dict[str, object], expected: dict[str, object]) -> None:
    assert read(evtx(**held)).data == expected


def test_winlogbeat_with_dotted_names() -> None:
    found = read(
        {
            "@timestamp": "2026-06-01T08:00:00Z",
            "winlog.event_id": 1,
            "winlog.channel": "Security",
            "winlog.event_data.Image": "x",
        }
    )
    assert (found.event_id, found.channel, found.data) == (1, "Security", {"Image": "x"})


@pytest.mark.parametrize("payload", ["no json", "[1]", 7, "x" * (1 << 21)])
def test_a_payload_that_cannot_be_read_is_kept(payload: object) -> None:
    assert read(SECURITY_ECMD | {"Payload": payload}).data == {"Payload": payload}


def test_names_of_wazuh_begin_small() -> None:
    found = read({"system": {"eventID": "1"}, "eventdata": {"commandLine": "x"}})
    assert found.data == {"CommandLine": "x"}


def test_named_data_is_bounded() -> None:
    many = [{"@Name": f"k{number}", "#text": "x"} for number in range(5_000)]
    assert len(read(evtx(EventData={"Data": many})).data) == 1_000


def test_something_else() -> None:
    with pytest.raises(UnreadableRecordError, match="no Windows event"):
        read({"EventID": 1})
