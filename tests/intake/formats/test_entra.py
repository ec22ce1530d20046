from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.entra import decode
from tests.intake.formats.helpers import EIGHT, event, origin
from tests.intake.formats.samples import AZURE_MONITOR, ENTRA_AUDIT, ENTRA_SIGN_IN


def test_a_sign_in_of_graph_has_the_names_of_the_table_too() -> None:
    found = event(ENTRA_SIGN_IN)
    assert (found.logsource.product, found.logsource.service) == ("azure", "signinlogs")
    assert (found.id, found.time) == (f"entra:{ENTRA_SIGN_IN['id']}", EIGHT + 123_456_700)
    expected = {
        "appDisplayName": "Copilot",
        "AppDisplayName": "Copilot",
        "ResultType": 50_126,
        "status.errorCode": 50_126,
        "Status.errorCode": 50_126,
        "IPAddress": "198.51.100.7",
        "client.address": "198.51.100.7",
        "user.name": "op1@plant.example",
    }
    assert expected.items() <= found.attributes.items()


def test_an_audit_record() -> None:
    found = event(ENTRA_AUDIT)
    assert found.logsource.service == "auditlogs"
    assert found.actor == "admin@plant.example"
    assert found.attributes["properties.message"] == "Add service principal credentials"
    assert found.attributes["LoggedByService"] == "Core Directory"


def test_a_record_of_azure_monitor() -> None:
    found = event(AZURE_MONITOR)
    assert found.logsource.service == "signinlogs"
    assert found.attributes["ResultType"] == "50126"
    assert found.attributes["AppDisplayName"] == "Copilot"
    assert found.attributes["client.address"] == "198.51.100.7"


@pytest.mark.parametrize(
    ("category", "service"),
    [
        ("AuditLogs", "auditlogs"),
        ("UserRiskEvents", "riskdetection"),
        ("Administrative", "activitylogs"),
        (7, "activitylogs"),
    ],
)
def test_categories(category: object, service: str) -> None:
    assert event(AZURE_MONITOR | {"category": category}).logsource.service == service


def test_a_risk() -> None:
    record = {"id": "r", "riskEventType": "unfamiliarFeatures", "detectedDateTime": "2026-06-01T08:00:00Z"}
    found = event(record)
    assert (found.logsource.service, found.attributes["event.action"]) == (
        "riskdetection",
        "unfamiliarFeatures",
    )


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="time"):
        decode({"userPrincipalName": "x"}, origin())
