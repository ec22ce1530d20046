"""The live pipeline as one thing: intake, lake writer, watch and triage, started and stopped in the right order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pullcord.app.detectors import Troubles, failed_rules, load_live_rules, make_detectors
from pullcord.app.judging import Judging
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.ingest import Downstream, Ingest
from pullcord.app.live.ingest_limits import IngestLimits
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.live.triage import LiveTriage, Tellers
from pullcord.app.live.watch import Quiet, Watch
from pullcord.app.people.services import Taken
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.ports import Clock
from pullcord.store.folder import Store


@dataclass(frozen=True)
class Habits:
    """What an installation wants otherwise.

    Attributes:
        quiet_seconds: a session is judged when nothing of it has come for so long.
        mark: marks findings that are suppressed.
        on_findings: called when findings became durable.
        rules: a folder of Sigma rules that run beside the shipped ones.
    """

    quiet_seconds: float = 2.0
    mark: Callable[[Sequence[Finding]], list[Finding]] = list
    on_findings: Callable[[], None] = lambda: None
    rules: Path | None = None


class Pipeline:
    """From telemetry to incidents.

    Attributes:
        lake: moves events to the lake; ``settle`` it before a case is read from there.
        triage: joins findings.
    """

    def __init__(
        self,
        store: Store,
        judging: Judging,
        clock: Clock,
        tellers: Tellers,
        habits: Habits | None = None,
    ) -> None:
        habits = habits or Habits()
        quiet = Quiet(seconds=habits.quiet_seconds, internal_domains=judging.inventory.internal_domains)
        self.lake = LakeWriter(store, clock)
        self.triage = LiveTriage(store, judging, clock, tellers)

        def found(findings: Sequence[Arrived]) -> None:
            self.triage.offer(findings)
            habits.on_findings()

        self._watch = Watch(store, self.lake, clock, found, quiet, habits.mark)
        self._stop = threading.Event()
        self._triaging = threading.Thread(
            target=self.triage.run_forever, args=[self._stop], name="pullcord-triage", daemon=True
        )
        downstream = Downstream(found, self._watch, self.lake, habits.mark)
        self._troubles = Troubles()
        rules = load_live_rules(habits.rules)
        self._failed = failed_rules(rules)
        self._detectors = make_detectors(rules, judging.inventory, self._troubles)
        self._ingest = Ingest(store, self._detectors, clock, downstream, IngestLimits())

    def start(self) -> None:
        """Begin with what an earlier run left."""
        self.lake.start()
        self._watch.start()
        self._triaging.start()

    async def take(self, events: Sequence[Event], findings: Sequence[Finding] = ()) -> Taken:
        """Keep events and findings; see :meth:`pullcord.app.live.ingest.Ingest.take`."""
        return await self._ingest.take(events, findings)

    def health(self) -> dict[str, dict[str, int]]:
        """Counters of each part, and of each detector (``detector.rules`` …)."""
        return {
            "ingest": self._ingest.health(),
            "detection": {"undetected": self._troubles.events, "failed_rules": self._failed},
            **{f"detector.{name}": counters for name, counters in self._detectors.health().items()},
            "lake": self.lake.health(),
            "watch": self._watch.health(),
            "triage": self.triage.health(),
        }

    def close(self) -> None:
        """Take no more, keep what was taken, and stop; sessions and findings not judged yet wait in the state."""
        self._ingest.close()
        self._stop.set()
        self._watch.close()
        if self._triaging.is_alive():
            self._triaging.join()
        self.lake.close()
