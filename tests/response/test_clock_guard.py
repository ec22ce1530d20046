from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.model.times import DAY, HOUR, MINUTE, SECOND
from pullcord.response.clock_guard import TOLERANCE, ClockGuard
from pullcord.response.stops import StopKind, Stops
from tests.response.people import NOW, SetClock


class Machine:
    """A clock, stops and what the guard keeps, over starts of the process and of the machine."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock()
        self.stops = Stops(folder / "stop")
        self.kept: list[str] = []
        self.boot = "boot-1"
        self.guard = self.start()

    def start(self) -> ClockGuard:
        last = self.kept[-1] if self.kept else None
        self.guard = ClockGuard(self.clock, self.stops, self.boot, last, self.kept.append)
        return self.guard

    def reboot(self, wall: int) -> None:
        self.boot += "x"
        self.clock.since_start = SECOND
        self.clock.wall = wall
        self.start()

    @property
    def frozen(self) -> bool:
        found = self.stops.active("A")
        assert found is None or found.kind is StopKind.CLOCK
        return found is not None


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_time_that_goes_on_as_it_should_freezes_nothing(machine: Machine) -> None:
    for step in (SECOND, MINUTE, HOUR, 30 * DAY):
        machine.clock.pass_by(step)
        assert machine.guard.look() is None
    assert not machine.frozen


@pytest.mark.parametrize(("step", "way"), [(TOLERANCE + 1, "forward"), (-TOLERANCE - 1, "back")])
def test_a_step_of_more_than_a_minute_either_way_freezes(machine: Machine, step: int, way: str) -> None:
    machine.clock.pass_by(10 * SECOND)
    machine.clock.wall += step
    stop = machine.guard.look()
    assert stop is not None
    assert f"set {way} by 60 s" in stop.reason
    assert machine.frozen


@pytest.mark.parametrize("step", [TOLERANCE, -TOLERANCE])
def test_a_step_of_a_minute_does_not(machine: Machine, step: int) -> None:
    machine.clock.wall += step
    assert machine.guard.look() is None
    assert not machine.frozen


def test_small_steps_add_up(machine: Machine) -> None:
    for _ in range(3):
        machine.clock.pass_by(SECOND)
        machine.clock.wall += 25 * SECOND
        machine.guard.look()
    assert machine.frozen


def test_a_slow_correction_over_hours_does_not_freeze(machine: Machine) -> None:
    for _ in range(300):
        machine.clock.pass_by(MINUTE)
        machine.clock.wall += SECOND // 10
        machine.guard.look()
    assert not machine.frozen


def test_a_freeze_survives_a_restart_and_two_people_clear_it(machine: Machine) -> None:
    machine.clock.wall += HOUR
    machine.guard.look()
    machine.start()
    assert machine.frozen
    machine.stops.resume("ann", machine.clock.now())
    assert machine.frozen
    assert machine.stops.resume("bob", machine.clock.now()) is None
    machine.clock.pass_by(SECOND)
    assert machine.guard.look() is None
    assert not machine.frozen


def test_a_step_while_people_clear_the_last_one_is_a_freeze_of_its_own(machine: Machine) -> None:
    machine.clock.wall += HOUR
    machine.guard.look()
    machine.clock.wall += HOUR
    machine.guard.look()
    assert len(machine.stops.all()) == 1
    machine.stops.resume("ann", machine.clock.now())
    machine.clock.wall -= 2 * HOUR
    machine.guard.look()
    assert len(machine.stops.all()) == 2


@pytest.mark.parametrize("step", [2 * MINUTE, -2 * MINUTE])
def test_a_step_while_pullcord_was_down_is_seen_at_its_start(machine: Machine, step: int) -> None:
    machine.guard.look()
    machine.clock.pass_by(HOUR)
    machine.start()
    assert not machine.frozen
    machine.clock.wall += step
    machine.start()
    assert machine.frozen


def test_after_another_boot_only_a_clock_that_ran_back_freezes(machine: Machine) -> None:
    machine.guard.look()
    machine.reboot(NOW + 90 * DAY)
    assert not machine.frozen
    machine.reboot(NOW - 30 * SECOND)
    assert not machine.frozen
    machine.reboot(NOW - 2 * MINUTE)
    assert machine.frozen


def test_a_machine_that_does_not_name_its_boots_is_taken_for_another_one(machine: Machine) -> None:
    machine.boot = ""
    machine.start().look()
    machine.clock.since_start += DAY
    machine.start()
    assert not machine.frozen
    machine.clock.wall -= HOUR
    machine.start()
    assert machine.frozen


def test_it_keeps_a_look_every_five_seconds_and_no_oftener(machine: Machine) -> None:
    for _ in range(20):
        machine.clock.pass_by(SECOND)
        machine.guard.look()
    assert len(machine.kept) == 4


@pytest.mark.parametrize("nanoseconds", [TOLERANCE + 1, -TOLERANCE - 1])
def test_disagreement_with_the_writer_freezes(machine: Machine, nanoseconds: int) -> None:
    assert machine.guard.disagreement(TOLERANCE) is None
    assert not machine.frozen
    stop = machine.guard.disagreement(nanoseconds)
    assert stop is not None
    assert "OT writer" in stop.reason
    assert machine.frozen


def test_a_state_that_cannot_keep_the_look_does_not_keep_the_freeze_away(machine: Machine) -> None:
    def broken(_text: str) -> None:
        raise OSError("disk full")

    guard = ClockGuard(machine.clock, machine.stops, "boot-1", None, broken)
    machine.clock.wall += HOUR
    with pytest.raises(OSError, match="disk full"):
        guard.look()
    assert machine.frozen


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.just("{}") | st.just('{"boot":"b","elapsed":1}'))
def test_garbage_where_the_last_look_should_be_freezes(tmp_path: Path, text: str) -> None:
    machine = Machine(tmp_path)
    machine.kept = [text]
    machine.start()
    assert machine.frozen


def test_a_wall_clock_beyond_the_calendar_is_told_too(machine: Machine) -> None:
    machine.clock.wall = 2**63 + 5
    stop = machine.guard.look()
    assert stop is not None
    assert "outside any calendar" in stop.reason
