from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.model.times import MINUTE
from pullcord.response.people_errors import NotStoppedError, SecondPersonError
from pullcord.response.stops import RESUME_COUNTS, Stop, StopKind, Stops
from tests.response.people import NOW


def test_one_person_stops_and_it_holds_for_every_reader(tmp_path: Path) -> None:
    stops = Stops(tmp_path / "stop")
    assert stops.active("A") is None
    made = stops.stop("ann", "smoke", NOW)
    for reader in (stops, Stops(tmp_path / "stop")):
        assert reader.active("A") == reader.active("") == made
    (file,) = (tmp_path / "stop").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "stop").stat().st_mode & 0o777 == 0o700


def test_a_stop_of_one_site_leaves_the_others_but_holds_what_has_no_known_site(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    made = stops.stop("ann", "smoke", NOW, "A")
    assert stops.active("A") == made
    assert stops.active("B") is None
    assert stops.active("") == made


def test_two_different_people_resume_and_whoever_stopped_may_be_one(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    stops.stop("ann", "smoke", NOW)
    noted = stops.resume("ann", NOW + 1)
    assert noted is not None
    assert (noted.resumed_by, noted.resumed) == ("ann", NOW + 1)
    with pytest.raises(SecondPersonError):
        stops.resume("ann", NOW + 2)
    assert stops.active("A") is not None
    assert stops.resume("bob", NOW + 3) is None
    assert stops.active("A") is None
    with pytest.raises(NotStoppedError):
        stops.resume("bob", NOW + 4)


def test_resuming_a_site_is_not_resuming_all(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    stops.stop("ann", "smoke", NOW)
    with pytest.raises(NotStoppedError):
        stops.resume("bob", NOW, "A")
    stops.stop("ann", "smoke", NOW, "A")
    stops.resume("bob", NOW, "A")
    assert stops.resume("kim", NOW, "A") is None
    assert stops.active("A") is not None


def test_a_stop_pressed_while_others_resume_stays(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    stops.stop("ann", "smoke", NOW)
    stops.resume("bob", NOW + 1)
    again = stops.stop("eve", "fire", NOW + 2)
    left = stops.resume("kim", NOW + 3)
    assert left is not None
    assert left.reason == again.reason
    assert left.resumed_by == "kim"
    assert stops.resume("bob", NOW + 4) is None
    assert stops.active("A") is None


@pytest.mark.parametrize("later", [RESUME_COUNTS + 1, -2 * MINUTE])
def test_the_word_of_the_first_does_not_count_for_ever(tmp_path: Path, later: int) -> None:
    stops = Stops(tmp_path)
    stops.stop("ann", "smoke", NOW)
    stops.resume("ann", NOW)
    left = stops.resume("bob", NOW + later)
    assert left is not None
    assert left.resumed_by == "bob"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_garbage_counts_as_stopped_and_two_people_can_clear_it(tmp_path: Path, data: bytes) -> None:
    stops = Stops(tmp_path / "stop")
    (tmp_path / "stop" / "person-1.json").write_bytes(data)
    held = stops.active("A")
    assert held is not None
    assert "cannot be read" in held.reason
    stops.resume("ann", NOW)
    assert stops.active("A") is not None
    assert stops.resume("bob", NOW) is None
    assert stops.active("A") is None


def test_a_file_cut_short_by_a_power_cut_or_far_too_large_is_a_stop(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    whole = msgspec.json.encode(Stop(who="ann", reason="smoke", time=1, site="B"))
    for data in (whole[:-5], b"", whole + b" " * 100_000 + b"x"):
        (tmp_path / "person-1.json").write_bytes(data)
        assert stops.active("A") is not None, data[:80]
    (tmp_path / "person-1.json").unlink()
    (tmp_path / "person-1.json").symlink_to(tmp_path / "nowhere")
    assert stops.active("A") is not None
    (tmp_path / "person-1.json").unlink()
    assert stops.active("A") is None
    (tmp_path / "person-2.json").mkdir()
    assert stops.active("A") is not None


def test_a_folder_that_is_gone_or_closed_counts_as_stopped(tmp_path: Path) -> None:
    stops = Stops(tmp_path / "stop")
    (tmp_path / "stop").rmdir()
    assert stops.active("A") is not None
    stops.resume("ann", NOW)
    assert stops.resume("bob", NOW) is None
    assert stops.active("A") is None


def test_what_is_being_written_does_not_count_yet(tmp_path: Path) -> None:
    (tmp_path / "person-1.json.abcd.tmp").write_bytes(b"half")
    assert Stops(tmp_path).active("A") is None


def test_long_texts_are_cut_and_the_kind_is_kept(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    stops.stop("x" * 9_000, "y" * 200_000, NOW, kind=StopKind.CLOCK)
    (kept,) = stops.all()
    assert (len(kept.who), len(kept.reason), kept.kind) == (2_000, 2_000, StopKind.CLOCK)


def test_looking_is_cheap_enough_to_do_before_every_action(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    start = time.process_time()
    for _ in range(1_000):
        stops.active("A")
    assert time.process_time() - start < 1.0


def test_a_word_that_is_weighed_changes_nothing_until_it_counts(tmp_path: Path) -> None:
    stops = Stops(tmp_path)
    stops.stop("ann", "smoke", NOW)
    first = stops.weigh("bob", NOW + 1)
    assert stops.all()[0].resumed_by == ""
    stops.count(first)
    last = stops.weigh("kim", NOW + 2)
    assert last.left is None
    assert stops.active("") is not None
    stops.count(last)
    assert stops.active("") is None
