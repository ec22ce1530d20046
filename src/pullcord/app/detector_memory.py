"""Keeps what detectors remember, in the transaction of the events that taught them."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.detection.stream import StreamState
from pullcord.model.times import SECOND
from pullcord.ports import Clock, Transaction

EVERY = 10 * SECOND
"""How often the memory of learning detectors is kept; a kill costs them what they learnt since."""


class DetectorMemory:
    """Loads and keeps the state of detectors; used by the one thread that commits.

    Args:
        exact: kept with every commit: correlations, which must count each event once.
        learning: kept every :data:`EVERY`: references that are learnt slowly, where a few seconds do not matter.
    """

    def __init__(self, exact: Sequence[StreamState], learning: Sequence[StreamState], clock: Clock) -> None:
        self._exact, self._learning, self._clock = tuple(exact), tuple(learning), clock
        self._due = 0
        self._stale = True

    def begin(self, tx: Transaction) -> None:
        """Before events are judged: after a start, or a commit that failed, the memory is as the state has it."""
        if self._stale:
            for one in (*self._exact, *self._learning):
                one.restore(tx.detector_state(one.name))
            self._due = self._clock.elapsed() + EVERY
            self._stale = False

    def keep(self, tx: Transaction) -> None:
        """After they were judged."""
        now = self._clock.elapsed()
        whole = now >= self._due
        for one in (*self._exact, *self._learning) if whole else self._exact:
            entries = one.changed()
            if entries:
                tx.put_detector_state(one.name, entries)
        if whole:
            self._due = now + EVERY

    def keep_all(self, tx: Transaction) -> None:
        """Before the end: nothing that was learnt is lost."""
        if not self._stale:
            self._due = 0
            self.keep(tx)

    def lost(self) -> None:
        """The commit failed: what was learnt from its events must not stay, they will come again."""
        self._stale = True
