from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord.app.judging import Judging, rule_files
from pullcord.model.errors import UsageError
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.model.inventory import Mode
from pullcord.model.plan import PlanPurpose
from pullcord.model.times import HOUR
from pullcord.response.case import Case
from tests.response.build import case, incident, opened
from tests.scenes import incident as scene
from tests.scenes import injected, plant


def test_the_shipped_rules_are_found() -> None:
    found = list(rule_files(None))
    assert len(found) > 10
    assert all(name.endswith(".yml") and data for name, data in found)
    assert found == sorted(found)


def test_a_folder_is_read_with_those_below(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("z.yml", "b/a.yaml", "notes.txt"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "c.yml").mkdir()
    assert list(rule_files(tmp_path)) == [("b/a.yaml", b"b/a.yaml"), ("z.yml", b"z.yml")]


def test_a_folder_without_rules_and_no_folder_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.yml"):
        list(rule_files(tmp_path))
    with pytest.raises(UsageError, match="no folder"):
        list(rule_files(tmp_path / "missing"))


def test_every_incident_type_that_ships_is_known() -> None:
    types = Judging().types
    assert len(types) >= 30
    assert all(found.id == name for name, found in types.items())


def test_an_unregistered_system_is_planned_for() -> None:
    judges = Judging().judges()
    contained = judges.contain(case(), (), ())
    assert contained.purpose is PlanPurpose.CONTAIN
    assert contained.actions
    assert contained.incident_id == "inc-1"
    recovered = judges.recover(case(), (), contained)
    assert recovered.purpose is PlanPurpose.RECOVER
    told = judges.investigate(case().sessions["t1"])
    assert told.trace_id == "t1"


def test_lessons_are_drawn_from_the_record(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        first, again = (Judging().learn(incident(), tx) for _ in range(2))
    assert first == again
    assert all(lesson.id.startswith("lsn-") for lesson in first)


def test_a_plan_of_containment_carries_the_modes_of_its_inventory() -> None:
    found, shipped = injected(), plant("discrete")
    systems = [msgspec.structs.replace(one, mode=Mode.RECOMMEND) for one in shipped.ai_systems]
    lent = msgspec.structs.replace(shipped, ai_systems=tuple(systems))
    one = Case(incident=scene(found, lent), findings=found)
    assert Judging(lent).contain(one, (), ()).mode is Mode.RECOMMEND
    assert Judging().contain(one, (), ()).mode is Mode.OBSERVE


def test_delays_of_people_are_no_lesson_of_a_recording(tmp_path: Path) -> None:
    start = incident().first_time
    starts = {name: start + number * HOUR for number, name in enumerate(PhaseName)}
    phases = [
        Phase(name=name, start=time, end=time + HOUR, outcome=PhaseOutcome.DONE, reason="")
        for name, time in starts.items()
    ]
    with opened(tmp_path) as store, store.state.transaction() as tx:
        for phase in phases:
            tx.put_phase(incident().id, phase)
        recorded = Judging().learn(incident(), tx)
        live = Judging(recorded=False).learn(incident(), tx)
    assert recorded != live
