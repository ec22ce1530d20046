from __future__ import annotations

from pullcord.app.live.arrived import Arrived, arrived
from tests.app.build import event
from tests.scenes import finding


def test_the_first_receipt_of_its_events_counts() -> None:
    events = {"a": event("a", received=50), "b": event("b", received=40), "c": event("c", received=10)}
    found = finding("f", event_ids=("a", "b"))
    assert arrived([found], events, 99) == [Arrived(found, 40)]


def test_without_a_receipt_it_is_now() -> None:
    silent, unknown = finding("silent", event_ids=("a",)), finding("unknown", event_ids=("z",))
    told = arrived([silent, unknown], {"a": event("a", received=0)}, 99)
    assert [one.received for one in told] == [99, 99]
