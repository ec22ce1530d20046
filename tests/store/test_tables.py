from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from pullcord.store.records import TABLES
from pullcord.store.tables import ALIASES, INCIDENTS, INTENTS, METADATA, PHASES


def test_whatever_belongs_to_an_incident_is_checked_at_commit() -> None:
    for table in METADATA.sorted_tables:
        for key in table.foreign_keys:
            assert key.column is INCIDENTS.c.id
            assert (key.deferrable, key.initially) == (True, "DEFERRED"), table.name
    assert {table for table in METADATA.sorted_tables if table.foreign_keys} == {
        ALIASES,
        PHASES,
        INTENTS,
        *TABLES.values(),
    }


def test_a_body_is_never_missing(connection: Connection) -> None:
    bodies = [table for table in METADATA.sorted_tables if "body" in table.columns]
    assert len(bodies) == 14
    assert not any(table.c.body.nullable for table in bodies)


def test_a_key_is_unique_within_its_incident(connection: Connection) -> None:
    for table in TABLES.values():
        row = {"incident_id": "a", "key": "k", "body": b""}
        connection.execute(insert(table).values(row))
        connection.execute(insert(table).values({**row, "incident_id": "b"}))
        savepoint = connection.begin_nested()
        with pytest.raises(IntegrityError, match="UNIQUE"):
            connection.execute(insert(table).values(row))
        savepoint.rollback()
        connection.execute(table.delete())
