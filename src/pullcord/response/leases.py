"""Executor leases: a process says every few seconds that it lives; work of those that do not is taken over."""

from __future__ import annotations

import secrets

from pullcord.model.times import SECOND
from pullcord.ports import Clock, State
from pullcord.response.engine import Engine

EVERY_SECONDS = 5.0
_LASTS = 15 * SECOND


def new_executor() -> str:
    """A name that no boot ever had: with a reused one the engine would take up work that somebody else has."""
    return f"executor-{secrets.token_hex(12)}"


class Leases:
    """The leases of one state, as one executor sees them."""

    def __init__(self, state: State, clock: Clock, executor: str) -> None:
        self._state, self._clock, self._executor = state, clock, executor

    def renew(self) -> None:
        """Say that this process lives."""
        with self._state.transaction() as tx:
            tx.lease(self._executor, self._clock.now() + _LASTS)

    def end(self) -> None:
        """Say that this process is about to end: its work may be taken over at once."""
        with self._state.transaction() as tx:
            tx.end_lease(self._executor)

    def end_others(self) -> None:
        """End all other leases; only for the owner of a folder's lock, beside whom nobody else can live."""
        with self._state.transaction() as tx:
            for executor in tx.leases():
                if executor != self._executor:
                    tx.end_lease(executor)

    def reap(self, engine: Engine) -> int:
        """Take over the work of executors whose lease has run out; returns how many workflows."""
        now = self._clock.now()
        with self._state.transaction() as tx:
            leases = tx.leases()
            for executor, until in leases.items():
                if until <= now and executor != self._executor:
                    tx.end_lease(executor)
        alive = {executor for executor, until in leases.items() if until > now}
        return engine.resume(alive | {self._executor})
