"""All that looks at events one by one: Sigma rules, and detectors with a memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pullcord.detection.engine import Detector
from pullcord.detection.stream import StreamDetector, StreamState
from pullcord.model.event import Event
from pullcord.model.finding import Finding


class OnTrouble(Protocol):
    """Is told what failed, and on how many events."""

    def __call__(self, what: str, events: int, error: Exception) -> None:
        """Take note; must not raise."""
        ...


class Detectors:
    """Rules and streaming detectors over the same events.

    One that fails must not silence the others, nor an event hide those around it: failures are told, never raised.

    Args:
        rules: the Sigma rules.
        streams: detectors with a memory.
        on_trouble: told of failures.
    """

    def __init__(self, rules: Detector, streams: Sequence[StreamDetector], on_trouble: OnTrouble) -> None:
        self._rules, self._streams, self._on_trouble = rules, tuple(streams), on_trouble

    @property
    def memories(self) -> tuple[StreamState, ...]:
        """What has a memory, to be kept and restored; the correlations first."""
        return (self._rules.correlator, *self._streams)

    def feed(self, events: Sequence[Event]) -> list[Finding]:
        """What the events show: rules in the order of the events, then each detector in the order given."""
        found = self._judge(events)
        for stream in self._streams:
            try:
                found += stream.feed(events)
            except Exception as error:  # noqa: BLE001  (told; the other detectors must be asked)
                self._on_trouble(stream.name, len(events), error)
        return found

    def health(self) -> dict[str, dict[str, int]]:
        """Counters by detector."""
        counters = {memory.name: memory.health() for memory in self.memories}
        return {"rules": {"loaded": len(self._rules.rules), "cut_values": self._rules.cut_values}, **counters}

    def _judge(self, events: Sequence[Event]) -> list[Finding]:
        try:
            return self._rules.detect(events)
        except Exception as error:  # noqa: BLE001  (told; the others must be judged)
            if len(events) == 1:
                self._on_trouble("rules", 1, error)
                return []
        return [finding for event in events for finding in self._judge([event])]
