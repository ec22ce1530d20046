from __future__ import annotations

import pytest

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.okta import decode
from tests.intake.formats.helpers import EIGHT, event, origin
from tests.intake.formats.samples import OKTA


def test_a_sign_in() -> None:
    found = event(OKTA)
    assert (found.logsource.product, found.logsource.service) == ("okta", "okta")
    assert (found.id, found.time) == (f"okta:{OKTA['uuid']}", EIGHT)
    assert found.actor == "ayse@plant.example"
    expected = {
        "eventType": "user.session.start",
        "eventtype": "user.session.start",
        "displaymessage": "User login to Okta",
        "securitycontext.isproxy": True,
        "outcome.result": "FAILURE",
        "client.address": "198.51.100.7",
        "user.name": "ayse@plant.example",
        "user.target.name": "op1@plant.example",
    }
    assert expected.items() <= found.attributes.items()


def test_a_record_without_time() -> None:
    with pytest.raises(UnreadableRecordError, match="published"):
        decode({"eventType": "x"}, origin())
