from __future__ import annotations

from pullcord.detection.anomaly.collect import GAP, SESSIONS, Batch, Bins, Sessions
from pullcord.model.times import EARLIEST, HOUR, MINUTE, SECOND


def test_a_bin_closes_with_the_first_event_after_it() -> None:
    bins = Bins()
    assert bins.add(5 * SECOND, "", 1.0, MINUTE) == []
    assert bins.add(59 * SECOND, "", 2.0, MINUTE) == []
    assert bins.running(MINUTE) == 3.0
    assert bins.add(60 * SECOND, "", 1.0, MINUTE) == [(0, 3.0)]
    assert bins.running(MINUTE) == 1.0


def test_empty_bins_count_but_a_long_silence_does_not() -> None:
    bins = Bins()
    bins.add(0, "", 1.0, MINUTE)
    assert bins.add(3 * MINUTE, "", 1.0, MINUTE) == [(0, 1.0), (MINUTE, 0.0), (2 * MINUTE, 0.0)]
    assert len(bins.add(10_000 * MINUTE, "", 1.0, MINUTE)) == 1 + GAP


def test_a_late_event_counts_to_the_open_bin() -> None:
    bins = Bins()
    bins.add(10 * MINUTE, "", 1.0, MINUTE)
    assert bins.add(MINUTE, "", 1.0, MINUTE) == []
    assert bins.running(MINUTE) == 2.0


def test_one_event_from_the_future_does_not_stop_the_counting() -> None:
    bins = Bins()
    bins.add(0, "", 1.0, MINUTE)
    bins.add(10**9 * SECOND, "", 1.0, MINUTE)
    assert bins.add(MINUTE, "", 1.0, MINUTE) == []
    assert bins.add(2 * MINUTE, "", 1.0, MINUTE) == [(MINUTE, 1.0)]
    sessions = Sessions()
    sessions.add(10**9 * SECOND, "far", 1.0, HOUR)
    assert sessions.add(SECOND, "near", 1.0, HOUR) == [(10**9 * SECOND, 1.0)]


def test_the_earliest_time_of_all_still_fits() -> None:
    bins = Bins()
    bins.add(EARLIEST + 1, "", 1.0, HOUR)
    assert bins.start == EARLIEST


def test_a_session_ends_when_idle() -> None:
    sessions = Sessions()
    for second in (0, 10, 20):
        assert sessions.add(second * SECOND, "a", 1.0, HOUR) == []
    assert sessions.running(HOUR) == 3.0
    sessions.add(30 * SECOND, "b", 1.0, HOUR)
    assert sessions.add(20 * SECOND + 2 * HOUR, "c", 1.0, HOUR) == [(20 * SECOND, 3.0), (30 * SECOND, 1.0)]


def test_open_sessions_are_bounded_and_the_longest_idle_ends_first() -> None:
    sessions = Sessions()
    for number in range(SESSIONS):
        sessions.add(number, f"s{number}", float(number), HOUR)
    sessions.add(SESSIONS, "s0", 1.0, HOUR)
    assert sessions.add(SESSIONS + 1, "one more", 1.0, HOUR) == [(1, 1.0)]
    assert len(sessions.open) == SESSIONS


def test_a_batch_gives_its_mean() -> None:
    batch = Batch()
    assert [batch.add(i, "", amount, 4) for i, amount in enumerate((1.0, 0.0, 0.0))] == [[], [], []]
    assert batch.running(4) == 0.25
    assert batch.add(3, "", 1.0, 4) == [(3, 0.5)]
    assert batch.running(4) == 0.0
