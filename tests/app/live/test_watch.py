from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.live import watch as module
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.ingest import Downstream, Ingest
from pullcord.app.live.lake_writer import LakeWriter
from pullcord.app.live.watch import Quiet, Watch
from pullcord.detection import sessions
from pullcord.detection.behaviour import RULE_ID, examine
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding
from pullcord.model.session import AgentSession
from pullcord.model.times import SECOND
from pullcord.store.folder import Store, open_folder
from tests.app.build import event
from tests.app.pipelines import RECEIVED, attack, finding_ids, no_rules, pieces, until


@pytest.fixture(autouse=True)
def _deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """One finding per attack: how its text is worded is told in other tests."""
    monkeypatch.setattr(sessions, "examine_texts", lambda *_: [])


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_000 * SECOND

    def now(self) -> int:
        return self.time

    def elapsed(self) -> int:
        return self.time


class Made:
    """Intake, lake writer and watch; the watch looks when it is told to."""

    def __init__(self, store: Store, quiet: Quiet | None = None) -> None:
        self.clock, self.told = Hands(), list[Arrived]()
        self.lake = LakeWriter(store, SystemClock(), linger=0.0)
        self.watch = Watch(store, self.lake, self.clock, self.told.extend, quiet)
        downstream = Downstream(self.told.extend, self.watch, self.lake)
        self.intake = Ingest(store, no_rules(), self.clock, downstream)
        self.lake.start()

    def take(self, events: Sequence[Event]) -> None:
        """One call from outside, moved to the lake."""
        asyncio.run(self.intake.take(events))
        assert self.lake.settle(10)

    def looks_after(self, seconds: float) -> int:
        """Time passes; how many sessions were due."""
        self.clock.time += int(seconds * SECOND)
        return self.watch.look()

    def close(self) -> None:
        """Stop in order."""
        self.intake.close()
        self.watch.close()
        self.lake.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_folder(tmp_path / "state") as opened:
        yield opened


def test_a_session_over_several_batches_is_judged_as_a_whole_when_it_is_quiet(store: Store) -> None:
    made = Made(store)
    for piece in pieces(attack("one"), 2):
        made.take(piece)
        assert made.looks_after(1.0) == 0
    assert made.looks_after(1.5) == 1
    made.close()
    ((finding, received),) = made.told
    assert finding.rule_id == RULE_ID
    assert received == RECEIVED
    assert finding_ids(store) == {finding.id}
    assert len(made.watch._list) == 0


def test_a_session_that_goes_on_is_judged_again_and_nothing_counts_twice(store: Store) -> None:
    made = Made(store)
    events = attack("one")
    made.take(events[:3])
    assert made.looks_after(3) == 1
    assert made.told == []
    made.take(events[3:])
    assert made.looks_after(3) == 1
    assert made.watch.counters.findings == 1
    made.take([event("more", trace=events[0].trace_id, attributes={"gen_ai.operation.name": "chat"})])
    assert made.looks_after(3) == 1
    assert made.watch.counters.findings == len(finding_ids(store)) == 1
    assert made.looks_after(100) == 0
    made.close()


def test_a_session_that_never_goes_quiet_is_judged_all_the_same(store: Store) -> None:
    made = Made(store)
    events = attack("one")
    made.take(events)
    looked = 0
    for second in range(40):
        made.take([event(f"e{second}", trace=events[0].trace_id, attributes={"gen_ai.tool.name": "wait"})])
        looked += made.looks_after(1)
    assert looked == 1
    assert len(finding_ids(store)) == 1
    made.close()


def test_a_restart_judges_what_was_not(store: Store) -> None:
    first = Made(store)
    first.take(attack("one"))
    first.close()
    assert first.told == []
    second = Made(store)
    until(lambda: second.lake.has(0))
    assert second.looks_after(3) == 1
    assert len(second.told) == 1
    second.close()
    third = Made(store)
    until(lambda: third.lake.has(0))
    assert third.looks_after(3) == 0
    third.close()


