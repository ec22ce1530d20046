from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullcord.app import spool as module
from pullcord.app.spool import SessionSpool
from pullcord.model.event import Event, SourceTrust
from tests.app.build import event


def grouped(*batches: list[Event]) -> dict[str, list[Event]]:
    with SessionSpool() as spool:
        for batch in batches:
            spool.add(batch)
        found = list(spool.traces())
    assert len({trace for trace, _ in found}) == len(found), "each trace once"
    return dict(found)


EVENTS = st.lists(
    st.tuples(
        st.text("ab", min_size=1, max_size=2),
        st.integers(0, 2) | st.integers(-(2**63), 2**63 - 1),
        st.integers(0, 200),
    ),
    max_size=30,
    unique_by=lambda drawn: (drawn[0], drawn[2]),
)


@settings(max_examples=40)
@given(EVENTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_over_any_batches_gives_the_same_sessions(
    drawn: list[tuple[str, int, int]], chance: random.Random, parts: int
) -> None:
    events = [event(f"{trace}:{number}", time, trace) for trace, time, number in drawn]
    shuffled = events * 2
    chance.shuffle(shuffled)
    expected: dict[str, list[Event]] = {}
    for one in sorted(events, key=lambda one: (one.time, one.id)):
        expected.setdefault(one.trace_id or "", []).append(one)
    assert grouped(*(shuffled[part::parts] for part in range(parts))) == expected


def test_an_event_survives_whole() -> None:
    one = event(
        "a", 2**62, "t", observed_time=3, asset="ü", trust=SourceTrust.AUTHENTICATED, parent_span_id="p"
    )
    assert grouped([one]) == {"t": [one]}
    assert type(grouped([one])["t"][0]) is Event


def test_events_outside_sessions_are_left_aside() -> None:
    assert grouped([event("a", trace=None)]) == {}


def test_of_an_id_given_twice_the_first_counts() -> None:
    first, second = event("a", 1), event("a", 2)
    assert grouped([first], [second]) == {"t": [first]}


def test_a_trace_without_end_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS_PER_TRACE", 5)
    with SessionSpool() as spool:
        spool.add(event(f"{number}", number) for number in range(8))
        spool.add([event("0", 0)])
        assert [len(events) for _, events in spool.traces()] == [5]
        assert spool.left_out == 3


def test_open_files_are_bounded_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with SessionSpool() as spool:
        spool.add(event(f"{number}", trace=f"trace {number}") for number in range(1_000))
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0, "nobody else may read it"
        assert len(list(folder.iterdir())) <= 64
        assert sum(1 for _ in spool.traces()) == 1_000
    assert list(tmp_path.iterdir()) == []
