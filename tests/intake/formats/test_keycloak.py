from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.keycloak import decode
from tests.intake.formats.helpers import event, origin
from tests.intake.formats.samples import KEYCLOAK, KEYCLOAK_ADMIN


def test_a_user_event() -> None:
    found = event(KEYCLOAK)
    assert (found.logsource.product, found.logsource.service) == ("keycloak", "user-events")
    assert (found.id, found.time) == ("keycloak:7ba1", 1_780_000_000_123_000_000)
    assert (found.actor, found.asset) == ("op1", "copilot")
    assert found.attributes["client.address"] == found.attributes["ipAddress"] == "10.0.0.7"
    assert found.attributes["event.action"] == "LOGIN_ERROR"


def test_an_admin_event() -> None:
    found = event(KEYCLOAK_ADMIN)
    assert found.logsource.service == "admin-events"
    assert (found.actor, found.attributes["event.action"]) == ("u-9", "UPDATE")
    assert found.id.startswith("keycloak:")
    assert found.id != event(KEYCLOAK_ADMIN | {"resourcePath": "x"}).id


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="time"):
        decode({"type": "LOGIN", "realmId": "x"}, origin())
