from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from pullcord.model.times import SECOND
from pullcord.ports import Transaction
from pullcord.response.leases import EVERY_SECONDS, Leases, new_executor
from pullcord.store.folder import Store
from tests.response.build import opened
from tests.response.people import SetClock


class Engine:
    """Remembers who was said to be alive."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    def enqueue(self, tx: Transaction, incident_id: str) -> None:
        raise AssertionError(tx, incident_id)

    def wake(self, incident_id: str) -> None:
        raise AssertionError(incident_id)

    def resume(self, alive: Collection[str]) -> int:
        self.alive = set(alive)
        return 7


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def held(store: Store) -> set[str]:
    with store.state.transaction() as tx:
        return set(tx.leases())


def test_a_lease_outlasts_two_renewals_and_a_dead_process_is_noticed_in_twenty_seconds(store: Store) -> None:
    clock = SetClock()
    Leases(store.state, clock, "me").renew()
    with store.state.transaction() as tx:
        lasts = (tx.leases()["me"] - clock.now()) / SECOND
    assert lasts > 2 * EVERY_SECONDS
    assert lasts + EVERY_SECONDS <= 20


def test_the_living_keep_their_work_and_the_dead_do_not(store: Store) -> None:
    clock, engine = SetClock(), Engine()
    dead, alive, me = (Leases(store.state, clock, name) for name in ("dead", "alive", "me"))
    dead.renew()
    clock.pass_by(16 * SECOND)
    alive.renew()
    assert me.reap(engine) == 7
    assert engine.alive == {"alive", "me"}, "me too, also without a lease"
    assert held(store) == {"alive"}


def test_whoever_ends_leaves_its_work_at_once(store: Store) -> None:
    clock, engine = SetClock(), Engine()
    one, other = Leases(store.state, clock, "one"), Leases(store.state, clock, "other")
    one.renew()
    one.end()
    other.reap(engine)
    assert engine.alive == {"other"}


def test_the_owner_of_the_folder_is_alone(store: Store) -> None:
    clock = SetClock()
    for name in ("one", "two", "me"):
        Leases(store.state, clock, name).renew()
    Leases(store.state, clock, "me").end_others()
    assert held(store) == {"me"}


def test_no_name_comes_twice() -> None:
    assert len({new_executor() for _ in range(100)}) == 100
