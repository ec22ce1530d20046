from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.live import lake_writer
from pullcord.app.live.batches import encode_batch
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.model.event import Event
from pullcord.store.errors import LakeDamagedError
from pullcord.store.folder import Store, open_folder
from tests.app.build import event
from tests.app.pipelines import until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_folder(tmp_path / "state") as opened:
        yield opened


def put(store: Store, *names: str) -> int:
    with store.state.transaction() as tx:
        return tx.put_batch(encode_batch([event(name) for name in names]), 1)


def left(store: Store) -> int:
    with store.state.transaction() as tx:
        return len(tx.batches(1_000))


def rows(store: Store) -> int:
    """Rows in the lake, copies counted."""
    return int(store.lake._query("SELECT count(*) FROM {all}", [])[0][0])


def test_batches_go_to_the_lake_and_leave_the_inbox(store: Store) -> None:
    writer = LakeWriter(store, SystemClock(), linger=0.0)
    writer.start()
    for name in "abc":
        writer.written(put(store, name, f"{name}2"), 1)
    assert writer.settle(10)
    writer.close()
    assert store.lake.count() == rows(store) == 6
    assert left(store) == 0
    assert writer.health()["moved"] == 6
    assert writer.health()["behind"] == 0


def test_what_an_earlier_run_left_is_moved_without_a_new_event(store: Store) -> None:
    for number in range(2 * lake_writer.BATCHES_AT_ONCE + 1):
        put(store, f"e{number}")
    writer = LakeWriter(store, SystemClock())
    assert not writer.has(0)
    writer.start()
    until(lambda: writer.has(0))
    writer.close()
    assert store.lake.count() == 2 * lake_writer.BATCHES_AT_ONCE + 1
    assert left(store) == 0


def test_settling_waits_for_what_an_earlier_run_left_too(store: Store) -> None:
    for number in range(2 * lake_writer.BATCHES_AT_ONCE):
        put(store, f"e{number}")
    writer = LakeWriter(store, SystemClock())
    writer.start()
    assert writer.settle(10)
    assert store.lake.count() == 2 * lake_writer.BATCHES_AT_ONCE
    writer.close()


def test_it_says_what_the_lake_has(store: Store) -> None:
    writer = LakeWriter(store, SystemClock(), linger=0.0)
    number = put(store, "a")
    writer.written(number, 7)
    assert not writer.has(number)
    assert not writer.settle(0.01)
    assert writer.behind() == 1
    assert writer.held() == 7
    writer.start()
    assert writer.settle(10)
    assert writer.has(number)
    assert writer.held() == 0
    assert not writer.has(number + 1)
    writer.close()


def test_a_kill_between_lake_and_inbox_leaves_no_copy(store: Store) -> None:
    first = put(store, "a", "b")
    # Exactly what a killed run leaves: the segment is there, and so is the batch.
    store.lake.append(f"live-{first:012d}", [event("a"), event("b")])
    put(store, "c")
    writer = LakeWriter(store, SystemClock())
    writer.start()
    until(lambda: writer.has(0))
    writer.close()
    assert store.lake.count() == rows(store) == 3


def test_segments_are_folded_now_and_then(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_writer, "SEGMENTS_BEFORE_COMPACTION", 3)
    writer = LakeWriter(store, SystemClock(), linger=0.0)
    writer.start()
    for number in range(10):
        writer.written(put(store, f"e{number}"), 1)
        assert writer.settle(10)
    writer.close()
    assert writer.counters.compactions >= 3
    assert len(list((store.path / "lake" / "segments").glob("*.parquet"))) <= 3
    assert store.lake.count() == rows(store) == 10


def test_after_a_failure_it_tries_again_and_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    append = store.lake.append
    failures = [LakeDamagedError("disk full", "make room")] * 2

    def sometimes(segment: str, events: Sequence[Event]) -> None:
        if failures:
            raise failures.pop()
        append(segment, events)

    monkeypatch.setattr(store.lake, "append", sometimes)
    writer = LakeWriter(store, SystemClock(), linger=0.0)
    writer.start()
    writer.written(put(store, "a"), 1)
    until(lambda: writer.health()["failing"] > 0)
    assert left(store) == 1
    assert writer.settle(10)
    until(lambda: writer.health()["failing"] == 0)
    writer.close()
    assert writer.counters.errors == 2
    assert store.lake.count() == 1


def test_what_cannot_be_moved_at_the_end_waits_for_the_next_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(segment: str, events: Sequence[Event]) -> None:
        raise LakeDamagedError("disk full", "make room")

    with monkeypatch.context() as patched:
        patched.setattr(store.lake, "append", never)
        writer = LakeWriter(store, SystemClock())
        writer.start()
        writer.written(put(store, "a"), 1)
        writer.close()
    assert left(store) == 1
    again = LakeWriter(store, SystemClock())
    again.start()
    until(lambda: again.has(0))
    again.close()
    assert store.lake.count() == 1


def test_ids_are_forgotten_after_their_horizon(store: Store) -> None:
    clock = SystemClock()
    with store.state.transaction() as tx:
        tx.claim_events(["old"], 1)
        tx.claim_events(["new"], clock.now())
    writer = LakeWriter(store, clock)
    writer.start()
    until(lambda: writer.has(0))
    writer.close()
    with store.state.transaction() as tx:
        assert tx.claim_events(["old", "new"], 2) == {"old"}


def test_large_batches_are_moved_a_few_at_a_time() -> None:
    half = b"x" * (lake_writer.BYTES_AT_ONCE // 2)
    assert [n for n, _ in lake_writer._first([(1, half), (2, half), (3, b"x")])] == [1, 2]
    assert [n for n, _ in lake_writer._first([(1, half * 3), (2, b"x")])] == [1]


_KILLED = """
import os, sys
from pathlib import Path
from pullcord.app.clock import SystemClock
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.store.folder import open_folder

with open_folder(Path(sys.argv[1])) as store:
    writer = LakeWriter(store, SystemClock())
    append = store.lake.append

    def last(name, events):
        append(name, events)
        os.kill(os.getpid(), 9)

    store.lake.append = last
    writer.start()
    writer._thread.join()
"""


def test_killed_right_after_the_lake_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with open_folder(folder) as store:
        put(store, "a", "b")
        put(store, "c")
    died = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], cwd=ROOT, check=False, timeout=60)
    assert died.returncode == -9
    with open_folder(folder) as store:
        assert left(store) == 2
        writer = LakeWriter(store, SystemClock())
        writer.start()
        until(lambda: writer.has(0))
        writer.close()
        assert store.lake.count() == rows(store) == 3
        assert left(store) == 0
