from __future__ import annotations

import pytest
from sqlalchemy import Connection, select, update

from pullcord.model.incident import Phase, PhaseName
from pullcord.store.errors import CorruptRowError
from pullcord.store.incidents import get_incident, get_incidents, get_phases, put_incident, put_phase
from pullcord.store.tables import ALIASES, PHASES
from tests.contracts.nouns import incident


def living(connection: Connection) -> list[str]:
    return [one.id for one in get_incidents(connection)]


def test_two_that_claim_each_other_leave_one(connection: Connection) -> None:
    put_incident(connection, incident("a", aliases=("b",)))
    put_incident(connection, incident("b", aliases=("a",)))
    assert living(connection) == ["b"]
    put_incident(connection, incident("a", aliases=("b",)))
    assert living(connection) == ["a"]
    found = get_incident(connection, "b")
    assert found is not None
    assert found.id == "a"


def test_an_incident_is_no_alias_of_itself(connection: Connection) -> None:
    put_incident(connection, incident("a", aliases=("a", "x", "x")))
    assert living(connection) == ["a"]
    assert connection.execute(select(ALIASES.c.alias)).scalars().all() == ["x"]


def test_an_alias_goes_to_whoever_took_it_last(connection: Connection) -> None:
    put_incident(connection, incident("a", aliases=("x",)))
    put_incident(connection, incident("b", aliases=("x",)))
    found = get_incident(connection, "x")
    assert found is not None
    assert found.id == "b"


def test_a_damaged_phase_is_named(connection: Connection) -> None:
    put_incident(connection, incident("a"))
    put_phase(connection, "a", Phase(name=PhaseName.LEARN, start=1))
    connection.execute(update(PHASES).values(body=b'{"name":"lunch","start":1}'))
    with pytest.raises(CorruptRowError, match="row 'a' of table phases"):
        get_phases(connection, "a")
