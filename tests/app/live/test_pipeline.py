from __future__ import annotations

import asyncio
from pathlib import Path

from pullcord.app.people.services import Taken
from pullcord.model.incident import PhaseName
from tests.app.pipelines import (
    RECEIVED,
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
    with running(tmp_path, quiet_seconds=60.0) as (store, pipeline):
        asyncio.run(pipeline.take([refused("a")]))
        until(lambda: incidents(store))
        (incident,) = incidents(store)
        assert set(incident.finding_ids) == finding_ids(store)
        assert pipeline.lake.settle(10)
        assert store.lake.by_id(["a"]).keys() == {"a"}
