from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.windows import decode
from tests.intake.formats.helpers import EIGHT, event, origin
from tests.intake.formats.samples import NXLOG, SECURITY_ECMD, SYSMON, WINLOGBEAT


def test_sysmon() -> None:
    found = event(SYSMON)
    assert (found.logsource.product, found.logsource.category, found.logsource.service) == (
        "windows",
        "process_creation",
        "sysmon",
    )
    assert (
        found.id
        == f"windows:hmi-3.plant.example:Microsoft-Windows-Sysmon/Operational:77:{EIGHT + 123_456_700}"
    )
    assert (found.asset, found.actor) == ("hmi-3.plant.example", "PLANT\\op1")
    expected = {
        "EventID": 1,
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Provider_Name": "Microsoft-Windows-Sysmon",
        "Computer": "hmi-3.plant.example",
        "CommandLine": "cmd /c whoami",
        "Security_UserID": "S-1-5-18",
        "host.name": "hmi-3.plant.example",
        "user.name": "PLANT\\op1",
    }
    assert expected.items() <= found.attributes.items()


def test_a_failed_sign_in() -> None:
    found = event(SECURITY_ECMD)
    assert (found.logsource.category, found.logsource.service) == (None, "security")
    assert found.attributes["source.address"] == "10.0.0.7"
    assert found.attributes["IpAddress"] == "::ffff:10.0.0.7"
    assert found.actor == "op1"


def test_a_process_of_the_audit_log_has_the_names_of_the_category() -> None:
    found = event(WINLOGBEAT)
    assert found.logsource.category == "process_creation"
    assert found.attributes["Image"] == found.attributes["NewProcessName"]
    assert found.attributes["ParentImage"] == "C:\\Windows\\System32\\cmd.exe"
    assert found.attributes["User"] == "op1"
    assert found.attributes["winlog.event_id"] == "4688"


def test_a_flat_record() -> None:
    found = event(NXLOG)
    assert found.time == EIGHT - 7_200 * 10**9 + 500_000_000
    assert (found.logsource.service, found.asset) == ("system", "eng-2")
    assert found.attributes["ServiceName"] == "updater"


def test_the_envelope_helps_out() -> None:
    record = {"EventID": "7", "Channel": "System"}
    (found,) = decode(record, origin(host="h", time=5))
    assert (found.time, found.asset, found.attributes["EventID"]) == (5, "h", 7)
    assert found.id == f"windows:{'ab' * 16}"


@pytest.mark.parametrize(
    ("record", "cause"),
    [
        ({"EventID": "x", "Channel": "System", "EventTime": "2026-06-01T08:00:00Z"}, "event id"),
        ({"EventID": -1, "Channel": "System"}, "event id"),
        ({"EventID": 1, "Channel": "System"}, "time is missing"),
        ({"EventID": 1, "Channel": "System", "EventTime": "soon"}, "the time"),
        ({"x": 1}, "no Windows event"),
    ],
)
def test_what_has_to_be_there(record: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError, match=cause):
        decode(record, origin())
