"""Live triage: findings become incidents as they come; an incident and its workflow begin in one transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from pullcord.app.judging import Judging
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.growth import Change, changes
from pullcord.app.live.pool import MOST_FINDINGS, Pool
from pullcord.app.live.trouble import told
from pullcord.model.incident import Incident, Phase, PhaseName, PhaseOutcome
from pullcord.model.times import SECOND
from pullcord.ports import Clock, Transaction
from pullcord.store.folder import Store
from pullcord.triage.correlate import correlate

if TYPE_CHECKING:
    from pullcord.triage.correlate import Triaged

_log = logging.getLogger(__name__)
DEBOUNCE = 0.3
"""Seconds in which findings gather: the second detector's word on the same thing comes a moment after the first's."""
MOST_OFFERED = 50_000
"""Findings that wait to be joined; of more, the least severe are left to the state."""
_SHARE = 3
_TICK = 0.5
_ROUNDS = 3
_SWEEP = 60 * SECOND
_AT_ONCE = 200
_BACK_OFF = 2.0
OnIncident = Callable[[Transaction, Incident], None]


class _Kept(Enum):
    """What became of a change."""

    KEPT = 0
    CLOSED = 1
    FAILED = 2


class TriageCounters(msgspec.Struct, kw_only=True):
    """What happened since the start.

    Attributes:
        rounds: times that all findings were joined.
        opened, grown: incidents that began, and times that one gained findings.
        folded: findings that are no incident as things stand.
        errors: incidents that could not be kept and are tried again.
    """

    rounds: int = 0
    opened: int = 0
    grown: int = 0
    folded: int = 0
    errors: int = 0


@dataclass(frozen=True)
class Tellers:
    """Called in the transaction that keeps an incident; what they raise undoes it.

    Attributes:
        on_new: the incident is new (its workflow begins).
        on_growth: it gained findings.
    """

    on_new: OnIncident
    on_growth: OnIncident


class LiveTriage:
    """Joins findings into incidents, again and again; :meth:`offer` from any thread, :meth:`run_forever` in one.

    The incident of a finding never changes, nor does the id of an incident. Incidents that turn out to belong
    together stay two, since two workflows act on them; each says so. A closed incident stays closed: what would
    join it opens a new one.

    Attributes:
        counters: what happened so far.
    """

    def __init__(
        self, store: Store, judging: Judging, clock: Clock, tellers: Tellers, most: int = MOST_FINDINGS
    ) -> None:
        self.counters = TriageCounters()
        self._store, self._judging, self._clock, self._tellers = store, judging, clock, tellers
        self._pool = Pool(most)
        self._open: dict[str, Incident] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._swept = clock.elapsed()
        self._lock = threading.Lock()
        self._offered: list[Arrived] = []
        self._drowned = 0
        with store.state.transaction() as tx:
            closed: set[str] = set()
            for incident in tx.incidents():
                if _is_closed(tx.phases(incident.id)):
                    closed.update(incident.finding_ids)
                else:
                    self._open[incident.id] = incident
            shown = (finding for finding in tx.findings() if finding.suppressed is None)
            self._pool.load(shown, self._open.values(), closed, clock.now())
        # Findings may have become durable just before an earlier run was killed.
        self._wake.set()

    def offer(self, findings: Sequence[Arrived]) -> None:
        """Take durable findings in; they are joined by the thread in :meth:`run_forever`."""
        with self._lock:
            self._offered.extend(one for one in findings if one.finding.suppressed is None)
            if len(self._offered) > MOST_OFFERED:
                # A flood: what weighs more stays, and of that what came first.
                self._offered.sort(key=lambda one: -one.finding.severity.rank)
                self._drowned += len(self._offered) - MOST_OFFERED // 2
                del self._offered[MOST_OFFERED // 2 :]
        self._wake.set()

    def health(self) -> dict[str, int]:
        """The counters, how many findings are in memory, and how many were let go because too many were."""
        return {
            **msgspec.structs.asdict(self.counters),
            "findings": len(self._pool),
            "let_go": self._pool.let_go + self._drowned,
        }

    def run_forever(self, stop: threading.Event) -> None:
        """Join what comes until ``stop`` is set."""
        self._stopping = stop
        pause = DEBOUNCE
        while not stop.is_set():
            if not self._wake.wait(_TICK):
                continue
            stop.wait(pause)
            if stop.is_set():
                return
            self._wake.clear()
            begun = self._clock.elapsed()
            try:
                again = self.run()
            except Exception as error:  # noqa: BLE001  (the thread must not die; it is counted)
                self.counters.errors += 1
                again = True
                _log.error("findings could not be joined, it is tried again: %s", told(error))
            # A flood of findings must leave time for those who take them in.
            pause = max(DEBOUNCE, _SHARE * (self._clock.elapsed() - begun) / SECOND)
            if again:
                pause = max(pause, _BACK_OFF)
                self._wake.set()

    def run(self) -> bool:
        """Join all findings of the window; whether something failed and is left to do again. For one thread."""
        start = self._clock.now()
        with self._lock:
            offered, self._offered = self._offered, []
        self._pool.add(offered, start)
        self._let_closed_go()
        kept = {_Kept.CLOSED}
        for _ in range(_ROUNDS):
            # An incident that turns out to be closed is no longer there in the next round.
            if _Kept.CLOSED in kept:
                kept = self._round(start)
        self._pool.prune(self._open.values(), start)
        return bool(kept & {_Kept.CLOSED, _Kept.FAILED})

    def _round(self, start: int) -> set[_Kept]:
        triaged: Triaged = correlate(self._pool.findings(), self._judging.inventory, self._judging.types)
        self.counters.rounds += 1
        self.counters.folded = sum(folded.count for folded in triaged.folded)
        # One transaction for each: what fails on one incident must not keep the others from being dealt with.
        found = list(changes(triaged.incidents, self._open, self._pool.times()))
        # Stopping: the next start finds what is left.
        return {self._keep(change, start) for change in found if not self._stopping.is_set()}

    def _let_closed_go(self) -> None:
        """Now and then: forget incidents that were closed, so that only open ones take memory."""
        now = self._clock.elapsed()
        if now < self._swept + _SWEEP:
            return
        self._swept = now
        keys = list(self._open)
        for begin in range(0, len(keys), _AT_ONCE):
            with self._store.state.transaction() as tx:
                closed = [key for key in keys[begin : begin + _AT_ONCE] if _is_closed(tx.phases(key))]
            for key in closed:
                self._forget(key, ())

    def _forget(self, key: str, finding_ids: Sequence[str]) -> None:
        known = self._open.pop(key, None)
        self._pool.close(finding_ids if known is None else known.finding_ids)

    def _keep(self, change: Change, start: int) -> _Kept:
        """Make one change durable."""
        incident = change.incident
        try:
            with self._store.state.transaction() as tx:
                known = tx.incident(incident.id)
                if known is not None and (change.new or _is_closed(tx.phases(incident.id))):
                    # Closed, and perhaps so long ago that this forgot it: it stays as it is.
                    self._forget(known.id, known.finding_ids)
                    return _Kept.CLOSED
                tx.put_incident(incident)
                if change.new:
                    self._begin(tx, incident, start)
                    self._tellers.on_new(tx, incident)
                else:
                    self._tellers.on_growth(tx, incident)
        except Exception as error:  # noqa: BLE001  (counted; the other incidents must go on)
            self.counters.errors += 1
            _log.error("incident %s could not be kept, it is tried again: %s", incident.id, told(error))
            return _Kept.FAILED
        self._open[incident.id] = incident
        self.counters.opened += change.new
        self.counters.grown += not change.new
        return _Kept.KEPT

    def _begin(self, tx: Transaction, incident: Incident, start: int) -> None:
        """The first two phases: found, from the first receipt on, and joined."""
        count = len(incident.finding_ids)
        received = self._pool.received(incident.finding_ids) or self._received(tx, incident) or start
        found = f"{count} finding{'' if count == 1 else 's'}"
        reason = incident.reasons[0] if incident.reasons else ""
        tx.put_phase(incident.id, _done(PhaseName.DETECT, min(received, start), start, found))
        tx.put_phase(incident.id, _done(PhaseName.TRIAGE, start, max(self._clock.now(), start), reason))

    def _received(self, tx: Transaction, incident: Incident) -> int | None:
        """The first receipt by the lake's word: findings of an earlier run came without it."""
        ids = {key for finding in tx.findings(incident.finding_ids[:100]) for key in finding.event_ids}
        events = self._store.lake.by_id(ids).values() if ids else ()
        return min((event.received for event in events if event.received), default=None)


def _done(name: PhaseName, start: int, end: int, reason: str) -> Phase:
    return Phase(name=name, start=start, end=end, outcome=PhaseOutcome.DONE, reason=reason)


def _is_closed(phases: Sequence[Phase]) -> bool:
    return {phase.name for phase in phases if phase.end is not None} == set(PhaseName)
