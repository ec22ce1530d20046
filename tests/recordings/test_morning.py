from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pullcord.analysis.sessions import build_session
from pullcord.app.clock import SystemClock
from pullcord.app.inputs import Inputs
from pullcord.app.spool import SessionSpool
from pullcord.detection.behaviour import examine
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from tests.app.build import recording as written
from tests.recordings import morning as recording

INTERNAL = ("northfield.example",)


def read(folder: Path) -> list[Event]:
    told: list[str] = []
    inputs = Inputs([written(folder)], SystemClock(), told.append)
    events = [event for batch in inputs.events() for event in batch.items]
    assert told == []
    return events


def behaviour(folder: Path) -> dict[str, list[Finding]]:
    with SessionSpool() as spool:
        spool.add(read(folder))
        return {trace: examine(build_session(events), INTERNAL) for trace, events in spool.traces()}


def trace_of(name: str) -> str:
    writer: Any = {"twin": recording._twin, "attack": recording._attack}[name]()
    return str(writer.trace_id())


def test_the_recording_is_the_same_every_time_and_read_without_refusal(tmp_path: Path) -> None:
    assert list(recording.lines()) == list(recording.lines())
    events = read(tmp_path)
    assert len({event.id for event in events}) == len(events)
    assert len({event.trace_id for event in events}) == 14


def test_the_attack_is_seen_and_neither_its_twin_nor_routine_is(tmp_path: Path) -> None:
    seen = {trace for trace, findings in behaviour(tmp_path).items() if findings}
    assert seen == {trace_of("attack")}


def test_the_line_itself_refused_the_write(tmp_path: Path) -> None:
    (refused,) = [event for event in read(tmp_path) if event.id.startswith("gateway")]
    assert refused.trace_id == trace_of("attack")
    assert refused.attributes["ot.envelope.result"] == "rejected"


def test_names_are_invented() -> None:
    domains = set(re.findall(r"@([\w.-]*\w)", "\n".join(recording.lines())))
    assert domains
    assert all(domain.endswith(".example") for domain in domains), domains
