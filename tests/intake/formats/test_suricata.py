from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.suricata import decode
from pullcord.model.finding import Finding, FindingKind, Severity
from tests.intake.formats.helpers import both, event, origin
from tests.intake.formats.samples import SURICATA_ALERT, SURICATA_FLOW


def test_a_flow() -> None:
    found = event(SURICATA_FLOW)
    assert (found.logsource.product, found.logsource.category, found.logsource.service) == (
        "suricata",
        "firewall",
        "flow",
    )
    assert found.time == 1_780_293_600_123_456_000
    assert found.attributes["src_ip"] == found.attributes["source.address"] == "10.20.0.5"
    assert found.attributes["flow.bytes_toserver"] == 1_000
    assert found.attributes["dst_port"] == 443
    assert found.attributes["observer.name"] == "sensor-1"
    assert "host.name" not in found.attributes
    assert found.id.startswith("suricata:")
    assert len(both(SURICATA_FLOW)) == 1


def test_an_alert_is_a_finding_too() -> None:
    seen, found = both(SURICATA_ALERT | {"dest_ip": "8.8.8.8"})
    assert isinstance(found, Finding)
    assert (found.rule_id, found.severity, found.kind) == (
        "suricata:1:9000001",
        Severity.HIGH,
        FindingKind.EXTERNAL,
    )
    assert found.event_ids == (seen.id,)
    assert found.title == "Example: PLC stop command"
    assert found.techniques == ("T0858", "T1021.001")
    assert found.entities == ("address:10.20.0.5", "address:8.8.8.8")
    assert found.asset == "10.20.0.5"
    assert found.reasons[0] == "Suricata alert 1:9000001: Example: PLC stop command."


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        (1, Severity.HIGH),
        (2, Severity.MEDIUM),
        (3, Severity.LOW),
        (4, Severity.INFORMATIONAL),
        ("x", Severity.LOW),
    ],
)
def test_severities(severity: object, expected: Severity) -> None:
    alert = SURICATA_ALERT | {"alert": {"signature": "s", "severity": severity}}
    found = both(alert)[1]
    assert isinstance(found, Finding)
    assert found.severity is expected


def test_the_target_that_a_rule_names_is_the_asset() -> None:
    alert = SURICATA_ALERT | {"alert": {"signature": "s", "target": {"ip": "10.9.9.9"}}}
    assert event(alert).asset == "10.9.9.9"


def test_questions_of_dns_in_both_versions() -> None:
    old = event(SURICATA_FLOW | {"event_type": "dns", "dns": {"rrname": "a.example", "rrtype": "A"}})
    assert (old.logsource.category, old.attributes["query"], old.attributes["record_type"]) == (
        "dns",
        "a.example",
        "A",
    )
    new = event(
        SURICATA_FLOW | {"event_type": "dns", "dns": {"queries": [{"rrname": "a"}, {"rrname": "b"}, 7]}}
    )
    assert new.attributes["query"] == ["a", "b"]


def test_the_envelope_names_the_sensor() -> None:
    record = {key: value for key, value in SURICATA_FLOW.items() if key != "host"}
    (found,) = decode(record, origin(host="probe"))
    assert found.attributes["observer.name"] == "probe"  # type: ignore[union-attr]


@pytest.mark.parametrize("gone", ["event_type", "timestamp"])
def test_what_has_to_be_there(gone: str) -> None:
    record = {key: value for key, value in SURICATA_FLOW.items() if key != gone}
    with pytest.raises(UnreadableRecordError, match=gone):
        decode(record, origin())
