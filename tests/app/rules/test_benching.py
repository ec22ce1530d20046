from __future__ import annotations

from pathlib import Path

from pullcord.app.clock import SystemClock
from pullcord.app.inputs import Inputs
from pullcord.app.rules.benching import Bench, measure
from pullcord.app.rules.choosing import load
from tests.app.rules.build import EXPORT, folder, recording


def bench(tmp_path: Path, hours: int = 12, times: int = 1) -> Bench:
    file = recording(tmp_path / "e", hours)
    return measure(load(folder(tmp_path / "r")), Inputs([file] * times, SystemClock()))


def test_costs_and_matches_are_counted(tmp_path: Path) -> None:
    found = bench(tmp_path)
    assert (found.events, found.seconds) == (6, 12 * 3_600)
    (one,) = found.rules
    assert (one.rule_id, one.matches, one.per_day) == (EXPORT, 2, 4.0)
    assert one.matches <= one.candidates <= 6
    assert one.us_per_1000 > 0


def test_an_event_that_comes_twice_counts_once(tmp_path: Path) -> None:
    found = bench(tmp_path, times=2)
    assert (found.events, found.rules[0].matches) == (6, 2)


def test_of_a_short_recording_no_day_is_made_up(tmp_path: Path) -> None:
    assert bench(tmp_path, hours=0).rules[0].per_day is None
