from __future__ import annotations

import msgspec

from pullcord.detection.behaviour.firsts import MOST_KNOWN, Firsts, Habit
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.stream import MOST_VALUE
from pullcord.model.times import DAY, HOUR
from tests.detection.behaviour.events import START

FULL = 2**63 - 1


def learned(limits: Limits | None = None) -> Firsts:
    firsts = Firsts("x", 10, limits or Limits())
    for number in range(30):
        firsts.see("agent", "usual", START + number * HOUR)
    return firsts


def test_new_is_odd_once_the_owner_is_known() -> None:
    firsts = learned()
    assert firsts.see("agent", "usual", START + 2 * DAY) is None
    novelty = firsts.see("agent", "other", START + 2 * DAY)
    assert novelty is not None
    assert novelty.odd
    assert novelty.reference("places") == "31 uses since 2026-05-28 knew 1 places, none of them this."
    assert firsts.see("agent", "other", START + 2 * DAY) is None


def test_nothing_is_odd_while_learning() -> None:
    young = Firsts("x", 10, Limits())
    for number in range(50):
        young.see("agent", "usual", START + number)
    told = young.see("agent", "other", START + 60)
    assert told is not None
    assert not told.odd
    seldom = Firsts("x", 10, Limits())
    seldom.see("agent", "usual", START)
    told = seldom.see("agent", "other", START + 9 * DAY)
    assert told is not None
    assert not told.odd


def test_a_clock_that_ran_ahead_once_does_not_put_off_learning() -> None:
    firsts = Firsts("x", 10, Limits())
    firsts.see("agent", "usual", START + 9_000 * DAY)
    for number in range(30):
        firsts.see("agent", "usual", START + number * HOUR)
    told = firsts.see("agent", "other", START + 2 * DAY)
    assert told is not None
    assert told.odd


def test_who_meets_new_things_every_day_is_left_alone() -> None:
    firsts = Firsts("x", 10, Limits())
    for number in range(100):
        firsts.see("crawler", f"page{number}", START + number * HOUR)
    told = firsts.see("crawler", "one more", START + 9 * DAY)
    assert told is not None
    assert told.learned
    assert told.open


def test_findings_of_a_day_are_bounded_and_the_rest_is_counted() -> None:
    firsts = learned(Limits(a_day=2))
    day = START // DAY * DAY + 5 * DAY
    assert [firsts.may_tell("agent", day + n) for n in range(4)] == [True, True, False, False]
    assert firsts.hushed == 2
    assert firsts.may_tell("agent", day + DAY)


def test_values_are_bounded_and_the_longest_unused_goes_first() -> None:
    firsts = learned()
    for number in range(MOST_KNOWN - 1):
        firsts.see("agent", f"v{number}", START + 3 * DAY)
    firsts.see("agent", "usual", START + 4 * DAY)
    firsts.see("agent", "one too many", START + 5 * DAY)
    assert firsts.see("agent", "usual", START + 5 * DAY) is None
    assert firsts.see("agent", "v0", START + 5 * DAY) is not None


def test_the_fullest_record_fits_the_store() -> None:
    known = {FULL - number: 100_000 for number in range(MOST_KNOWN)}
    habit = Habit(turn=FULL, seen=FULL, first=FULL, uses=1_000_000, known=known, day=99_999, told=3)
    assert len(msgspec.msgpack.encode(habit)) <= MOST_VALUE
