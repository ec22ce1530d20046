from __future__ import annotations

from pullcord.app.live.arrived import Arrived
from pullcord.app.live.pool import Pool
from pullcord.model.finding import Severity
from pullcord.model.incident import Incident
from pullcord.model.times import DAY, HOUR, MINUTE
from tests.scenes import NO_PLANT, START, finding, incident

NOW = START + HOUR


def arrived(*names: str) -> list[Arrived]:
    return [Arrived(finding(name, number), NOW + number) for number, name in enumerate(names)]


def names(pool: Pool) -> list[str]:
    return [one.id for one in pool.findings()]


def of(*ids: str) -> Incident:
    return incident([finding(name, trace_id="t") for name in ids], NO_PLANT)


def test_findings_are_kept_once_and_in_order_of_time() -> None:
    pool = Pool(10)
    pool.add([Arrived(finding("late", 5), 1), Arrived(finding("early", 1), 2)], NOW)
    pool.add([Arrived(finding("early", 1), 99)], NOW + 1)
    assert names(pool) == ["early", "late"]
    assert pool.received(["early", "late"]) == 1
    assert pool.received(["early"]) == 2
    assert pool.received(["unknown"]) is None
    assert pool.times() == {"early": START + MINUTE, "late": START + 5 * MINUTE}


def test_after_a_day_only_those_of_open_incidents_stay() -> None:
    pool = Pool(10)
    pool.add(arrived("a", "b"), NOW)
    pool.add(arrived("c"), NOW + DAY)
    pool.prune([of("b")], NOW + DAY + 1)
    assert set(names(pool)) == {"b", "c"}


def test_a_late_finding_about_long_ago_counts_from_when_it_came() -> None:
    pool = Pool(10)
    pool.add([Arrived(finding("old", -60 * 24 * 30), NOW)], NOW)
    pool.prune([], NOW + HOUR)
    assert names(pool) == ["old"]


def test_what_is_of_a_closed_incident_never_comes_back() -> None:
    pool = Pool(10)
    pool.add(arrived("a", "b"), NOW)
    pool.close(["a"])
    pool.add(arrived("a"), NOW)
    assert names(pool) == ["b"]


def test_too_many_are_let_go_and_counted_those_of_open_incidents_last() -> None:
    pool = Pool(2)
    pool.add(arrived("mine"), NOW)
    pool.add(arrived("a", "b"), NOW + 1)
    pool.add(arrived("c"), NOW + 2)
    assert len(pool) == 4
    pool.prune([of("mine")], NOW + 2)
    assert set(names(pool)) == {"mine", "c"}
    assert pool.let_go == 2


def test_a_flood_of_lesser_findings_pushes_out_no_grave_one() -> None:
    pool = Pool(3)
    pool.add([Arrived(finding("grave", severity=Severity.HIGH), NOW)], NOW)
    pool.add(arrived("a", "b", "c", "d"), NOW + 1)
    pool.prune([], NOW + 1)
    assert names(pool) == ["grave", "c", "d"]


def test_a_start_reads_all_that_is_not_closed_whatever_its_age() -> None:
    pool = Pool(10)
    found = [finding("closed"), finding("old", -60 * 24 * 30), finding("open")]
    pool.load(found, [of("open")], ["closed"], NOW)
    assert names(pool) == ["old", "open"]
    pool.prune([of("open")], NOW)
    assert names(pool) == ["open"]


def test_a_start_holds_no_more_than_it_may() -> None:
    pool = Pool(5)
    pool.load([finding(f"f{n:03}", n) for n in range(100)], [of("f000")], [], NOW + DAY)
    assert names(pool) == ["f000", "f096", "f097", "f098", "f099"]
    assert pool.let_go == 95
