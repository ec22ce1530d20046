from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.approval import Decision
from pullcord.model.errors import UsageError
from pullcord.model.inventory import Mode
from pullcord.model.task import TaskKind
from pullcord.model.times import to_rfc3339
from pullcord.response.people_errors import NotStoppedError, StoppedError
from pullcord.store.errors import StateFolderError
from pullcord.store.transaction import SqlTransaction
from tests.app.desks import ANN, BOB, INCIDENT, PLAN, Office, office
from tests.response.people import ADMINISTRATOR, NOW

APPROVE, REFUSE = Decision.APPROVE, Decision.REFUSE


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def test_a_stop_holds_approvals_and_releases_but_not_refusals_and_facts(made: Office) -> None:
    gate = made.put_task()
    doubt = made.put_task(id="doubt-1", kind=TaskKind.IN_DOUBT, options=("done", "not_done"))
    told = made.desk.stop(BOB, "smoke", "Plant")
    assert (told["site"], told["audited"], told["time"]) == ("Plant", True, to_rfc3339(NOW))
    with pytest.raises(StoppedError, match="bob: smoke"):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    with pytest.raises(StoppedError):
        made.desk.answer(ANN, INCIDENT.id, gate.id, "passed")
    with pytest.raises(StoppedError):
        made.desk.mode(ANN, "Copilot", Mode.RECOMMEND)
    assert made.desk.answer(ANN, INCIDENT.id, doubt.id, "done")["answer"] == "done"
    assert made.desk.decide(ANN, PLAN.id, PLAN.hash, REFUSE)["decision"] == "refuse"
    systems = {one["name"]: one["stop"] for one in made.desk.systems(ANN)}
    # The office has no site of its own: whatever is stopped holds all of it.
    assert (systems["Copilot"]["reason"], systems["Watcher"]["reason"]) == ("smoke", "smoke")


def test_the_site_that_telemetry_gives_an_incident_frees_nothing(made: Office) -> None:
    desk = dataclasses.replace(made.desk, site="Plant")
    with made.store.state.transaction() as tx:
        tx.put_incident(msgspec.structs.replace(INCIDENT, site="Elsewhere"))
    gate = made.put_task()
    made.stops.stop("bob", "smoke", NOW, "Plant")
    with pytest.raises(StoppedError):
        desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    with pytest.raises(StoppedError):
        desk.answer(ANN, INCIDENT.id, gate.id, "passed")


def test_the_site_of_a_plans_system_holds_it_too(made: Office) -> None:
    desk = dataclasses.replace(made.desk, site="Other")
    made.stops.stop("bob", "smoke", NOW, "Plant")
    with pytest.raises(StoppedError):
        desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert desk.mode(BOB, "Watcher", Mode.RECOMMEND)["asked"] == "recommend"


def test_a_stop_of_another_site_stops_every_site_and_says_so(made: Office) -> None:
    desk = dataclasses.replace(made.desk, site="Plant")
    told = desk.stop(BOB, "smoke", "Other")
    assert (told["site"], told["audited"]) == ("", True)
    assert "every site" in told["note"]
    assert made.stops.active("Plant") is not None
    assert made.audit() == [("bob", "stop every site")]
    own = desk.stop(BOB, "smoke", "Plant")
    assert (own["site"], own["note"]) == ("Plant", "")


def test_a_resume_that_cannot_be_audited_lifts_nothing(made: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made.desk.stop(BOB, "smoke")
    made.desk.resume(ANN)

    def full(*_: object) -> None:
        raise StateFolderError("the disk is full", "make room")

    with monkeypatch.context() as patch:
        patch.setattr(SqlTransaction, "audit", full)
        with pytest.raises(StateFolderError):
            made.desk.resume(BOB)
    assert made.stops.active("Plant") is not None
    assert made.desk.resume(BOB)["lifted"] is True
    assert made.stops.all() == []


def test_two_people_resume_and_open_incidents_are_woken(made: Office) -> None:
    made.desk.stop(ADMINISTRATOR, "smoke")
    waiting = made.desk.waiting(ANN)
    assert (waiting[0]["kind"], waiting[0]["yours"]) == ("stop", True)
    first = made.desk.resume(ANN)
    assert (first["lifted"], first["stop"]["resumed_by"]) == (False, "ann")
    assert first["stop"]["resumed"] == to_rfc3339(NOW)
    assert made.woken == []
    assert made.desk.resume(BOB)["lifted"] is True
    assert made.woken == [INCIDENT.id]
    with pytest.raises(NotStoppedError):
        made.desk.resume(BOB)
    assert [who for who, _ in made.audit()] == ["administrator", "ann", "bob"]


def test_a_stop_works_with_the_database_down(made: Office) -> None:
    made.store.state.close()
    (made.store.path / "state.sqlite").write_bytes(b"no database" * 1000)
    told = made.desk.stop(ANN, "the disk is failing")
    assert told["audited"] is False
    assert made.stops.active("Plant") is not None


def test_a_stop_needs_a_reason_and_a_site_that_exists(made: Office) -> None:
    for arguments in ((" ", ""), ("x" * 3_000, ""), ("smoke", "Plamt")):
        with pytest.raises(UsageError):
            made.desk.stop(ANN, *arguments)
    assert made.stops.all() == []
