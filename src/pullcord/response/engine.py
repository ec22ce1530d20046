"""The port to the durable engine: what a workflow is made of, and what starts, wakes and resumes it.

Two adapters: :mod:`pullcord.response.dbos_engine` for live operation, and :class:`Direct` for recordings, where the
state itself says how far an incident has come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from pullcord.ports import Transaction

Work = Callable[[], Awaitable[str]]
"""One step: does something and says in one text what the next steps need to know of it."""


class Steps(Protocol):
    """One running workflow.

    A step's text is kept when the step ends; a resumed workflow gets the text and does not run the step again. A
    process that dies within a step runs it again: steps are *at least once*, so each must bear it.
    """

    async def step(self, name: str, work: Work) -> str:
        """Run a step, or give what it said before."""
        ...

    async def wait(self, seconds: float) -> None:
        """Wait until somebody wakes the workflow or the time is up, over restarts."""
        ...


Runner = Callable[[str, Steps], Awaitable[None]]
"""The workflow: incident id and its steps."""


class Engine(Protocol):
    """Durable workflows by incident id."""

    def enqueue(self, tx: Transaction, incident_id: str) -> None:
        """Start the workflow of an incident when this transaction commits; once, however often it is asked."""
        ...

    def wake(self, incident_id: str) -> None:
        """End the present or next wait of a workflow."""
        ...

    def resume(self, alive: Collection[str]) -> int:
        """Take over workflows of processes that are not ``alive`` and wake them; returns how many."""
        ...


class Direct:
    """Steps of a recorded run: each runs at once, and there is nobody to wait for.

    Nothing is kept here: a recorded run commits a whole phase or nothing of it, and skips those that ended.
    """

    async def step(self, name: str, work: Work) -> str:
        """Run it."""
        del name
        return await work()

    async def wait(self, seconds: float) -> None:
        """A recorded run never waits: whoever asks to has asked for a decision that will not come.

        Raises:
            RuntimeError: always.
        """
        message = f"a recorded run has nobody to wait {seconds} s for"
        raise RuntimeError(message)
