"""Watches live sessions: one that went quiet is looked at as a whole, and again when more of it comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from pullcord.analysis.sessions import build_session
from pullcord.app.live.arrived import OnFindings, arrived
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.live.trouble import told
from pullcord.app.live.watch_list import Note, Touched, WatchList
from pullcord.detection.sessions import SessionDetectors
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.times import SECOND
from pullcord.ports import Clock, Transaction
from pullcord.store.folder import Store

_log = logging.getLogger(__name__)
TRACES_AT_ONCE = 64
MOST_TRACES = 20_000
NEVER_QUIET = 30 * SECOND
"""A session that never goes quiet is looked at after so long."""
MOST_EVENTS = 50_000
"""A session of more events than this is looked at no more: each look reads all of it into memory."""
_LENGTHS = 100_000
_TICK = 0.2
_BACK_OFF = 2.0
_CATEGORIES = frozenset({"tool", "llm", "agent"})
_NAMES = ("gen_ai.operation.name", "gen_ai.tool.name")


class WatchCounters(msgspec.Struct, kw_only=True):
    """What happened since the start.

    Attributes:
        judged: sessions that were looked at.
        findings: findings that were new.
        too_long: events that made no difference because their session was too long already.
        unjudged: sessions that could not be looked at, because looking failed.
        errors: attempts that failed and are repeated.
    """

    judged: int = 0
    findings: int = 0
    too_long: int = 0
    unjudged: int = 0
    errors: int = 0


@dataclass(frozen=True)
class Quiet:
    """When a session is judged.

    Attributes:
        seconds: after nothing of it has come for so long.
        internal_domains: the organisation's own; values there are no outside destination.
        most: sessions that may wait.
    """

    seconds: float = 2.0
    internal_domains: Collection[str] = ()
    most: int = MOST_TRACES


class Watch:
    """The thread that looks at sessions; :meth:`start` it once.

    The list of what waits is kept with the events (see ``watch_list``), so that a killed run judges at its next
    start what it had not judged. Sessions are read from the lake, once it has all that was touched.

    Attributes:
        counters: what happened so far.
    """

    def __init__(
        self,
        store: Store,
        lake: LakeWriter,
        clock: Clock,
        on_findings: OnFindings,
        quiet: Quiet | None = None,
        mark: Callable[[Sequence[Finding]], list[Finding]] = list,
    ) -> None:
        self.counters, self._mark = WatchCounters(), mark
        self._store, self._lake, self._clock, self._on_findings = store, lake, clock, on_findings
        self._quiet = quiet or Quiet()
        self._judges = SessionDetectors(self._quiet.internal_domains)
        self._list = WatchList(self._quiet.most)
        self._lengths: dict[str, int] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pullcord-watch", daemon=True)
        with store.state.transaction() as tx:
            self._list.load(tx, clock.elapsed())

    def start(self) -> None:
        """Begin with what an earlier run left."""
        self._thread.start()

    def note(self, tx: Transaction, number: int, events: Iterable[Event]) -> Note:
        """Remember the sessions that a batch touches, in its own transaction; then ``confirm`` or ``forget``."""
        return self._list.note(tx, number, self._traces(events))

    def confirm(self, note: Note) -> None:
        """The batch is durable."""
        self._list.confirm(note, self._clock.elapsed())

    def forget(self, note: Note) -> None:
        """The batch is not."""
        self._list.forget(note)

    def health(self) -> dict[str, int]:
        """The counters, how many sessions wait, and how many were left out because too many did."""
        return {
            **msgspec.structs.asdict(self.counters),
            "waiting": len(self._list),
            "left_out": self._list.left_out,
        }

    def close(self) -> None:
        """Stop; what still waits is judged at the next start. More than once does no harm."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> int:
        """Judge some of the sessions that are due; how many."""
        now = self._clock.elapsed()
        due = self._list.due(now - int(self._quiet.seconds * SECOND), now - NEVER_QUIET, TRACES_AT_ONCE)
        seen: dict[str, Touched] = {}
        length = 0
        for trace, touched in due.items():
            if self._lake.has(touched.number):
                length += self._lengths.get(trace, 0)
                if seen and length > MOST_EVENTS:
                    break
                seen[trace] = touched
        if not seen:
            return 0
        events = self._store.lake.by_trace(seen)
        found = self._mark([finding for trace in seen for finding in self._judge(events.get(trace, ()))])
        self._keep(seen, found)
        self.counters.judged += len(seen)
        if found:
            known = {event.id: event for trace in events.values() for event in trace}
            self._on_findings(arrived(found, known, self._clock.now()))
        return len(seen)

    def _traces(self, events: Iterable[Event]) -> Iterator[str]:
        """The traces worth a look, one for each event; used by the one thread that commits."""
        for event in events:
            trace = event.trace_id
            if not trace or not _tells(event):
                continue
            length = self._lengths.pop(trace, 0) + 1
            # Put at the end: the longest not touched is forgotten first.
            self._lengths[trace] = length
            if len(self._lengths) > _LENGTHS:
                del self._lengths[next(iter(self._lengths))]
            if length <= MOST_EVENTS:
                yield trace
            else:
                self.counters.too_long += 1

    def _keep(self, seen: dict[str, Touched], found: Sequence[Finding]) -> None:
        struck: dict[str, Touched] = {}
        try:
            with self._store.state.transaction() as tx:
                new = tx.put_findings(found) if found else 0
                struck = self._list.strike_out(tx, seen, self._clock.elapsed())
        except BaseException:
            self._list.put_back(struck)
            raise
        self._list.gone(struck)
        self.counters.findings += new

    def _judge(self, events: Sequence[Event]) -> list[Finding]:
        try:
            return self._judges.examine(build_session(events))
        except Exception as error:  # noqa: BLE001  (counted; the other sessions must be judged)
            # Once more would fail once more: it is counted, and the others go on.
            self.counters.unjudged += 1
            _log.error("a session could not be judged: %s", told(error))
            return []

    def _run(self) -> None:
        pause = _TICK
        while not self._stop.wait(pause):
            try:
                pause = 0.0 if self.look() else _TICK
            except Exception as error:  # noqa: BLE001  (the thread must not die; it is counted)
                self.counters.errors += 1
                pause = _BACK_OFF
                _log.error("sessions could not be judged, it is tried again: %s", told(error))


def _tells(event: Event) -> bool:
    """Whether an event is of an agent session: other traces (web requests …) hold nothing to judge."""
    return event.logsource.category in _CATEGORIES or any(name in event.attributes for name in _NAMES)
