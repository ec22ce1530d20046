from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.detectors import Troubles, load_ruleset
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.ingest import Downstream, Ingest
from pullcord.app.live.ingest_limits import IngestLimits
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.people.services import BusyError, Taken
from pullcord.detection.detectors import Detectors
from pullcord.detection.engine import Detector
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding
from pullcord.store.errors import UnstorableError
from pullcord.store.folder import Store, open_folder
from tests.app.build import event
from tests.app.pipelines import RECEIVED, detector, finding_ids, no_rules, only_rules, refused
from tests.scenes import finding


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_folder(tmp_path / "state") as opened:
        yield opened


class Made:
    """An intake, and what it told triage."""

    def __init__(
        self, store: Store, judge: Detectors | None = None, limits: IngestLimits | None = None
    ) -> None:
        self.told: list[Arrived] = []
        judge = judge or no_rules()
        self.intake = Ingest(store, judge, SystemClock(), Downstream(self.told.extend), limits)

    def take(self, events: Sequence[Event], findings: Sequence[Finding] = ()) -> Taken:
        """One call from outside."""
        return asyncio.run(self.intake.take(events, findings))


def in_inbox(store: Store) -> list[bytes]:
    with store.state.transaction() as tx:
        return [body for _, body in tx.batches(1_000)]


def text(store: Store) -> str:
    return b"\n".join(in_inbox(store)).decode()


def test_what_is_acknowledged_is_in_the_inbox_and_judged(store: Store) -> None:
    made = Made(store, detector())
    assert made.take([refused("bad"), event("good")]) == Taken(new=2, duplicates=0)
    made.intake.close()
    assert '"bad"' in text(store)
    assert '"good"' in text(store)
    assert {one.finding.id for one in made.told} == finding_ids(store) != set()
    assert {one.received for one in made.told} == {RECEIVED}


def test_an_event_counts_once_in_a_batch_and_over_batches_and_runs(store: Store) -> None:
    made = Made(store, detector())
    assert made.take([refused("a"), refused("a", asset="other"), event("b")]) == Taken(new=2, duplicates=1)
    made.intake.close()
    again = Made(store, detector())
    assert again.take([event("b"), event("a"), event("c")]) == Taken(new=1, duplicates=2)
    again.intake.close()
    assert text(store).count('"id":"a"') == 1
    assert "other" not in text(store)
    assert again.told == []


def test_nobody_takes_the_id_of_an_event_of_an_authenticated_source(store: Store) -> None:
    made = Made(store, detector())
    sure = refused("x", trust=SourceTrust.AUTHENTICATED)
    # The same words: the rules would make one finding of both, and keep the first, in which nobody trusts.
    made.take([refused("x", asset="printer")])
    assert made.take([sure]) == Taken(new=1, duplicates=0)
    assert made.take([sure]) == Taken(new=0, duplicates=1)
    assert made.take([refused("x")]) == Taken(new=0, duplicates=1)
    made.intake.close()
    assert (made.intake.health()["clashes"], text(store).count('"id":"x~')) == (1, 1)
    with store.state.transaction() as tx:
        trusts = sorted((one.trust for one in tx.findings()), key=str)
    assert set(trusts) == set(SourceTrust)


def test_an_authenticated_event_keeps_its_id_before_later_ones(store: Store) -> None:
    made = Made(store)
    assert made.take([event("a", trust=SourceTrust.AUTHENTICATED)]) == Taken(new=1, duplicates=0)
    assert made.take([event("a")]) == Taken(new=0, duplicates=1)
    made.intake.close()
    assert (made.intake.counters.clashes, text(store).count('"id":"a"')) == (0, 1)


def test_findings_of_other_products_are_kept_and_told_once_counted(store: Store) -> None:
    made = Made(store)
    assert made.take([], [finding("f")]) == Taken(new=1, duplicates=0)
    assert made.take([event("a")], [finding("f"), finding("g")]) == Taken(new=2, duplicates=1)
    made.intake.close()
    assert finding_ids(store) == {"f", "g"}
    assert [one.finding.id for one in made.told] == ["f", "f", "g"]


