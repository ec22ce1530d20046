from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.app.judging import Judging
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.triage import LiveTriage, Tellers
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.incident import Incident, Phase, PhaseName, PhaseOutcome
from pullcord.model.times import HOUR, MINUTE
from pullcord.ports import Transaction
from pullcord.store.folder import Store, open_folder
from tests.app.build import event
from tests.app.pipelines import Told, incidents, until
from tests.scenes import START, finding, injected

NOW = START + HOUR


class Hands:
    """A clock that is set by hand."""

    def __init__(self, time: int = NOW) -> None:
        self.time = time

    def now(self) -> int:
        return self.time

    def elapsed(self) -> int:
        return self.time


class Made:
    """Live triage over a state, run by hand."""

    def __init__(self, store: Store, tellers: Tellers | None = None) -> None:
        self.store, self.clock, self.told = store, Hands(), Told()
        self.triage = LiveTriage(store, Judging(), self.clock, tellers or self.told.tellers())

    def add(self, *findings: Finding, received: int = NOW - MINUTE) -> bool:
        """Findings become durable and are offered, as intake does it; whether something is left to do."""
        with self.store.state.transaction() as tx:
            tx.put_findings(findings)
        self.triage.offer([Arrived(one, received) for one in findings])
        return self.triage.run()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_folder(tmp_path / "state") as opened:
        yield opened


def phases(store: Store, incident_id: str) -> tuple[Phase, ...]:
    with store.state.transaction() as tx:
        return tx.phases(incident_id)


def close(store: Store, incident_id: str) -> None:
    with store.state.transaction() as tx:
        for name in PhaseName:
            tx.put_phase(incident_id, Phase(name=name, start=1, end=2, outcome=PhaseOutcome.DONE))


def test_findings_become_one_incident_with_its_first_two_phases(store: Store) -> None:
    made = Made(store)
    assert made.add(*injected()) is False
    (incident,) = incidents(store)
    assert incident.type == "prompt-injection-indirect"
    assert made.told.new == [incident.id]
    assert made.told.grown == []
    detect, triage = phases(store, incident.id)
    assert (detect.name, detect.start, detect.end) == (PhaseName.DETECT, NOW - MINUTE, NOW)
    assert detect.reason == "2 findings"
    assert (triage.name, triage.start, triage.end) == (PhaseName.TRIAGE, NOW, NOW)
    assert triage.reason == incident.reasons[0]


def test_it_grows_under_its_id_and_the_same_again_changes_nothing(store: Store) -> None:
    made = Made(store)
    first, second = injected()
    # The later finding comes first: the id that it gave stays when an earlier one joins.
    made.add(second)
    (before,) = incidents(store)
    made.clock.time += MINUTE
    made.add(first)
    (after,) = incidents(store)
    assert after.id == before.id
    assert after.finding_ids == (first.id, second.id)
    assert made.told.new == made.told.grown == [before.id]
    known = phases(store, after.id)
    made.add(first, second)
    assert incidents(store) == [after]
    assert phases(store, after.id) == known
    assert len(made.told.new) == len(made.told.grown) == 1


def test_a_restart_knows_what_there_is_and_opens_what_was_missed(store: Store) -> None:
    Made(store).add(*injected())
    known = incidents(store)
    with store.state.transaction() as tx:
        tx.put_findings([finding("missed", 2, trace_id="t1", asset="desk-helper")])
        tx.put_findings([finding("other", 3, trace_id="t9")])
        tx.put_findings([finding("ancient", -60 * 24 * 90, trace_id="t0")])
    again = Made(store)
    assert again.triage.run() is False
    assert again.told.grown == [known[0].id]
    assert len(again.told.new) == 2
    assert len(incidents(store)) == 3
    third = Made(store)
    third.triage.run()
    assert third.told.new == third.told.grown == []


def test_a_closed_incident_stays_closed_and_what_would_join_opens_another(store: Store) -> None:
    made = Made(store)
    made.add(*injected())
    (closed,) = incidents(store)
    close(store, closed.id)
    more = finding("more", 2, trace_id="t1", asset="desk-helper", incident_type="prompt-injection-indirect")
    for one in (made, Made(store)):
        one.add(more, *injected())
        assert len(incidents(store)) == 2
    opened = next(one for one in incidents(store) if one.id != closed.id)
    assert opened.finding_ids == ("more",)
    with store.state.transaction() as tx:
        assert tx.incident(closed.id) == closed


def test_an_incident_closed_while_it_would_grow_is_left_alone(store: Store) -> None:
    made = Made(store)
    made.add(*injected())
    (closed,) = incidents(store)
    close(store, closed.id)
    assert made.add(finding("more", 2, trace_id="t1", asset="desk-helper")) is False
    assert {one.finding_ids for one in incidents(store)} == {closed.finding_ids, ("more",)}
    assert made.told.grown == []


