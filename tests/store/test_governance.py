from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update

from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.store.errors import CorruptRowError
from pullcord.store.governance import audit, audit_log, end_lease, get_modes, lease, leases, put_mode
from pullcord.store.tables import AUDIT, LEASES, MODES
from tests.contracts.nouns import mode

CHANGES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(Mode), st.one_of(st.none(), st.integers(0, 9))),
    max_size=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_modes_agree_with_two_dictionaries(
    connection: Connection, changes: list[tuple[str, Mode, int | None]]
) -> None:
    connection.execute(MODES.delete())
    in_force: dict[str, ModeChange] = {}
    asked: dict[str, ModeChange] = {}
    for system, wanted, time in changes:
        made = mode(system, wanted, time)
        put_mode(connection, made)
        if time is None:
            asked[system] = made
        else:
            in_force[system] = made
            asked.pop(system, None)
    assert get_modes(connection, in_force=True) == in_force
    assert get_modes(connection, in_force=False) == asked


def test_an_audit_line_goes_on_from_the_last_one_and_a_damaged_one_stops_it(connection: Connection) -> None:
    first = audit(connection, "ann", "stop", "", 1)
    second = audit(connection, "bob", "resume", "", 2)
    assert second.previous == first.chain
    assert list(audit_log(connection)) == [first, second]
    connection.execute(update(AUDIT).where(AUDIT.c.sequence == 2).values(body=b"{}"))
    with pytest.raises(CorruptRowError, match="row '2' of table audit"):
        audit(connection, "carl", "approve", "", 3)
    with pytest.raises(CorruptRowError, match="row '2' of table audit"):
        list(audit_log(connection))


def test_a_line_that_was_cut_out_leaves_a_gap(connection: Connection) -> None:
    for number in range(3):
        audit(connection, "ann", f"{number}", "", number)
    connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 2))
    after = audit(connection, "bob", "after", "", 9)
    found = list(audit_log(connection))
    assert [one.sequence for one in found] == [1, 3, 4]
    assert found[1].previous != found[0].chain
    assert after.previous == found[1].chain


def test_leases_by_executor(connection: Connection) -> None:
    connection.execute(LEASES.delete())
    lease(connection, "b", 5)
    lease(connection, "a", 1)
    lease(connection, "b", 7)
    assert list(leases(connection).items()) == [("a", 1), ("b", 7)]
    end_lease(connection, "b")
    assert leases(connection) == {"a": 1}
