"""Moves batches from the inbox to the lake.

A batch is dropped only when the lake has it. Killed in between, it is written once more, under the same name and
with the same batches first, so that the segment replaces itself; the lake counts an event once whatever happens.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

import msgspec

from pullcord.app.live.batches import decode_batch
from pullcord.app.live.trouble import told
from pullcord.model.event import Event
from pullcord.model.times import DAY
from pullcord.ports import Clock
from pullcord.store.errors import UnstorableError
from pullcord.store.folder import Store
from pullcord.store.segments import encode_event

_log = logging.getLogger(__name__)
LINGER = 0.25
"""Seconds in which batches gather before they are written: each segment is a file that every query opens."""
BATCHES_AT_ONCE = 8
BYTES_AT_ONCE = 16 * 1024 * 1024
SEGMENTS_BEFORE_COMPACTION = 100
_HOUSEKEEPING = 600.0
_IDS_KEPT = 7 * DAY
_BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class LakeCounters(msgspec.Struct, kw_only=True):
    """What happened since the start.

    Attributes:
        moved: events that went to the lake.
        segments, compactions: files written, and times they were folded.
        errors: attempts that failed and were or will be repeated.
        refused: events that the lake will not have; acknowledged events are checked before, so this stays 0.
    """

    moved: int = 0
    segments: int = 0
    compactions: int = 0
    errors: int = 0
    refused: int = 0


class LakeWriter:
    """The thread between inbox and lake; :meth:`start` it once.

    Attributes:
        counters: what happened so far.
    """

    def __init__(self, store: Store, clock: Clock, linger: float = LINGER) -> None:
        self.counters = LakeCounters()
        self._store, self._clock, self._linger = store, clock, linger
        self._changed = threading.Condition()
        with store.state.transaction() as tx:
            left = tx.batches(1)
        # Numbers have no gaps. None: nothing says yet where they go on.
        self._moved: int | None = left[0][0] - 1 if left else None
        self._newest = left[0][0] if left else 0
        self._sizes: dict[int, int] = {}
        # The first batch of this run, and whether the inbox was empty once: tells when the lake has all before it.
        self._first = 0
        self._drained = False
        self._closing = False
        self._failures = 0
        # An earlier run may have left as many: it is folded at once.
        self._unfolded = SEGMENTS_BEFORE_COMPACTION
        self._kept_house = -_HOUSEKEEPING
        self._thread = threading.Thread(target=self._run, name="pullcord-lake", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier run left in the inbox."""
        self._thread.start()

    def written(self, number: int, size: int) -> None:
        """Say that a batch of so many bytes is durable in the inbox."""
        with self._changed:
            if self._moved is None:
                self._moved = number - 1
            self._first = self._first or number
            self._newest = max(self._newest, number)
            self._sizes[number] = size
            self._changed.notify_all()

    def behind(self) -> int:
        """How many batches wait; of those of an earlier run one is counted until this one writes."""
        return 0 if self._moved is None else self._newest - self._moved

    def held(self) -> int:
        """Bytes of this run's batches that wait."""
        with self._changed:
            return sum(self._sizes.values())

    def has(self, number: int) -> bool:
        """Whether the lake has this batch and all before it; 0: all that earlier runs left."""
        if number:
            return self._moved is not None and self._moved >= number
        return self._drained or (self._first > 0 and (self._moved or 0) >= self._first - 1)

    def settle(self, seconds: float) -> bool:
        """Wait until the lake has all that is in the inbox now; False if it took too long."""
        with self._changed:
            wanted = self._newest
            return self._changed.wait_for(lambda: self.has(0) and (not wanted or self.has(wanted)), seconds)

    def health(self) -> dict[str, int]:
        """The counters, how many batches wait, and how many attempts in a row failed."""
        return {
            **msgspec.structs.asdict(self.counters),
            "behind": self.behind(),
            "failing": self._failures,
        }

    def close(self) -> None:
        """Move what is there and stop; more than once does no harm. What cannot be moved stays in the inbox."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        # What an earlier run left is moved before anybody is waited for.
        more = True
        while True:
            closing = self._closing
            try:
                while more:
                    more = self._move()
                self._keep_house()
                self._failures = 0
            except Exception as error:  # noqa: BLE001  (the thread must not die; health shows that it fails)
                self.counters.errors += 1
                self._failures += 1
                _log.error("the inbox could not be moved to the lake, it is tried again: %s", told(error))
                if closing:
                    return
            if closing:
                return
            more = self._wait()

    def _wait(self) -> bool:
        """Sleep until there is something to move; whether there is."""
        with self._changed:
            if self._failures:
                seconds = _BACK_OFF[min(self._failures, len(_BACK_OFF)) - 1]
                self._changed.wait_for(lambda: self._closing, seconds)
                return True
            self._changed.wait_for(lambda: self._closing or self.behind() > 0, _HOUSEKEEPING)
            if self.behind() > 0:
                self._changed.wait_for(
                    lambda: self._closing or self.behind() >= BATCHES_AT_ONCE, self._linger
                )
            return self._closing or self.behind() > 0

    def _move(self) -> bool:
        """Move some batches; whether there may be more."""
        newest = self._newest
        with self._store.state.transaction() as tx:
            batches = _first(tx.batches(BATCHES_AT_ONCE))
        if not batches:
            self._drained = True
            self._has_moved(newest)
            return False
        events = [event for number, body in batches for event in decode_batch(number, body)]
        self._append(f"live-{batches[0][0]:012d}", events)
        with self._store.state.transaction() as tx:
            tx.drop_batches([number for number, _ in batches])
        self.counters.moved += len(events)
        self._has_moved(batches[-1][0])
        if self._unfolded >= SEGMENTS_BEFORE_COMPACTION:
            self._store.lake.compact()
            self._unfolded = 0
            self.counters.compactions += 1
        return self.behind() > 0 or not self._drained

    def _has_moved(self, number: int) -> None:
        with self._changed:
            for known in [one for one in self._sizes if one <= number]:
                del self._sizes[known]
            if number:
                self._moved = max(self._moved or 0, number)
                self._newest = max(self._newest, number)
            self._changed.notify_all()

    def _append(self, name: str, events: Sequence[Event]) -> None:
        try:
            self._store.lake.append(name, events)
        except UnstorableError:
            kept = [event for event in events if self._fits(event)]
            self._store.lake.append(name, kept)
        self.counters.segments += 1
        self._unfolded += 1

    def _fits(self, event: Event) -> bool:
        try:
            encode_event(event)
        except UnstorableError as error:
            self.counters.refused += 1
            _log.error("the lake refuses an event: %s", told(error))
            return False
        return True

    def _keep_house(self) -> None:
        now = time.monotonic()
        if now - self._kept_house < _HOUSEKEEPING:
            return
        self._kept_house = now
        with self._store.state.transaction() as tx:
            tx.forget_events(self._clock.now() - _IDS_KEPT)


def _first(batches: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """The first batches up to ``BYTES_AT_ONCE``, at least one; more batches give the same first ones."""
    chosen: list[tuple[int, bytes]] = []
    size = 0
    for number, body in batches:
        size += len(body)
        if chosen and size > BYTES_AT_ONCE:
            break
        chosen.append((number, body))
    return chosen
