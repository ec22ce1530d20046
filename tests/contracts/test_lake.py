"""What every adapter of the Lake port does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pullcord.model.errors import PullcordError
from pullcord.model.event import Event
from pullcord.model.times import EARLIEST, LATEST
from pullcord.ports import Lake
from tests.contracts.adapters import LAKES
from tests.contracts.nouns import event


@pytest.fixture(params=LAKES)
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lake]:
    make: Callable[[Path], Lake] = LAKES[request.param]
    # Glob characters and a quote: a folder's name is not a pattern.
    made = make(tmp_path / "la[k]e *?'")
    yield made
    made.close()  # type: ignore[attr-defined]


def ids(events: Iterator[Event] | list[Event]) -> list[str]:
    return [one.id for one in events]


def test_an_empty_lake_answers(lake: Lake) -> None:
    lake.compact()
    assert lake.count() == 0
    assert lake.trace_ids() == []
    assert lake.by_trace(["t"]) == {}
    assert lake.by_id(["a"]) == {}
    assert list(lake.window(EARLIEST, LATEST)) == []


def test_events_come_back_as_they_went_in(lake: Lake) -> None:
    odd = event(
        "ö\x00'; --",
        time=1_764_000_000_123_456_789,
        trace="t\n",
        asset="",
        attributes={"": "", "big": 2**70, "no": [], "f": [1.5, 2.0], "deep.key": "\u2028" * 3, "neg": -0.0},
    )
    lake.append("s", [odd, event("b")])
    assert lake.by_id([odd.id]) == {odd.id: odd}
    assert lake.by_trace(["t\n"]) == {"t\n": [odd]}
    assert type(lake.by_id(["b"])["b"]) is Event


def test_traces_are_sorted_and_their_events_ordered(lake: Lake) -> None:
    lake.append("s-1", [event("c", 5, "t2"), event("b", 5, "t1"), event("a", 5, "t1")])
    lake.append("s-2", [event("d", 1, "t1"), event("e", 1)])
    assert lake.trace_ids() == ["t1", "t2"]
    found = lake.by_trace(["t1", "t1", "none"])
    assert {trace: ids(events) for trace, events in found.items()} == {"t1": ["d", "a", "b"]}
    assert lake.by_trace([]) == {}


def test_a_window_is_half_open_and_ordered(lake: Lake) -> None:
    lake.append("s-1", [event("c", 3, asset="x"), event("b", 2), event("a", 2, asset="x")])
    lake.append("s-2", [event("d", 1, asset="x")])
    assert ids(lake.window(1, 3)) == ["d", "a", "b"]
    assert ids(lake.window(1, 4, asset="x")) == ["d", "a", "c"]
    assert ids(lake.window(3, 3)) == []
    assert ids(lake.window(4, 1)) == []


def test_times_at_the_ends_of_time(lake: Lake) -> None:
    lake.append("s", [event("b", LATEST), event("a", EARLIEST), event("m", 0)])
    assert ids(lake.window(EARLIEST, LATEST + 1)) == ["a", "m", "b"]
    assert ids(lake.window(EARLIEST + 1, LATEST)) == ["m"]
    assert ids(lake.window(-(10**30), 10**30)) == ["a", "m", "b"]
    with pytest.raises(PullcordError):
        lake.append("s", [event("x", LATEST + 1)])
    assert lake.count() == 3


def test_an_id_appears_once_and_the_first_is_kept(lake: Lake) -> None:
    lake.append("s-1", [event("a", 1, "t", "first"), event("a", 2, "t", "within")])
    lake.append("s-2", [event("a", 3, "t", "later"), event("b", 4, "t")])
    assert lake.count() == 2
    assert lake.by_id(["a"])["a"].asset == "first"
    assert [(one.id, one.asset) for one in lake.by_trace(["t"])["t"]] == [("a", "first"), ("b", None)]
    assert [(one.id, one.asset) for one in lake.window(0, 9)] == [("a", "first"), ("b", None)]


def test_a_segment_is_replaced_whole(lake: Lake) -> None:
    lake.append("s-1", [event("a"), event("b")])
    lake.append("s-2", [event("x")])
    lake.append("s-1", [event("b", asset="new"), event("c")])
    assert ids(lake.window(0, 1)) == ["b", "c", "x"]
    assert lake.by_id(["a", "b"])["b"].asset == "new"
    lake.compact()
    lake.append("s-1", [])
    assert ids(lake.window(0, 1)) == ["x"]
    lake.compact()
    assert lake.count() == 1


@pytest.mark.parametrize("name", ["", "A", "a/b", "..", "a.b", "ä", "a\n", "x" * 81, "a b"])
def test_a_segment_name_cannot_lead_astray(lake: Lake, name: str) -> None:
    with pytest.raises(PullcordError, match="name for a segment"):
        lake.append(name, [event("a")])
    assert lake.count() == 0


def test_numbers_that_json_lacks_become_their_names(lake: Lake) -> None:
    odd = event("a", attributes={"x": float("nan"), "y": [1.0, float("-inf")], "z": float("inf")})
    lake.append("s", [odd])
    assert lake.by_id(["a"])["a"].attributes == {"x": "NaN", "y": ["1.0", "-Infinity"], "z": "Infinity"}


def test_a_batch_with_something_unwritable_leaves_nothing(lake: Lake) -> None:
    lake.append("s", [event("old")])
    for bad in (event("\ud800"), event("a", attributes={"k": "\udfff"}), event("a", trace="\ud801")):
        with pytest.raises(PullcordError):
            lake.append("s", [event("new"), bad])
    assert ids(lake.window(0, 1)) == ["old"]


def test_a_long_window_is_whole(lake: Lake) -> None:
    times = [number // 3 for number in range(20_000)]
    lake.append(
        "s", [event(f"e{number:05d}", time, attributes={"n": 1}) for number, time in enumerate(times)]
    )
    found = list(lake.window(0, 10**9))
    assert [one.id for one in found] == [f"e{number:05d}" for number in range(20_000)]
