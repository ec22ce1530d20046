"""The live pipeline as one thing: intake, lake writer, watch and triage, started and stopped in the right order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from pullcord.app.judging import Judging, rule_files
from pullcord.app.live.ingest import Downstream, Ingest
from pullcord.app.live.ingest_limits import IngestLimits
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.live.triage import LiveTriage, Tellers
from pullcord.app.live.watch import Quiet, Watch
from pullcord.app.people.services import Taken
from pullcord.detection.engine import Detector
from pullcord.detection.rules import load_rules
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.ports import Clock
from pullcord.store.folder import Store


class Pipeline:
    """From telemetry to incidents.

    Attributes:
        lake: moves events to the lake; ``settle`` it before a case is read from there.
        triage: joins findings.
    """

    def __init__(
        self, store: Store, judging: Judging, clock: Clock, tellers: Tellers, quiet_seconds: float = 2.0
    ) -> None:
        quiet = Quiet(seconds=quiet_seconds, internal_domains=judging.inventory.internal_domains)
        self.lake = LakeWriter(store, clock)
        self.triage = LiveTriage(store, judging, clock, tellers)
        self._watch = Watch(store, self.lake, clock, self.triage.offer, quiet)
        self._stop = threading.Event()
        self._triaging = threading.Thread(
            target=self.triage.run_forever, args=[self._stop], name="pullcord-triage", daemon=True
        )
        downstream = Downstream(self.triage.offer, self._watch, self.lake)
        detector = Detector(load_rules(rule_files(None)))
        self._ingest = Ingest(store, detector, clock, downstream, IngestLimits())

    def start(self) -> None:
        """Begin with what an earlier run left."""
        self.lake.start()
        self._watch.start()
        self._triaging.start()

    async def take(self, events: Sequence[Event], findings: Sequence[Finding] = ()) -> Taken:
        """Keep events and findings; see :meth:`pullcord.app.live.ingest.Ingest.take`."""
        return await self._ingest.take(events, findings)

    def health(self) -> dict[str, dict[str, int]]:
        """Counters of each part."""
        return {
            "ingest": self._ingest.health(),
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
