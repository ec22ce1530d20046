from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.cloudtrail import decode
from tests.intake.formats.helpers import EIGHT, event, origin
from tests.intake.formats.samples import CLOUDTRAIL


def test_a_call() -> None:
    found = event(CLOUDTRAIL)
    assert (found.logsource.product, found.logsource.service) == ("aws", "cloudtrail")
    assert (found.id, found.time, found.actor) == (f"cloudtrail:{CLOUDTRAIL['eventID']}", EIGHT, "mlops")
    expected = {
        "eventSource": "bedrock.amazonaws.com",
        "requestParameters.modelId": "m",
        "client.address": "198.51.100.7",
        "credential.id": "AKIAEXAMPLE",
        "user.name": "mlops",
    }
    assert expected.items() <= found.attributes.items()


def test_a_service_that_calls_has_no_address() -> None:
    found = event(CLOUDTRAIL | {"sourceIPAddress": "AWS Internal"})
    assert "client.address" not in found.attributes
    assert found.attributes["sourceIPAddress"] == "AWS Internal"


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="eventTime"):
        decode({"eventName": "x"}, origin())
