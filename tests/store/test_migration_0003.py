"""From the schema of the first live operation: journal lines get columns to count by."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import text

from pullcord.model.intent import IntentState
from pullcord.store.rows import encode
from pullcord.store.schema import migrate
from pullcord.store.sqlite import make_engine
from pullcord.store.state import DATABASE, open_state
from tests.contracts.nouns import incident, intent


def test_lines_of_before_count_as_those_of_today(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    engine = make_engine(folder / DATABASE)
    migrate(engine, folder / DATABASE, head="0002")
    confirmed = intent("one", "b", IntentState.CONFIRMED)
    lines = [
        msgspec.structs.replace(confirmed, key="a", automatic=True),
        confirmed,
        msgspec.structs.replace(confirmed, key="c", automatic=True, undoes="a"),
    ]
    insert = "INSERT INTO intents (key, incident_id, state, body) VALUES (:key, 'one', :state, :body)"
    with engine.begin() as connection:
        row = {"body": encode(incident("one"))}
        connection.execute(
            text(
                "INSERT INTO incidents (id, first_time, last_time, type, severity, body)"
                " VALUES ('one', 1, 1, 't', 'low', :body)"
            ),
            row,
        )
        for line in lines:
            connection.execute(text(insert), {"key": line.key, "state": line.state, "body": encode(line)})
    engine.dispose()
    with open_state(folder) as state, state.transaction() as tx:
        assert tx.intents() == tuple(lines)
        assert tx.automatic(0, (), "another") == (1, frozenset({lines[0].action.target}))
