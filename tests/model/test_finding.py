from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.finding import Severity, finding_id


@given(st.text(), st.lists(st.text(max_size=9), max_size=6))
def test_the_order_of_events_does_not_count(rule: str, events: list[str]) -> None:
    shuffled = list(reversed(events))
    assert finding_id(rule, tuple(shuffled)) == finding_id(rule, tuple(events))


def test_rule_and_each_event_count() -> None:
    ids = {
        finding_id("r", ("a", "b")),
        finding_id("q", ("a", "b")),
        finding_id("r", ("a",)),
        finding_id("r", ("a", "b", "b")),
        finding_id("r", ("ab",)),
        finding_id("r", ('a","b',)),
        finding_id("r", ()),
    }
    assert len(ids) == 7
    assert all(len(one) == 28 and one.startswith("fnd-") for one in ids)


def test_severities_rise() -> None:
    assert [one.rank for one in Severity] == [0, 1, 2, 3, 4]
    assert Severity.CRITICAL.rank > Severity.HIGH.rank > Severity.INFORMATIONAL.rank
