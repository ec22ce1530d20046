from __future__ import annotations

import asyncio
from pathlib import Path

from pullcord.app.live.pipeline import Habits
from pullcord.app.people.services import Taken
from pullcord.model.event import LogSource
from pullcord.model.incident import PhaseName
from tests.app.build import event
from tests.app.pipelines import (
    RECEIVED,
    START,
    Told,
    attack,
    finding_ids,
    incidents,
    pieces,
    refused,
    running,
    until,
)


def test_a_session_in_pieces_becomes_an_incident_that_survives_a_restart(tmp_path: Path) -> None:
    told = Told()
    with running(tmp_path, told) as (store, pipeline):
        for piece in pieces(attack("one", "maintenance-copilot"), 3):
            assert asyncio.run(pipeline.take(piece)).duplicates == 0
        until(lambda: incidents(store))
        (incident,) = incidents(store)
        assert incident.type == "prompt-injection-indirect"
        assert told.new == [incident.id]
        with store.state.transaction() as tx:
            detect = tx.phases(incident.id)[0]
        assert (detect.name, detect.start) == (PhaseName.DETECT, RECEIVED)
        health = pipeline.health()
        assert health["ingest"]["new"] == len(attack("one"))
        # What was done, and how its text is worded.
        assert health["watch"]["findings"] == 2
    with running(tmp_path, told) as (store, pipeline):
        events = attack("one", "maintenance-copilot")
        assert asyncio.run(pipeline.take(events)) == Taken(new=0, duplicates=len(events))
        until(lambda: pipeline.health()["triage"]["rounds"])
        assert incidents(store) == [incident]
        assert store.lake.count() == len(events)
    assert told.new == [incident.id]
    assert told.grown == []


def test_what_a_rule_says_is_an_incident_before_any_session_ends(tmp_path: Path) -> None:
    with running(tmp_path, habits=Habits(quiet_seconds=60.0)) as (store, pipeline):
        asyncio.run(pipeline.take([refused("a")]))
        until(lambda: incidents(store))
        (incident,) = incidents(store)
        assert set(incident.finding_ids) == finding_ids(store)
        assert pipeline.lake.settle(10)
        assert store.lake.by_id(["a"]).keys() == {"a"}


MANY = b"""
title: A base
id: 5b0f4c1e-52a7-4f0e-9d83-2f6f2a7f9f11
name: base
logsource: {product: ai, category: tool}
detection:
  selection: {a: mine}
  condition: selection
---
title: Five of them
id: 5b0f4c1e-52a7-4f0e-9d83-2f6f2a7f9f12
level: high
correlation:
  type: event_count
  rules: [base]
  group-by: [who]
  timespan: 1h
  condition: {gte: 5}
"""


TOOL = LogSource(product="ai", category="tool")


def test_correlations_count_on_after_a_restart_and_nothing_counts_twice(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "many.yml").write_bytes(MANY)
    habits = Habits(rules=own)

    def take(*numbers: int) -> list[str]:
        """Send events; the rules that have spoken so far."""
        events = [
            event(f"e{n}", START + n, None, attributes={"a": "mine", "who": "x"}, logsource=TOOL)
            for n in numbers
        ]
        with running(tmp_path / "state", habits=habits) as (store, pipeline):
            asyncio.run(pipeline.take(events))
            with store.state.transaction() as tx:
                return [finding.title for finding in tx.findings()]

    assert take(1, 2, 3) == []
    assert take(3, 2, 1) == []
    assert take(4) == []
    assert take(5) == ["Five of them"]