def test_an_event_that_cannot_be_kept_fails_its_own_sender_only(store: Store) -> None:
    poison = event("poison", attributes={"text": "\ud800"})
    made = Made(store, limits=IngestLimits(linger_seconds=0.2))

    async def together() -> list[Taken | BaseException]:
        # The state is held so that all of them end up in one group.
        with store.state.transaction():
            first = asyncio.ensure_future(made.intake.take([event("first")]))
            await asyncio.sleep(0.05)
            rest = [made.intake.take([event(f"good-{n}")]) for n in range(3)]
            waiting = asyncio.gather(first, *rest, made.intake.take([poison]), return_exceptions=True)
            await asyncio.sleep(0.05)
        return await waiting

    *good, bad = asyncio.run(together())
    made.intake.close()
    assert good == [Taken(new=1, duplicates=0)] * 4
    assert isinstance(bad, UnstorableError)
    assert "poison" not in text(store)
    assert made.intake.counters.failed == 1
    # It was not remembered either: cured, it may come again.
    again = Made(store)
    assert again.take([event("poison")]) == Taken(new=1, duplicates=0)
    again.intake.close()


class Picky(Detector):
    """Fails on one event."""

    def detect(self, events: Sequence[Event]) -> list[Finding]:
        if any(one.id == "nasty" for one in events):
            raise ValueError("the secret recipe")
        return super().detect(events)


def test_a_rule_that_fails_on_one_event_hides_nothing(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    troubles = Troubles()
    made = Made(store, only_rules(Picky(load_ruleset(None)), troubles))
    with caplog.at_level(logging.ERROR):
        assert made.take([event("nasty"), refused("bad")]) == Taken(new=2, duplicates=0)
    made.intake.close()
    assert {one.finding.event_ids[0] for one in made.told} == {"bad"}
    assert troubles.events == 1
    assert "the detector rules failed" in caplog.text
    assert "recipe" not in caplog.text


def test_a_full_queue_turns_away_at_once_and_takes_again(store: Store) -> None:
    made = Made(store, limits=IngestLimits(events=3))

    async def crowd() -> None:
        with store.state.transaction():
            held = asyncio.ensure_future(made.intake.take([event("held")]))
            await asyncio.sleep(0.1)
            waiting = asyncio.ensure_future(made.intake.take([event("b"), event("c")]))
            await asyncio.sleep(0)
            with pytest.raises(BusyError):
                await made.intake.take([event("d"), event("e")])
        await asyncio.gather(held, waiting)
        assert await made.intake.take([event("d"), event("e")]) == Taken(new=2, duplicates=0)

    asyncio.run(crowd())
    assert made.intake.health()["busy"] == 1
    assert made.intake.health()["waiting"] == 0
    made.intake.close()


def test_a_batch_larger_than_the_queue_passes_when_nothing_waits(store: Store) -> None:
    made = Made(store, limits=IngestLimits(events=1, size=1))
    assert made.take([event("a"), event("b")]).new == 2
    made.intake.close()


def test_a_lake_that_takes_nothing_stops_the_intake_before_the_disk_is_full(store: Store) -> None:
    lake = LakeWriter(store, SystemClock())
    downstream = Downstream(lambda _: None, lake=lake)
    intake = Ingest(store, no_rules(), SystemClock(), downstream, IngestLimits(held=100))
    assert asyncio.run(intake.take([event("a")])).new == 1
    with pytest.raises(BusyError):
        asyncio.run(intake.take([event("b")]))
    lake.start()
    assert lake.settle(10)
    assert asyncio.run(intake.take([event("b")])).new == 1
    intake.close()
    lake.close()


def test_closing_keeps_what_waits_and_takes_no_more(store: Store) -> None:
    made = Made(store)

    async def closing() -> list[Taken]:
        with store.state.transaction():
            waiting = [asyncio.ensure_future(made.intake.take([event(f"e{n}")])) for n in range(5)]
            await asyncio.sleep(0.05)
            closer = threading.Thread(target=made.intake.close)
            closer.start()
        told = await asyncio.gather(*waiting)
        closer.join()
        return told

    assert sum(one.new for one in asyncio.run(closing())) == 5
    assert len(in_inbox(store)) >= 1
    with pytest.raises(BusyError):
        made.take([event("late")])


def test_who_waits_no_more_before_his_turn_leaves_nothing(store: Store) -> None:
    made = Made(store)

    async def impatient() -> None:
        with store.state.transaction():
            held = asyncio.ensure_future(made.intake.take([event("held")]))
            await asyncio.sleep(0.05)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(made.intake.take([event("gone")]), 0.05)
        await held

    asyncio.run(impatient())
    made.intake.close()
    assert "gone" not in text(store)


def test_when_the_state_cannot_be_written_nobody_is_told_that_it_was(store: Store) -> None:
    made = Made(store)
    store.state.close()
    folder = store.path / "state.sqlite"
    folder.chmod(0o600)
    folder.write_bytes(b"no database at all" * 1_000)
    with pytest.raises(Exception, match="PC-"):
        made.take([event("a")])
    assert made.intake.counters.new == 0
    made.intake.close()
