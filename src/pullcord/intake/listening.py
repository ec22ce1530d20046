"""What all listeners share: who they are, where they hand on what came, and how they count and wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from pullcord.intake.context import Context, Counters, Limits
from pullcord.model.errors import PullcordError
from pullcord.model.event import Event, LogSource, SourceTrust
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun

Take = Callable[[Sequence[Event], Sequence[Finding]], Awaitable[object]]
"""Keeps a batch: returns when it is durable, raises :class:`FullError` when it should come again later."""

_LIMITS = Limits(max_line=1 << 20, max_containers=100_000, max_event=1 << 20)
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0


class FullError(PullcordError):
    """Too much waits to be kept: nothing was taken, the same batch should come again."""

    code = "PC-6021"


class ListenerError(PullcordError):
    """A listener cannot listen, or cannot reach what it listens to."""

    code = "PC-6022"


class Listener(Protocol):
    """Brings signals in until it is cancelled.

    Attributes:
        name: of the settings; source of its events.
    """

    name: str

    async def run(self, take: Take) -> None:
        """Work until cancelled.

        Raises:
            PullcordError, OSError: it cannot go on; whoever runs it waits and starts it again.
        """
        ...

    def health(self) -> dict[str, int]:
        """Counters since it was made."""
        ...


class Origin(Noun, frozen=True, kw_only=True):
    """Who a listener's events come from.

    Attributes:
        name: of the listener.
        authenticated: no suspect could have written what comes.
        product, category, service: put over those of the events, where given.
        site, asset: the same.
    """

    name: str
    authenticated: bool = False
    product: str | None = None
    category: str | None = None
    service: str | None = None
    site: str | None = None
    asset: str | None = None

    def context(self, received: int, counters: Counters) -> Context:
        """For readers of what came at ``received`` (nanoseconds UTC)."""
        trust = SourceTrust.AUTHENTICATED if self.authenticated else SourceTrust.ATTACKER_WRITABLE
        return Context(source=self.name, received=received, trust=trust, limits=_LIMITS, counters=counters)

    def marked(self, event: Event) -> Event:
        """The event with what the settings say of its source."""
        if self.product or self.category or self.service:
            source = LogSource(
                product=self.product or event.logsource.product,
                category=self.category or event.logsource.category,
                service=self.service or event.logsource.service,
            )
            event = msgspec.structs.replace(event, logsource=source)
        if self.site or self.asset:
            event = msgspec.structs.replace(
                event, site=self.site or event.site, asset=self.asset or event.asset
            )
        return event


class Tally:
    """Named counters, all there from the start so that health shows what never happened too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._counts = dict.fromkeys(names, 0)

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def add(self, name: str, number: int = 1) -> None:
        """Count. Only names that were announced: a misspelt one must not become a counter of its own."""
        if number:
            self._counts[name] = self._counts[name] + number

    def set(self, name: str, number: int) -> None:
        """Set a gauge."""
        self._counts[name] = number

    def health(self) -> dict[str, int]:
        """All of them."""
        return dict(self._counts)


async def deliver(take: Take, events: Sequence[Event], findings: Sequence[Finding], tally: Tally) -> None:
    """Hand a batch on, as often as it takes: while everything is full nothing more is read (counted as ``busy``)."""
    wait = _FIRST_WAIT
    while events or findings:
        try:
            await take(events, findings)
        except FullError:
            tally.add("busy")
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        else:
            tally.add("events", len(events))
            return
