from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.incident import PhaseName, incident_id


@given(st.text(), st.text())
def test_an_incident_is_named_by_the_finding_that_opened_it(one: str, other: str) -> None:
    assert incident_id(one) == incident_id(one)
    assert (incident_id(one) == incident_id(other)) == (one == other)
    assert len(incident_id(one)) == len("inc-") + 20


def test_there_are_six_phases_in_order() -> None:
    assert [name.value for name in PhaseName] == [
        "detect",
        "triage",
        "contain",
        "investigate",
        "recover",
        "learn",
    ]
