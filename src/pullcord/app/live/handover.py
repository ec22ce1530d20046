"""Between listeners and the intake: what is full waits, what cannot be kept does not hold up the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pullcord.app.live.trouble import told
from pullcord.app.people.services import BusyError
from pullcord.intake.listening import FullError
from pullcord.model.errors import PullcordError
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.store.errors import CorruptRowError, ReadOnlyError, StateBusyError, StateFolderError

Keep = Callable[[Sequence[Event], Sequence[Finding]], Awaitable[object]]

# The state itself cannot be written: the batch is not to blame, and must come again.
_LATER = (BusyError, StateBusyError, StateFolderError, ReadOnlyError, CorruptRowError)


class Handover:
    """Hands batches on (implements :data:`pullcord.intake.listening.Take`).

    Attributes:
        refused: events and findings that could not be kept, and were left out.
    """

    def __init__(self, keep: Keep, log: Callable[[str], None]) -> None:
        self.refused = 0
        self._keep, self._log = keep, log

    async def __call__(self, events: Sequence[Event], findings: Sequence[Finding]) -> None:
        """Keep a batch. If it cannot be kept as a whole, each part of it is tried alone.

        Raises:
            FullError: it should come again; parts that were kept are known then.
        """
        try:
            await self._keep(events, findings)
        except _LATER as error:
            raise FullError(error.cause, error.cure) from error
        except PullcordError as error:
            if len(events) + len(findings) == 1:
                self.refused += 1
                self._log(
                    f"an event of {events[0].source if events else 'a listener'} was left out: {told(error)}"
                )
                return
            for event in events:
                await self([event], [])
            for finding in findings:
                await self([], [finding])
