from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.wazuh import decode
from pullcord.model.finding import Finding, FindingKind, Severity
from tests.intake.formats.helpers import EIGHT, both, event, origin
from tests.intake.formats.samples import WAZUH


def with_level(level: object) -> dict[str, object]:
    return WAZUH | {"rule": WAZUH["rule"] | {"level": level}}


def test_an_alert_is_an_event_and_a_finding() -> None:
    seen, found = both(WAZUH)
    assert isinstance(found, Finding)
    assert event(WAZUH).logsource.service == "sshd"
    assert (seen.id, seen.time) == ("wazuh:wazuh-1:1780000000.12345", EIGHT + 123_000_000)
    assert (found.kind, found.rule_id, found.severity) == (
        FindingKind.EXTERNAL,
        "wazuh:5712",
        Severity.MEDIUM,
    )
    assert (found.asset, found.actor, found.event_ids) == ("historian-1", "root", (seen.id,))
    assert found.techniques == ("T1110",)
    assert "address:10.20.0.66" in found.entities
    assert found.reasons[0] == (
        "Wazuh rule 5712, level 10 of 15: sshd: brute force trying to get access to the system."
    )


@pytest.mark.parametrize(
    ("level", "severity"),
    [(3, "informational"), (4, "low"), (7, "medium"), (12, "high"), (15, "critical"), (16, "critical")],
)
def test_levels(level: int, severity: str) -> None:
    found = both(with_level(level))[1]
    assert isinstance(found, Finding)
    assert found.severity == severity


def test_below_three_it_is_an_event_only() -> None:
    assert len(both(with_level(2))) == 1


@pytest.mark.parametrize("level", [-1, 17, "10", None, True])
def test_a_level_that_is_none(level: object) -> None:
    with pytest.raises(UnreadableRecordError, match="level"):
        both(with_level(level))


def test_what_windows_said_has_the_names_of_windows() -> None:
    win = {
        "system": {
            "eventID": "1",
            "channel": "Microsoft-Windows-Sysmon/Operational",
            "computer": "hmi-3",
            "systemTime": "2026-06-01T08:00:00.1Z",
            "eventRecordID": "7",
        },
        "eventdata": {"commandLine": "whoami", "image": "x.exe", "user": "op1"},
    }
    seen, found = both(WAZUH | {"data": {"win": win}})
    assert isinstance(found, Finding)
    only = event(WAZUH | {"data": {"win": win}})
    assert (only.logsource.product, only.logsource.category) == ("windows", "process_creation")
    assert only.attributes["CommandLine"] == "whoami"
    assert only.attributes["rule.id"] == "5712"
    assert found.event_ids == (seen.id,)
    damaged = {"system": {"eventID": "x"}}
    assert event(WAZUH | {"data": {"win": damaged}}).logsource.product == "wazuh"


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="timestamp"):
        decode({"rule": {"level": 5}}, origin())
