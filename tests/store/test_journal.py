from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from pullcord.model.intent import Intent, IntentState
from pullcord.store.errors import CorruptRowError
from pullcord.store.incidents import put_incident
from pullcord.store.journal import get_intent, get_intents, put_intent
from pullcord.store.tables import INTENTS
from tests.contracts.nouns import incident, intent

LINES = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["one", "two"]), st.sampled_from(IntentState)),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_it_agrees_with_a_dictionary(
    connection: Connection, lines: list[tuple[str, str, IntentState]]
) -> None:
    connection.execute(INTENTS.delete())
    for name in ("one", "two"):
        put_incident(connection, incident(name))
    known: dict[str, Intent] = {}
    for key, name, state in lines:
        # A key belongs to one incident: it is a hash over it.
        made = intent(name, f"{name}-{key}", state)
        put_intent(connection, made)
        known[made.key] = made
    assert get_intents(connection, None, None) == tuple(known.values())
    for key, made in known.items():
        assert get_intent(connection, key) == made
    for state in IntentState:
        expected = tuple(made for made in known.values() if made.state is state)
        assert get_intents(connection, None, [state]) == expected
        mine = tuple(made for made in expected if made.incident_id == "one")
        assert get_intents(connection, "one", [state]) == mine


def test_a_damaged_line_is_named(connection: Connection) -> None:
    put_incident(connection, incident("one"))
    put_intent(connection, intent("one", "k"))
    connection.execute(update(INTENTS).values(body=b'{"key":"k"}'))
    with pytest.raises(CorruptRowError, match="row 'k' of table intents"):
        get_intent(connection, "k")
    with pytest.raises(CorruptRowError, match="row 'k' of table intents"):
        get_intents(connection, None, None)
