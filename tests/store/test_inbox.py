from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from pullcord.store.inbox import batches, claim_events, drop_batches, forget_events, put_batch

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


def test_batches_come_oldest_first_and_their_numbers_only_rise(connection: Connection) -> None:
    numbers = [put_batch(connection, bytes([place]), place) for place in range(5)]
    assert numbers == sorted(set(numbers))
    assert batches(connection, 2) == [(numbers[0], b"\x00"), (numbers[1], b"\x01")]
    drop_batches(connection, [numbers[4], numbers[1]])
    assert [number for number, _ in batches(connection, 10)] == [numbers[0], numbers[2], numbers[3]]
    drop_batches(connection, numbers)
    assert batches(connection, 10) == []
    assert put_batch(connection, b"", 9) > max(numbers)


def test_thousands_of_batches_are_dropped_at_once(connection: Connection) -> None:
    numbers = [put_batch(connection, b"", 1) for _ in range(2_500)]
    drop_batches(connection, numbers[:-1])
    assert [number for number, _ in batches(connection, 10)] == [numbers[-1]]