def test_it_waits_for_the_lake(store: Store) -> None:
    made = Made(store)
    made.lake.close()
    asyncio.run(made.intake.take(attack("one")))
    assert made.looks_after(60) == 0
    assert made.watch.health()["waiting"] == 1
    made.close()
    again = Made(store)
    until(lambda: again.lake.has(0))
    assert again.looks_after(60) == 1
    assert len(again.told) == 1
    again.close()


def test_other_traces_are_left_alone(store: Store) -> None:
    made = Made(store)
    web = event("web", trace="request", logsource=LogSource(product="web"), attributes={"http.route": "/"})
    made.take([web, event("none", trace=None)])
    agent = event("agent", trace="session", attributes={"gen_ai.operation.name": "chat"})
    made.take([agent])
    assert made.looks_after(3) == 1
    made.close()


def test_a_session_without_end_is_read_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 12)
    monkeypatch.setattr(module, "_LENGTHS", 1)
    made = Made(store)
    events = attack("one")
    trace = events[0].trace_id
    made.take(events)
    assert made.looks_after(3) == 1
    more = [event(f"e{n}", trace=trace, attributes={"gen_ai.tool.name": "x"}) for n in range(12)]
    made.take(more)
    assert made.looks_after(3) == 1
    made.take([event("last", trace=trace, attributes={"gen_ai.tool.name": "x"})])
    assert made.looks_after(3) == 0
    assert made.watch.health()["too_long"] == len(events) + 12 - 12 + 1
    # Another session comes between: memory of lengths is bounded too.
    made.take([event("other", trace="other"), event("again", trace=trace)])
    assert made.looks_after(3) == 2
    made.close()


def test_long_sessions_are_read_one_after_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EVENTS", 10)
    made = Made(store)
    made.take([*attack("one"), *attack("two")])
    assert made.looks_after(3) == 1
    assert made.looks_after(0) == 1
    assert made.looks_after(0) == 0
    assert len(made.told) == 2
    made.close()


def test_internal_domains_are_the_organisations_own(store: Store) -> None:
    made = Made(store, Quiet(internal_domains=("stranger-one.example",)))
    made.take(attack("one"))
    assert made.looks_after(3) == 1
    ((finding, _),) = made.told
    assert not any("destination" in entity for entity in finding.entities)
    made.close()


def test_a_session_that_cannot_be_judged_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = attack("bad")[0].trace_id

    def picky(session: AgentSession, internal: Sequence[str]) -> list[Finding]:
        if session.trace_id == bad:
            raise ValueError("the secret recipe")
        return examine(session, internal)

    monkeypatch.setattr(sessions, "examine", picky)
    made = Made(store)
    made.take([*attack("bad"), *attack("good")])
    with caplog.at_level(logging.ERROR):
        assert made.looks_after(3) == 2
    assert made.watch.counters.unjudged == 1
    assert len(made.told) == 1
    assert made.looks_after(60) == 0
    assert "recipe" not in caplog.text
    made.close()


def test_a_finding_that_cannot_be_kept_is_found_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made(store)
    made.take(attack("one"))
    with monkeypatch.context() as patched:
        patched.setattr(made.watch._list, "strike_out", _fails)
        with pytest.raises(OSError, match="disk"):
            made.looks_after(3)
    assert finding_ids(store) == set()
    assert made.looks_after(3) == 1
    assert len(finding_ids(store)) == len(made.told) == 1
    made.close()


def _fails(*_: object) -> None:
    raise OSError("disk")


def test_the_thread_looks_by_itself_and_outlives_trouble(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BACK_OFF", 0.05)
    made = Made(store)
    trouble = [OSError("disk")]
    by_trace = store.lake.by_trace

    def sometimes(traces: Sequence[str]) -> dict[str, list[Event]]:
        if trouble:
            raise trouble.pop()
        return by_trace(traces)

    monkeypatch.setattr(store.lake, "by_trace", sometimes)
    made.take(attack("one"))
    made.clock.time += 3 * SECOND
    made.watch.start()
    until(lambda: made.told)
    made.close()
    assert made.watch.health()["errors"] == 1
    assert made.watch.health()["judged"] == 1
