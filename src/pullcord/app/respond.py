"""Use case: recorded telemetry through all six phases, resumable at any moment.

Each stage keeps its own place in the state: files by line, sessions by trace id, triage as one transaction, each
incident by phase, result files by being there whole. A killed run goes on where it was and repeats nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pullcord.analysis.sessions import build_session
from pullcord.app.cases import cases
from pullcord.app.clock import SystemClock
from pullcord.app.detector_memory import DetectorMemory
from pullcord.app.detectors import Troubles, load_ruleset, make_detectors
from pullcord.app.inputs import Inputs, Tell, to_stderr
from pullcord.app.judging import Judging
from pullcord.app.outputs import Outputs
from pullcord.app.progress import Progress, Silent
from pullcord.detection.sessions import SessionDetectors
from pullcord.intake.files import STDIN
from pullcord.model.errors import UsageError
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase, PhaseName, PhaseOutcome
from pullcord.model.noun import digest
from pullcord.ports import Clock
from pullcord.response.simulation import recorded_means
from pullcord.response.work import OneTransaction
from pullcord.response.workflow import is_closed, run_recorded
from pullcord.store.folder import Store, open_folder
from pullcord.triage.correlate import correlate

_TRACES_AT_ONCE = 64
_DIGEST_CHUNK = 1 << 20


@dataclass(frozen=True)
class Recording:
    """What ``respond`` is asked to do."""

    paths: Sequence[Path]
    out: Path
    judging: Judging
    simulate: bool


@dataclass
class Run:
    """One run over a recording (or the rest of one).

    Attributes:
        on_phase: called when a phase of an incident is durable.
    """

    recording: Recording
    clock: Clock = field(default_factory=SystemClock)
    progress: Progress = field(default_factory=Silent)
    tell: Tell = to_stderr
    on_phase: Callable[[Incident, PhaseName], None] = lambda _incident, _phase: None

    def execute(self) -> list[Incident]:
        """Carry the recording through all phases; returns the incidents.

        Raises:
            UsageError: the inputs differ from those the folder was begun with, or hold no usable record.
        """
        inputs = Inputs(self.recording.paths, self.clock, self.tell)
        with open_folder(self.recording.out / "state") as store:
            files = self._fingerprint(store)
            self._read(store, inputs, files)
            self._watch_sessions(store)
            self._triage(store)
            incidents = self._respond(store)
            Outputs(self.recording.out, store, self.recording.judging.learn).index(incidents)
        return incidents

    def _fingerprint(self, store: Store) -> list[tuple[str, Path]]:
        """``(digest, path)`` of the inputs in an order of their own; refuses other inputs than begun with."""
        # By content: a file given twice, under whatever names, has one place and one set of segments.
        files = sorted({_file_digest(path): path for path in reversed(self.recording.paths)}.items())
        what = [
            [name for name, _ in files],
            digest(self.recording.judging.inventory),
            self.recording.simulate,
        ]
        with store.state.transaction() as tx:
            known = tx.meta("run")
            if known is not None and known != digest(what):
                raise UsageError(
                    f"{self.recording.out} was begun with other inputs", "name another --out folder"
                )
            if known is None:
                tx.set_meta("run", digest(what))
                tx.set_meta("started", str(self.clock.now()))
        return files

    def _read(self, store: Store, inputs: Inputs, files: list[tuple[str, Path]]) -> None:
        """Read every file into the lake and the rules' findings into the state."""
        with store.state.transaction() as tx:
            places = {name: int(tx.meta(f"read:{name}") or 0) for name, _ in files}
            whole = tx.meta("read") is not None
        if whole:
            return
        troubles = Troubles()
        detectors = make_detectors(load_ruleset(None), self.recording.judging.inventory, troubles)
        memory = DetectorMemory(detectors.memories, (), self.clock)
        self.progress.stage("Reading and detecting", None)
        for name, path in files:
            for batch in inputs.either_of(path, places[name]):
                events = {item.id: item for item in reversed(batch.items) if isinstance(item, Event)}
                findings = [item for item in batch.items if isinstance(item, Finding)]
                with store.state.transaction() as tx:
                    memory.begin(tx)
                    new = tx.claim_events(list(events), self.clock.now())
                    fresh = [event for event in reversed(events.values()) if event.id in new]
                    # The segment is durable before the place is: a kill between the two writes it once more.
                    store.lake.append(f"{name[:16]}-{batch.last_line:012d}", fresh)
                    tx.put_findings(detectors.feed(fresh))
                    memory.keep(tx)
                    tx.put_findings(findings)
                    tx.set_meta(f"read:{name}", str(batch.last_line))
                self.progress.step(len(batch.items))
        inputs.finish()
        store.lake.compact()
        with store.state.transaction() as tx:
            tx.set_meta("read", str(self.clock.now()))

    def _watch_sessions(self, store: Store) -> None:
        """Look at each agent session as a whole."""
        with store.state.transaction() as tx:
            place = tx.meta("session") or ""
        todo = [trace for trace in store.lake.trace_ids() if trace > place]
        judge = SessionDetectors(self.recording.judging.inventory.internal_domains)
        self.progress.stage("Watching sessions", len(todo))
        for start in range(0, len(todo), _TRACES_AT_ONCE):
            chunk = todo[start : start + _TRACES_AT_ONCE]
            events = store.lake.by_trace(chunk)
            with store.state.transaction() as tx:
                for trace in chunk:
                    session = build_session(events.get(trace, []))
                    tx.put_findings(judge.examine(session))
                tx.set_meta("session", chunk[-1])
            self.progress.step(len(chunk))

    def _triage(self, store: Store) -> None:
        """Join all findings into incidents and open their first two phases, in one transaction."""
        with store.state.transaction() as tx:
            if tx.meta("triaged") is not None:
                return
            self.progress.stage("Triage", 1)
            start = self.clock.now()
            judging = self.recording.judging
            triaged = correlate(tx.findings(), judging.inventory, judging.types)
            Outputs(self.recording.out, store, judging.learn).folded(triaged.folded)
            end = self.clock.now()
            for incident in triaged.incidents:
                tx.put_incident(incident)
                count = len(incident.finding_ids)
                detected = f"{count} finding{'' if count == 1 else 's'}"
                tx.put_phase(
                    incident.id, _done(PhaseName.DETECT, int(tx.meta("started") or start), start, detected)
                )
                reason = incident.reasons[0] if incident.reasons else ""
                tx.put_phase(incident.id, _done(PhaseName.TRIAGE, start, end, reason))
            tx.set_meta("triaged", str(len(triaged.incidents)))
            self.progress.step(1)

    def _respond(self, store: Store) -> list[Incident]:
        """Take each incident through its other phases and write its results."""
        with store.state.transaction() as tx:
            incidents = list(tx.incidents())
            closed = {incident.id for incident in incidents if is_closed(tx.phases(incident.id))}
        judging = self.recording.judging
        outputs = Outputs(self.recording.out, store, judging.learn)
        joined = OneTransaction(store.state)
        simulate = self.recording.simulate
        means = recorded_means(judging.judges(), joined, store.vault, self.clock, simulate=simulate)
        self.progress.stage("Responding", len(incidents))
        todo = [incident for incident in incidents if incident.id not in closed]
        self.progress.step(len(closed))
        for case in cases(todo, store):
            incident = case.incident

            def told(phase: PhaseName, incident: Incident = incident) -> None:
                self.on_phase(incident, phase)

            asyncio.run(run_recorded(case, joined, means, told))
            outputs.incident(incident)
            self.progress.step(1)
        for incident in incidents:
            if incident.id in closed:
                outputs.incident_if_missing(incident)
        return incidents


def _done(name: PhaseName, start: int, end: int, reason: str) -> Phase:
    return Phase(name=name, start=start, end=end, outcome=PhaseOutcome.DONE, reason=reason)


def _file_digest(path: Path) -> str:
    if path == STDIN:
        raise UsageError(
            "standard input cannot be read twice", "give `respond` a file, so that it can resume"
        )
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror})", "check the name and your rights"
        ) from error
    return found.hexdigest()
