"""A connection that must say what it wants in time: idle ones would otherwise fill all places for good."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 30.0
"""How long the head of a request may take to come, and how long a connection may be idle."""


class PatientConnection(H11Protocol):
    """Closes itself when no request came in time; while one is being answered, it waits."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._wait()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._head is not None:
            self._head.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._head is not None:
            self._head.cancel()
        self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        # Typed as always there, but before the first request it is None.
        cycle: object = self.cycle
        if cycle is None or self.cycle.response_complete:
            self.transport.close()
