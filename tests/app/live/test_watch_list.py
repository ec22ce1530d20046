from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.live.watch_list import Touched, WatchList
from pullcord.store.state import SqlState, open_state

LATER = 10**9


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqlState]:
    with open_state(tmp_path / "state") as opened:
        yield opened


def touch(watched: WatchList, state: SqlState, number: int, *traces: str, now: int = 0) -> None:
    with state.transaction() as tx:
        note = watched.note(tx, number, traces)
    watched.confirm(note, now)


def strike(watched: WatchList, state: SqlState, seen: dict[str, Touched]) -> set[str]:
    with state.transaction() as tx:
        gone = watched.strike_out(tx, seen, LATER)
    watched.gone(gone)
    return set(gone)


def due(watched: WatchList, most: int = 1_000) -> dict[str, Touched]:
    return watched.due(LATER, -1, most)


def reloaded(state: SqlState) -> set[str]:
    """What a restart finds."""
    watched = WatchList(1_000)
    with state.transaction() as tx:
        watched.load(tx, 0)
    return set(due(watched))


def test_a_restart_finds_what_waits_and_nothing_else(state: SqlState) -> None:
    watched = WatchList(10)
    touch(watched, state, 1, "a", "b")
    touch(watched, state, 2, "b", "c")
    seen = due(watched)
    assert strike(watched, state, {"a": seen["a"], "c": seen["c"]}) == {"a", "c"}
    assert set(due(watched)) == reloaded(state) == {"b"}


def test_touched_while_it_is_looked_at_waits_on(state: SqlState) -> None:
    watched = WatchList(10)
    touch(watched, state, 1, "a", "b")
    seen = due(watched)
    touch(watched, state, 2, "a")
    assert strike(watched, state, seen) == {"b"}
    assert due(watched)["a"].number == 2
    assert due(watched)["a"].first == LATER
    assert reloaded(state) == {"a"}


def test_touched_by_a_commit_that_is_durable_but_not_confirmed_waits_on(state: SqlState) -> None:
    watched = WatchList(10)
    touch(watched, state, 1, "a")
    seen = due(watched)
    with state.transaction() as tx:
        note = watched.note(tx, 2, ["a"])
    assert strike(watched, state, seen) == set()
    watched.confirm(note, 5)
    assert due(watched)["a"].number == 2
    assert reloaded(state) == {"a"}


def test_a_failed_commit_adds_nothing_and_its_page_is_used_again(state: SqlState) -> None:
    watched = WatchList(10)

    def failing() -> None:
        with state.transaction() as tx:
            notes.append(watched.note(tx, 1, ["a"]))
            raise OSError

    notes: list[object] = []
    with pytest.raises(OSError):  # noqa: PT011  (any will do)
        failing()
    watched.forget(notes[0])  # type: ignore[arg-type]
    assert due(watched) == {}
    touch(watched, state, 1, "b")
    assert reloaded(state) == {"b"}


def test_a_failed_strike_leaves_them_waiting(state: SqlState) -> None:
    watched = WatchList(10)
    touch(watched, state, 1, "a", "b")
    seen = due(watched)
    gone: dict[str, Touched] = {}

    def failing() -> None:
        with state.transaction() as tx:
            gone.update(watched.strike_out(tx, seen, 0))
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011  (any will do)
        failing()
    watched.put_back(gone)
    assert set(due(watched)) == reloaded(state) == {"a", "b"}
    assert strike(watched, state, due(watched)) == {"a", "b"}
    assert reloaded(state) == set()


def test_more_than_may_wait_are_counted(state: SqlState) -> None:
    watched = WatchList(2)
    touch(watched, state, 1, "a", "b", "c")
    assert set(due(watched)) == reloaded(state) == {"a", "b"}
    assert watched.left_out == 1
    assert len(watched) == 2


def test_due_are_the_quiet_ones_and_those_that_never_are(state: SqlState) -> None:
    watched = WatchList(10)
    touch(watched, state, 1, "quiet", "busy", now=10)
    touch(watched, state, 2, "young", now=50)
    touch(watched, state, 3, "busy", now=60)
    assert set(watched.due(20, 0, 10)) == {"quiet"}
    assert set(watched.due(20, 15, 10)) == {"quiet", "busy"}
    assert len(watched.due(100, 0, 2)) == 2
    assert "young" not in watched.due(100, 0, 2)


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcdef")), st.booleans()), max_size=30))
def test_pages_are_no_more_than_traces(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[set[str], bool]]
) -> None:
    with open_state(tmp_path_factory.mktemp("pages") / "state") as state:
        watched = WatchList(10)
        waiting: set[str] = set()
        for number, (traces, look) in enumerate(steps):
            touch(watched, state, number + 1, *sorted(traces))
            waiting |= traces
            if look:
                chosen = due(watched, 2)
                assert strike(watched, state, chosen) == set(chosen)
                waiting -= set(chosen)
            assert set(due(watched)) == waiting
        assert reloaded(state) == waiting
        assert watched._count <= 6
