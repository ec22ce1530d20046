from __future__ import annotations

from collections.abc import Mapping, Sequence

from pullcord.detection.detectors import Detectors
from pullcord.detection.engine import Detector
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from tests.detection.build import event, load, selection


class Broken:
    name = "broken"

    def feed(self, events: Sequence[Event]) -> list[Finding]:
        raise KeyError(len(events))

    def health(self) -> dict[str, int]:
        return {"fine": 0}

    def changed(self) -> dict[str, bytes | None]:
        return {}

    def restore(self, entries: Mapping[str, bytes]) -> None:
        del entries


class Picky(Detector):
    def detect(self, events: Sequence[Event]) -> list[Finding]:
        if any(one.id == "nasty" for one in events):
            raise ValueError
        return super().detect(events)


def test_neither_a_detector_nor_an_event_silences_the_others() -> None:
    told: list[tuple[str, int, str]] = []

    def note(what: str, events: int, error: Exception) -> None:
        told.append((what, events, type(error).__name__))

    detectors = Detectors(Picky(load(selection({"a": "x"}))), [Broken()], note)
    found = detectors.feed(
        [event({"a": "x"}, id="e1"), event({"a": "x"}, id="nasty"), event({"a": "x"}, id="e2")]
    )
    assert [finding.event_ids for finding in found] == [("e1",), ("e2",)]
    assert told == [("rules", 1, "ValueError"), ("broken", 3, "KeyError")]
    assert detectors.health() == {
        "rules": {"loaded": 1, "cut_values": 0},
        "correlation": detectors.memories[0].health(),
        "broken": {"fine": 0},
    }
