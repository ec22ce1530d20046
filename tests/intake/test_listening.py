from __future__ import annotations

import asyncio

import pytest

from pullcord.intake.context import Counters
from pullcord.intake.listening import Origin, Tally, deliver
from pullcord.model.event import Event, LogSource, SourceTrust
from tests.intake.listeners import NOW, Kept

EVENT = Event(
    id="e", time=NOW, logsource=LogSource(product="p", service="s"), attributes={}, asset="a", site="x"
)


def test_an_origin_marks_only_what_it_says() -> None:
    assert Origin(name="n").marked(EVENT) is EVENT
    marked = Origin(name="n", category="ot", site="North").marked(EVENT)
    assert marked.logsource == LogSource(product="p", category="ot", service="s")
    assert (marked.site, marked.asset) == ("North", "a")
    assert Origin(name="n", product="q", service="t", asset="b").marked(EVENT).asset == "b"


@pytest.mark.parametrize("known", [True, False])
def test_trust_is_that_of_the_settings(known: bool) -> None:  # noqa: FBT001
    ctx = Origin(name="n", authenticated=known).context(NOW, Counters())
    assert ctx.trust is (SourceTrust.AUTHENTICATED if known else SourceTrust.ATTACKER_WRITABLE)
    assert (ctx.source, ctx.received) == ("n", NOW)


def test_a_batch_comes_again_until_it_is_kept() -> None:
    kept, tally = Kept(full=3), Tally(("events", "busy"))
    asyncio.run(deliver(kept.take, [EVENT], (), tally))
    assert tally.health() == {"events": 1, "busy": 3}
    assert kept.events == [EVENT]


def test_a_counter_that_was_not_announced_is_a_fault() -> None:
    tally = Tally(("events",))
    with pytest.raises(KeyError):
        tally.add("evnts")
    tally.set("events", 4)
    assert tally["events"] == 4
