from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from pullcord.app.live.handover import Handover
from pullcord.app.people.services import BusyError
from pullcord.intake.listening import FullError
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding
from pullcord.store.errors import StateBusyError, UnstorableError


def event(name: str) -> Event:
    return Event(id=name, time=1, logsource=LogSource(), attributes={}, source="tail")


class Picky:
    """Keeps what it can."""

    def __init__(self, error: Exception | None = None) -> None:
        self.kept: list[str] = []
        self.error = error

    async def take(self, events: Sequence[Event], findings: Sequence[Finding]) -> None:
        await asyncio.sleep(0)
        assert not findings
        if self.error is not None:
            raise self.error
        if any(one.id == "bad" for one in events):
            raise UnstorableError("half a pair", "leave it out")
        self.kept += [one.id for one in events]


def test_what_cannot_be_kept_is_left_out_and_the_rest_is_kept() -> None:
    picky, lines = Picky(), list[str]()
    handover = Handover(picky.take, lines.append)
    asyncio.run(handover([event("a"), event("bad"), event("b")], []))
    assert picky.kept == ["a", "b"]
    assert handover.refused == 1
    assert "an event of tail was left out: PC-7006" in lines[0]


@pytest.mark.parametrize("error", [BusyError("full", "later"), StateBusyError("busy", "later")])
def test_a_full_intake_or_a_state_that_is_busy_is_for_later(error: Exception) -> None:
    handover = Handover(Picky(error).take, list[str]().append)
    with pytest.raises(FullError):
        asyncio.run(handover([event("a")], []))
    assert handover.refused == 0
