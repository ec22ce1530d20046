from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from pullcord.store.inbox import claim_events, forget_events

IDS = st.text(st.characters(codec="utf-8"), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(IDS, max_size=8), max_size=5))
def test_claims_agree_with_a_set(connection: Connection, batches: list[list[str]]) -> None:
    forget_events(connection, 2)
    known: set[str] = set()
    for batch in batches:
        assert claim_events(connection, batch, 1) == set(batch) - known
        known |= set(batch)


def test_forgotten_ids_are_new_again(connection: Connection) -> None:
    claim_events(connection, ["old", "older"], 5)
    claim_events(connection, ["young"], 10)
    assert forget_events(connection, 10) == 2
    assert claim_events(connection, ["old", "young"], 11) == {"old"}
