from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from pullcord.model.intent import Intent, IntentState
from pullcord.model.plan import ActionKind
from pullcord.store.errors import CorruptRowError
from pullcord.store.incidents import put_incident
from pullcord.store.journal import automatic, get_intent, get_intents, put_intent
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(IntentState),
            st.booleans(),
            st.booleans(),
            st.integers(0, 3),
            st.sampled_from(["t", "u"]),
            st.sampled_from(["h", "i"]),
            st.sampled_from([ActionKind.THROTTLE, ActionKind.SNAPSHOT]),
        ),
        max_size=8,
    )
)
def test_automatic_actions_are_counted_as_one_would_by_hand(
    connection: Connection, lines: list[tuple[IntentState, bool, bool, int, str, str, ActionKind]]
) -> None:
    connection.execute(INTENTS.delete())
    put_incident(connection, incident("one"))
    made = []
    for number, (state, by_itself, undo, time, target, plan, kind) in enumerate(lines):
        line = intent("one", f"k{number}", state)
        action = msgspec.structs.replace(line.action, target=target, kind=kind)
        changes = {"automatic": by_itself, "undoes": "k" if undo else None, "time": time, "plan_hash": plan}
        made.append(msgspec.structs.replace(line, action=action, **changes))
        put_intent(connection, made[-1])
    counted = [
        one
        for one in made
        if one.automatic and one.undoes is None and one.action.kind is not ActionKind.SNAPSHOT
    ]
    recent = [
        one
        for one in counted
        if one.time >= 2 and one.plan_hash != "h" and one.state is not IntentState.NOT_DONE
    ]
    held = frozenset(one.action.target for one in counted if one.state is IntentState.CONFIRMED)
    assert automatic(connection, 2, [ActionKind.SNAPSHOT], "h") == (len(recent), held)
