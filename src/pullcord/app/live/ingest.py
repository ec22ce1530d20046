"""Live intake: events become durable and are judged by the rules in one commit, shared by all who wait for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import msgspec

from pullcord.app.detector_memory import DetectorMemory
from pullcord.app.live.arrived import Arrived, OnFindings, arrived
from pullcord.app.live.batches import encode_batch
from pullcord.app.live.claims import keys, sort_out
from pullcord.app.live.ingest_limits import IngestCounters, IngestLimits
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.live.trouble import told
from pullcord.app.live.watch import Watch
from pullcord.app.people.services import BusyError, Taken
from pullcord.detection.detectors import Detectors
from pullcord.model.errors import PullcordError
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.ports import Clock
from pullcord.store.errors import CorruptRowError, ReadOnlyError, StateBusyError, StateFolderError
from pullcord.store.folder import Store

_log = logging.getLogger(__name__)
# The state itself cannot be written: trying each batch alone would only make everybody wait longer.
_NOT_THE_BATCH = (StateBusyError, StateFolderError, ReadOnlyError, CorruptRowError)


@dataclass(frozen=True)
class Downstream:
    """Who goes on with what became durable.

    Attributes:
        on_findings: told of new findings.
        watch: remembers the sessions that were touched, in the same commit.
        lake: moves the events to the lake.
        mark: marks findings that are suppressed.
    """

    on_findings: OnFindings
    watch: Watch | None = None
    lake: LakeWriter | None = None
    mark: Callable[[Sequence[Finding]], list[Finding]] = list


@dataclass
class _Waiting:
    """One call of :meth:`Ingest.take`; ``size`` in characters."""

    events: Sequence[Event]
    findings: Sequence[Finding]
    size: int
    done: Future[Taken] = field(default_factory=Future)


class Ingest:
    """Takes events in, durably; one thread commits for all.

    Attributes:
        counters: what happened so far.
    """

    def __init__(
        self,
        store: Store,
        detectors: Detectors,
        clock: Clock,
        downstream: Downstream,
        limits: IngestLimits | None = None,
    ) -> None:
        self.counters = IngestCounters()
        self._store, self._detectors, self._clock, self._downstream = store, detectors, clock, downstream
        correlations, *learning = detectors.memories
        self._memory = DetectorMemory([correlations], learning, clock)
        self._limits = limits or IngestLimits()
        self._queue: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._events = self._size = 0
        self._closing = False
        # Whether several senders were seen at work: only then is it worth waiting for company.
        self._crowded = False
        self._thread = threading.Thread(target=self._write, name="pullcord-ingest", daemon=True)
        self._thread.start()

    async def take(self, events: Sequence[Event], findings: Sequence[Finding] = ()) -> Taken:
        """Keep events and foreign findings; returns when they are durable and the rules have seen them.

        Of several events with one id the first is kept; the others count as duplicates. Only one of an authenticated
        source is kept even so, under an id of its own (see ``claims``).

        Raises:
            BusyError: too much waits already; nothing was kept, and the sender should come again.
            UnstorableError: an event cannot be kept; nothing of this call was.
            PullcordError: the state cannot be written.
        """
        return await asyncio.wrap_future(self._enter(events, findings))

    def health(self) -> dict[str, int]:
        """The counters, and how many events wait to become durable."""
        return {**msgspec.structs.asdict(self.counters), "waiting": self._events}

    def close(self) -> None:
        """Take no more, make durable what waits, and stop; more than once does no harm."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        try:
            with self._store.state.transaction() as tx:
                self._memory.keep_all(tx)
        except PullcordError as error:
            _log.error("what detectors learnt last could not be kept: %s", told(error))

    def _enter(self, events: Sequence[Event], findings: Sequence[Finding]) -> Future[Taken]:
        waiting = _Waiting(events, findings, sum(map(_size, events)) + 1_000 * len(findings))
        number = len(events) + len(findings)
        lake = self._downstream.lake
        with self._changed:
            full = self._queue and (
                self._events + number > self._limits.events or self._size + waiting.size > self._limits.size
            )
            if self._closing or full or (lake is not None and lake.held() > self._limits.held):
                self.counters.busy += 1
                raise BusyError("too much telemetry waits to be kept", "send it again in a second")
            self._queue.append(waiting)
            self._events += number
            self._size += waiting.size
            self._changed.notify()
        return waiting.done

    def _write(self) -> None:
        while (group := self._next()) is not None:
            if not group:
                continue
            try:
                self._commit(group)
            except Exception as error:  # noqa: BLE001  (it is raised to whoever waits)
                self._one_by_one(group, error)

    def _next(self) -> list[_Waiting] | None:
        """What to commit next; None when all is done and this is closing."""
        with self._changed:
            while not self._queue:
                if self._closing:
                    return None
                self._changed.wait()
            if self._crowded:
                self._changed.wait_for(self._enough, self._limits.linger_seconds)
            group: list[_Waiting] = []
            held = 0
            while self._queue and held < self._limits.group_events:
                one = self._queue.popleft()
                number = len(one.events) + len(one.findings)
                self._events -= number
                self._size -= one.size
                # Whoever does not wait any more was told nothing: there is nothing to keep.
                if one.done.set_running_or_notify_cancel():
                    group.append(one)
                    held += number
            self._crowded = len(group) > 1
            return group

    def _enough(self) -> bool:
        return self._closing or self._events >= self._limits.group_events

    def _one_by_one(self, group: list[_Waiting], error: Exception) -> None:
        """A group failed: whoever is not to blame must not suffer for the others."""
        if len(group) == 1 or isinstance(error, _NOT_THE_BATCH):
            self.counters.failed += len(group)
            for one in group:
                one.done.set_exception(error)
            return
        for one in group:
            try:
                self._commit([one])
            except Exception as own:  # noqa: BLE001  (it is raised to whoever waits for it)
                self.counters.failed += 1
                one.done.set_exception(own)

    def _commit(self, group: list[_Waiting]) -> None:
        now = self._clock.now()
        watch, mark = self._downstream.watch, self._downstream.mark
        note = None
        foreign: list[Finding] = []
        number, body = 0, b""
        try:
            with self._store.state.transaction() as tx:
                self._memory.begin(tx)
                new = tx.claim_events(keys(event for one in group for event in one.events), now)
                fresh, brought, clashes = sort_out([one.events for one in group], new)
                taken = _taken(group, brought)
                found = mark(self._detectors.feed(list(fresh.values())))
                self._memory.keep(tx)
                kept = tx.put_findings(found) if found else 0
                for index, one in enumerate(group):
                    if one.findings:
                        foreign += (marked := mark(one.findings))
                        added = tx.put_findings(marked)
                        kept += added
                        known = len(marked) - added
                        taken[index] = Taken(
                            new=taken[index].new + added, duplicates=taken[index].duplicates + known
                        )
                if fresh:
                    body = encode_batch(fresh.values())
                    number = tx.put_batch(body, now)
                    note = watch.note(tx, number, fresh.values()) if watch is not None else None
        except BaseException:
            self._memory.lost()
            if watch is not None and note is not None:
                watch.forget(note)
            raise
        if watch is not None and note is not None:
            watch.confirm(note)
        if number and self._downstream.lake is not None:
            self._downstream.lake.written(number, len(body))
        self.counters.clashes += clashes
        self._count(taken, kept)
        for one, result in zip(group, taken, strict=True):
            one.done.set_result(result)
        self._tell([*arrived(found, fresh, now), *(Arrived(finding, now) for finding in foreign)])

    def _count(self, taken: Sequence[Taken], kept: int) -> None:
        self.counters.commits += 1
        self.counters.findings += kept
        self.counters.new += sum(one.new for one in taken)
        self.counters.duplicates += sum(one.duplicates for one in taken)

    def _tell(self, findings: list[Arrived]) -> None:
        if not findings:
            return
        try:
            self._downstream.on_findings(findings)
        except Exception as error:  # noqa: BLE001  (all is durable: triage reads the state at its next start)
            _log.error("triage could not be told of new findings: %s", told(error))


def _taken(group: Sequence[_Waiting], brought: Sequence[int]) -> list[Taken]:
    """What each call is told of its events."""
    return [Taken(new=new, duplicates=len(one.events) - new) for one, new in zip(group, brought, strict=True)]


def _size(event: Event) -> int:
    """About how many characters an event holds."""
    return 200 + sum(
        len(value) if isinstance(value, str | list) else 8 for value in event.attributes.values()
    )
