from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pullcord.app.detector_memory import EVERY, DetectorMemory
from pullcord.store.folder import Store, open_folder


class Counting:
    """Remembers how often it was told."""

    def __init__(self, name: str) -> None:
        self.name, self.seen, self.dirty = name, 0, False

    def tell(self) -> None:
        self.seen, self.dirty = self.seen + 1, True

    def health(self) -> dict[str, int]:
        return {"seen": self.seen}

    def changed(self) -> dict[str, bytes | None]:
        dirty, self.dirty = self.dirty, False
        return {"n": str(self.seen).encode()} if dirty else {}

    def restore(self, entries: Mapping[str, bytes]) -> None:
        self.seen, self.dirty = int(entries.get("n", b"0")), False


class Clock:
    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        return self.time

    def elapsed(self) -> int:
        return self.time


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_folder(tmp_path / "state") as opened:
        yield opened


def kept(store: Store) -> tuple[dict[str, bytes], dict[str, bytes]]:
    with store.state.transaction() as tx:
        return tx.detector_state("exact"), tx.detector_state("learning")


def commit(store: Store, memory: DetectorMemory, *parts: Counting, fails: bool = False) -> None:
    try:
        with store.state.transaction() as tx:
            memory.begin(tx)
            for part in parts:
                part.tell()
            memory.keep(tx)
            assert not fails
    except AssertionError:
        memory.lost()


def test_exact_memory_is_kept_with_every_commit_and_learning_now_and_then(store: Store) -> None:
    exact, learning, clock = Counting("exact"), Counting("learning"), Clock()
    memory = DetectorMemory([exact], [learning], clock)
    commit(store, memory, exact, learning)
    assert kept(store) == ({"n": b"1"}, {})
    clock.time = EVERY
    commit(store, memory, exact, learning)
    assert kept(store) == ({"n": b"2"}, {"n": b"2"})


def test_what_a_failed_commit_taught_is_forgotten(store: Store) -> None:
    exact, learning, clock = Counting("exact"), Counting("learning"), Clock()
    memory = DetectorMemory([exact], [learning], clock)
    commit(store, memory, exact)
    commit(store, memory, exact, fails=True)
    assert exact.seen == 2
    commit(store, memory, exact)
    assert exact.seen == 2
    assert kept(store)[0] == {"n": b"2"}


def test_the_next_process_goes_on_from_there_and_the_end_keeps_all(store: Store) -> None:
    exact, learning, clock = Counting("exact"), Counting("learning"), Clock()
    memory = DetectorMemory([exact], [learning], clock)
    commit(store, memory, exact, learning)
    with store.state.transaction() as tx:
        memory.keep_all(tx)
    again = [Counting("exact"), Counting("learning")]
    second = DetectorMemory(again[:1], again[1:], clock)
    with store.state.transaction() as tx:
        second.begin(tx)
    assert [one.seen for one in again] == [1, 1]


def test_a_run_that_took_nothing_overwrites_nothing(store: Store) -> None:
    exact, clock = Counting("exact"), Clock()
    commit(store, DetectorMemory([exact], [], clock), exact)
    idle = Counting("exact")
    with store.state.transaction() as tx:
        DetectorMemory([idle], [], clock).keep_all(tx)
    assert kept(store)[0] == {"n": b"1"}
