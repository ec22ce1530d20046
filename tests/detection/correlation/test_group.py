from __future__ import annotations

from pullcord.detection.correlation.entry import Context, Entry
from pullcord.detection.correlation.group import Group
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.model.event import SourceTrust
from tests.detection.correlation.scenarios import rule_set

CONTEXT = Context(None, None, None, SourceTrust.AUTHENTICATED, text=False, entities=())


def rule() -> CorrelationRule:
    section = {"type": "event_count", "rules": ["a"], "timespan": "10s", "condition": {"gte": 3}}
    return rule_set({"one": section}).correlations[0]


def entry(time: int, name: str = "e", chunk: int = 0) -> Entry:
    return Entry(time, name, (), 1, Context(*CONTEXT), None, chunk)


def test_the_window_is_open_below_and_closed_above() -> None:
    group = Group(0, (), rule())
    assert not group.late(5, 10)
    for time in (5, 15, 6):
        assert not group.late(time, 10) or time == 5
        gone = group.add(entry(time), 10)
        assert [each.time for each in gone] == ([5] if time == 15 else [])
    assert [each.time for each in group.entries] == [6, 15]
    assert group.late(5, 10)
    assert group.read() == 2


def test_equal_contexts_of_neighbours_become_one_object() -> None:
    group = Group(0, (), rule())
    group.add(entry(1), 10)
    group.add(entry(2), 10)
    assert group.entries[0].context is group.entries[1].context
    assert group.contexts() == [CONTEXT]


def test_a_full_group_loses_its_oldest_quarter() -> None:
    group = Group(0, (), rule())
    for time in range(9):
        group.add(entry(time), 100)
    assert not group.cut(9)
    assert [each.time for each in group.cut(8)] == [0, 1]
    assert group.read() == 7


def test_a_piece_has_its_live_entries_in_order_of_time_then_arrival() -> None:
    group = Group(0, (), rule())
    group.first, group.pieces = 3, [2, 2]
    for time, name, chunk in ((5, "a", 3), (7, "b", 4), (5, "c", 4), (5, "d", 3)):
        group.add(entry(time, name, chunk), 100)
    assert [each.events for each in group.piece(3)] == ["a", "d"]
    assert [each.events for each in group.piece(4)] == ["c", "b"]