def test_a_closed_incident_that_was_forgotten_is_not_overwritten(store: Store) -> None:
    made = Made(store)
    made.add(*injected())
    (closed,) = incidents(store)
    close(store, closed.id)
    made.triage.run()
    made.clock.time += 2 * MINUTE
    made.triage.run()
    assert made.triage._open == {}
    made.triage._pool._closed.clear()
    more = finding("more", 2, trace_id="t1", asset="desk-helper")
    assert made.add(*injected(), more) is False
    assert {one.finding_ids for one in incidents(store)} == {closed.finding_ids, ("more",)}


def test_what_its_workflow_cannot_begin_is_undone_tried_again_and_keeps_nobody_waiting(store: Store) -> None:
    failures = ["once"]
    began: list[str] = []

    def picky(_tx: Transaction, incident: Incident) -> None:
        if incident.trace_ids == ("bad",) and failures:
            raise RuntimeError(failures.pop())
        began.append(incident.id)

    made = Made(store, Tellers(on_new=picky, on_growth=picky))
    assert made.add(finding("one", trace_id="bad"), finding("two", trace_id="good")) is True
    assert [one.trace_ids for one in incidents(store)] == [("good",)]
    assert made.triage.run() is False
    assert {one.trace_ids for one in incidents(store)} == {("bad",), ("good",)}
    assert len(began) == 2
    assert made.triage.counters.errors == 1


def test_weak_statements_are_folded_until_something_supports_them(store: Store) -> None:
    made = Made(store)
    weak = finding("weak", rule_id="low", severity=Severity.LOW, kind=FindingKind.EXTERNAL, asset="mail-1")
    made.add(weak)
    assert incidents(store) == []
    assert made.triage.health()["folded"] == 1
    made.add(finding("strong", 5, asset="mail-1", severity=Severity.HIGH))
    (incident,) = incidents(store)
    assert incident.finding_ids == ("weak", "strong")
    assert made.triage.health()["folded"] == 0


def test_after_a_restart_the_lake_says_when_the_first_event_came(store: Store) -> None:
    with store.state.transaction() as tx:
        tx.put_findings([finding("f", event_ids=("e1", "e2"), severity=Severity.HIGH)])
    store.lake.append("live-1", [event("e1", received=NOW - 7 * MINUTE), event("e2", received=NOW - MINUTE)])
    made = Made(store)
    made.triage.run()
    (incident,) = incidents(store)
    assert phases(store, incident.id)[0].start == NOW - 7 * MINUTE


def test_without_any_word_of_receipt_detection_starts_now(store: Store) -> None:
    with store.state.transaction() as tx:
        tx.put_findings([finding("f", severity=Severity.HIGH)])
    made = Made(store)
    made.triage.run()
    (incident,) = incidents(store)
    assert phases(store, incident.id)[0].start == NOW


def test_a_flood_drowns_the_least_severe(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pullcord.app.live.triage.MOST_OFFERED", 6)
    made = Made(store)
    grave = finding("grave", 3, severity=Severity.CRITICAL, asset="x")
    flood = [finding(f"f{n}", n, severity=Severity.INFORMATIONAL, asset="x") for n in range(6)]
    made.triage.offer([Arrived(one, NOW) for one in [*flood, grave]])
    made.triage.run()
    assert [one.finding_ids for one in incidents(store)] == [("f0", "f1", "grave")]
    assert made.triage.health()["let_go"] == 4


def test_the_thread_gathers_what_comes_together_and_stops_when_told(store: Store) -> None:
    made = Made(store)
    stop = threading.Event()
    thread = threading.Thread(target=made.triage.run_forever, args=[stop])
    thread.start()
    for one in injected():
        with store.state.transaction() as tx:
            tx.put_findings([one])
        made.triage.offer([Arrived(one, NOW)])
    until(lambda: incidents(store))
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(made.told.new) == 1
    assert made.told.grown == []


def test_the_thread_outlives_trouble(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pullcord.app.live.triage._BACK_OFF", 0.05)
    made = Made(store)
    trouble = [OSError("disk")]
    run = made.triage.run

    def sometimes() -> bool:
        if trouble:
            raise trouble.pop()
        return run()

    monkeypatch.setattr(made.triage, "run", sometimes)
    with store.state.transaction() as tx:
        tx.put_findings(injected())
    made.triage.offer([Arrived(one, NOW) for one in injected()])
    stop = threading.Event()
    thread = threading.Thread(target=made.triage.run_forever, args=[stop])
    thread.start()
    until(lambda: incidents(store))
    stop.set()
    thread.join(5)
    assert made.triage.health()["errors"] == 1
