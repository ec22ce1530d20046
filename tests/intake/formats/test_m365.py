from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.m365 import decode
from tests.intake.formats.helpers import EIGHT, event, origin
from tests.intake.formats.samples import M365


def test_a_record() -> None:
    found = event(M365)
    assert (found.logsource.product, found.logsource.service) == ("m365", "exchange")
    assert (found.id, found.time, found.actor) == ("m365:8d5c", EIGHT, "op1@plant.example")
    assert found.attributes["client.address"] == "198.51.100.7"
    assert found.attributes["eventName"] == "New-InboxRule"
    assert event(M365 | {"Workload": "SharePoint"}).logsource.service == "audit"


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="CreationTime"):
        decode({"Operation": "x"}, origin())
