from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from pullcord.store.detectors import detector_state, put_detector_state
from pullcord.store.tables import DETECTOR_STATE

NAMES = st.sampled_from(["one", "two"])
ENTRIES = st.dictionaries(st.text(max_size=3), st.one_of(st.none(), st.binary(max_size=5)), max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(NAMES, ENTRIES), max_size=6))
def test_it_agrees_with_a_dictionary(
    connection: Connection, changes: list[tuple[str, dict[str, bytes | None]]]
) -> None:
    connection.execute(DETECTOR_STATE.delete())
    known: dict[str, dict[str, bytes]] = {"one": {}, "two": {}}
    for name, entries in changes:
        put_detector_state(connection, name, entries)
        for key, body in entries.items():
            if body is None:
                known[name].pop(key, None)
            else:
                known[name][key] = body
    for name, held in known.items():
        assert detector_state(connection, name) == held


def test_many_entries_at_once(connection: Connection) -> None:
    entries: dict[str, bytes | None] = {f"k{number}": b"x" for number in range(1_200)}
    put_detector_state(connection, "many", entries)
    put_detector_state(connection, "many", dict.fromkeys(list(entries)[:1_100]))
    assert len(detector_state(connection, "many")) == 100
