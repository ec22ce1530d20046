from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.demo.plc import AUTO, LOTS_HELD, MANUAL, MODE, PARTS, REQUEST, Cell


def test_a_request_makes_it_manual_and_every_part_is_held_until_a_person_releases_it() -> None:
    cell = Cell()
    cell.cycle()
    cell.request(MANUAL)
    for _ in range(3):
        cell.cycle()
    assert (cell.mode, cell.parts, cell.held, cell.requests) == (MANUAL, 4, 3, 1)
    assert cell.values()[LOTS_HELD] is True
    cell.to_automatic()
    assert (cell.values()[MODE], cell.values()[LOTS_HELD]) == (AUTO, True)
    assert cell.release() == 3
    assert cell.values()[LOTS_HELD] is False


@pytest.mark.parametrize(
    "floor", [Cell(estop=True), Cell(operator_present=False), Cell(phase_allows_manual=False)]
)
def test_the_controller_refuses_while_an_interlock_does_not_hold(floor: Cell) -> None:
    floor.request(MANUAL)
    floor.cycle()
    assert floor.mode == AUTO
    assert floor.values()[REQUEST] == ""


@given(st.lists(st.text(max_size=8) | st.just(AUTO)))
def test_no_request_gives_control_back(requests: list[str]) -> None:
    cell = Cell(mode=MANUAL)
    for value in requests:
        cell.request(value)
        cell.cycle()
    assert cell.mode == MANUAL
    assert cell.requests == len(requests)


def test_an_old_request_does_not_come_back_after_the_panel() -> None:
    cell = Cell()
    cell.request(MANUAL)
    cell.to_automatic()
    cell.cycle()
    assert cell.mode == AUTO


def test_an_emergency_stop_stops_the_line() -> None:
    cell = Cell(estop=True)
    cell.cycle()
    assert cell.values()[PARTS] == 0


def test_the_limit_stays_in_its_envelope() -> None:
    cell = Cell()
    assert not cell.set_limit(9.5)
    assert not cell.set_limit(float("nan"))
    assert cell.limit == 1.2
    assert cell.set_limit(0.5)
    assert cell.limit == 0.5


def test_some_parts_are_scrapped_in_automatic_and_none_with_a_loose_limit() -> None:
    cell, loose = Cell(), Cell(limit=9.5)
    for _ in range(500):
        cell.cycle()
        loose.cycle()
    assert 0 < cell.scrapped < 50
    assert loose.scrapped == 0
