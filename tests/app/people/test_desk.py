from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pullcord.app.people.services import NotKnownError
from pullcord.model.approval import Decision
from pullcord.model.errors import PullcordError, UsageError
from pullcord.model.event import SourceTrust
from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.person import Principal
from pullcord.model.plan import ActionKind
from pullcord.model.task import TaskKind
from pullcord.model.times import HOUR, to_rfc3339
from pullcord.response.errors import UnknownIncidentError
from pullcord.response.people_errors import (
    AlreadyDecidedError,
    CarriedOutError,
    IncidentClosedError,
    ModeUnchangedError,
    NotAllowedError,
    OwnRequestError,
    PlanChangedError,
    RoleNotHeldError,
    StillOpenError,
    StoppedError,
    SupersededPlanError,
    TaskAnsweredError,
)
from tests.app.desks import ANN, BOB, INCIDENT, MIA, PLAN, Office, office
from tests.response.people import ADMINISTRATOR, COLLECTOR, NOW, OT, SECURITY, plan
from tests.scenes import finding

APPROVE, REFUSE = Decision.APPROVE, Decision.REFUSE


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def kinds(waiting: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in waiting]


def test_two_people_approve_and_the_workflow_is_woken(made: Office) -> None:
    first = made.desk.decide(ANN, PLAN.id, PLAN.hash[:12], APPROVE, None, "seen on the floor")
    assert (first["granted"], first["role"]) == (False, "approver-ot")
    assert first["missing"] == [{"role": "approver-security", "count": 1}]
    second = made.desk.decide(BOB, PLAN.hash, PLAN.hash, APPROVE)
    assert second["granted"] is True
    with made.store.state.transaction() as tx:
        kept = tx.approvals(INCIDENT.id)
    assert [(one.approver, one.plan_hash, one.simulated) for one in kept] == [
        ("ann", PLAN.hash, False),
        ("bob", PLAN.hash, False),
    ]
    assert made.woken == [INCIDENT.id, INCIDENT.id]
    assert made.audit() == [("ann", f"approve {PLAN.id}"), ("bob", f"approve {PLAN.id}")]
    assert made.desk.plan(MIA, PLAN.id)["granted"] is True


def test_what_waits_and_for_whom(made: Office) -> None:
    made.put_task(role=OT)
    for who, yours in ((ANN, [True, True]), (BOB, [True, False]), (MIA, [False, False])):
        waiting = made.desk.waiting(who)
        assert kinds(waiting) == ["plan", "task"]
        assert [one["yours"] for one in waiting] == yours
        assert json.loads(json.dumps(waiting[1]))["opened"] == to_rfc3339(NOW)
    made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert made.desk.waiting(ANN)[0]["yours"] is False
    made.desk.decide(BOB, PLAN.id, PLAN.hash, APPROVE)
    assert kinds(made.desk.waiting(ANN)) == ["task"]


def test_a_refusal_ends_the_waiting(made: Office) -> None:
    told = made.desk.decide(MIA, PLAN.id, PLAN.hash, REFUSE, None, "not now")
    assert told["granted"] is False
    assert made.desk.waiting(ANN) == []
    assert made.desk.plan(ANN, PLAN.id)["is_refused"] is True


def test_a_refused_decision_leaves_no_trace(made: Office) -> None:
    with pytest.raises(PlanChangedError):
        made.desk.decide(ANN, PLAN.id, "0" * 64, APPROVE)
    with pytest.raises(RoleNotHeldError):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE, SECURITY)
    assert made.woken == []
    assert made.audit() == []


def test_only_the_last_plan_of_a_purpose_is_decided_on(made: Office) -> None:
    newer = plan((OT, 1), reasons=("more is known",))
    made.put_plan(newer)
    with pytest.raises(SupersededPlanError):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert [one["id"] for one in made.desk.waiting(ANN)] == [newer.id]
    assert made.desk.decide(ANN, newer.id, newer.hash, APPROVE)["granted"] is True
    assert made.desk.plan(ANN, PLAN.id)["current"] is False


@pytest.mark.parametrize("state", list(IntentState))
def test_a_plan_that_has_begun_is_not_decided_on_again(made: Office, state: IntentState) -> None:
    made.put_intent(IntentState.CONFIRMED, ActionKind.SNAPSHOT)
    assert kinds(made.desk.waiting(ANN)) == ["plan"]
    made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert made.desk.decide(BOB, PLAN.id, PLAN.hash, APPROVE)["granted"] is True
    made.put_intent(state)
    with pytest.raises(CarriedOutError):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert made.desk.waiting(ANN) == []


def test_a_plan_that_has_begun_is_decided_on_anew_when_its_approvals_are_void(made: Office) -> None:
    made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    made.desk.decide(BOB, PLAN.id, PLAN.hash, APPROVE)
    made.put_intent(IntentState.CONFIRMED)
    with made.store.state.transaction() as tx:
        for one in tx.approvals(PLAN.incident_id):
            key = f"{PLAN.id}/{one.role.value}/{one.approver}/{one.time}"
            tx.put_record(PLAN.incident_id, key, msgspec.structs.replace(one, void="restored from a backup"))
    assert kinds(made.desk.waiting(ANN)) == ["plan"]
    made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    assert made.desk.decide(BOB, PLAN.id, PLAN.hash, APPROVE)["granted"] is True
    assert made.desk.waiting(ANN) == []


def test_a_plan_whose_phase_has_ended_is_not_decided_on(made: Office) -> None:
    made.end(PhaseName.CONTAIN)
    with pytest.raises(CarriedOutError, match="contain"):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)


def test_an_approval_that_expired_is_needed_again_and_can_be_given_again(made: Office) -> None:
    made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    with pytest.raises(AlreadyDecidedError):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    made.clock.pass_by(5 * HOUR)
    told = made.desk.decide(BOB, PLAN.id, PLAN.hash, APPROVE)
    assert told["granted"] is False
    assert made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)["granted"] is True


def test_a_clock_that_was_set_freezes_approvals_until_two_people_resume(made: Office) -> None:
    made.clock.wall += HOUR
    with pytest.raises(StoppedError, match="set forward"):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)
    made.desk.resume(ANN)
    made.desk.resume(BOB)
    assert made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)["decision"] == "approve"


def test_a_plan_that_is_being_carried_out_can_be_refused_until_its_phase_ends(made: Office) -> None:
    for who in (ANN, BOB):
        made.desk.decide(who, PLAN.id, PLAN.hash, APPROVE)
    made.put_intent(IntentState.SENT)
    shown = made.desk.plan(ANN, PLAN.id)
    assert (bool(shown["over"]), shown["halts"]) == (True, True)
    with pytest.raises(CarriedOutError):
        made.desk.decide(MIA, PLAN.id, PLAN.hash, APPROVE)
    assert made.desk.decide(MIA, PLAN.id, PLAN.hash, REFUSE)["granted"] is False
    made.end(PhaseName.CONTAIN)
    assert made.desk.plan(ANN, PLAN.id)["halts"] is False
    with pytest.raises(CarriedOutError):
        made.desk.decide(BOB, PLAN.id, PLAN.hash, REFUSE)


def test_a_plan_says_on_what_it_rests(made: Office) -> None:
    assert made.desk.plan(ANN, PLAN.id)["rests_on"] == {"findings": 0, "authenticated": 0}
    with made.store.state.transaction() as tx:
        tx.put_findings([finding("f1"), finding("f2", trust=SourceTrust.AUTHENTICATED), finding("other")])
        tx.put_incident(msgspec.structs.replace(INCIDENT, finding_ids=("f1", "f2")))
    assert made.desk.plan(ANN, PLAN.id)["rests_on"] == {"findings": 2, "authenticated": 1}


def test_raising_a_mode_takes_three_people_and_lowering_one(made: Office) -> None:
    asked = made.desk.mode(BOB, "bot", Mode.RECOMMEND)
    assert (asked["system"], asked["mode"], asked["asked"]) == ("Copilot", "observe", "recommend")
    with pytest.raises(OwnRequestError):
        made.desk.mode(BOB, "Copilot", Mode.RECOMMEND)
    waiting = {who.name: made.desk.waiting(who)[1]["yours"] for who in (ANN, BOB, MIA)}
    assert waiting == {"ann": True, "bob": False, "mia": True}
    assert made.desk.mode(MIA, "Copilot", Mode.RECOMMEND)["missing"] == [{"role": "approver-ot", "count": 1}]
    assert made.desk.systems(ANN)[0]["asked"]["requested_by"] == "bob"
    done = made.desk.mode(ANN, "Copilot", Mode.RECOMMEND)
    assert (done["mode"], done["asked"], done["missing"]) == ("recommend", None, [])
    assert made.desk.systems(ANN)[0]["mode"] == "recommend"
    assert made.desk.systems(ANN)[0]["since"] == to_rfc3339(NOW)
    assert made.desk.mode(BOB, "Copilot", Mode.OBSERVE)["mode"] == "observe"
    with pytest.raises(ModeUnchangedError):
        made.desk.mode(BOB, "Copilot", Mode.OBSERVE)


def test_a_request_is_taken_back_by_asking_for_the_mode_that_is_there(made: Office) -> None:
    made.desk.mode(BOB, "Copilot", Mode.RECOMMEND)
    made.desk.mode(ANN, "Copilot", Mode.OBSERVE)
    assert kinds(made.desk.waiting(ANN)) == ["plan"]
    assert made.desk.mode(ANN, "Copilot", Mode.RECOMMEND)["asked"] == "recommend"


def test_an_old_request_is_asked_for_anew(made: Office) -> None:
    made.desk.mode(BOB, "Copilot", Mode.RECOMMEND)
    made.clock.pass_by(5 * HOUR)
    assert kinds(made.desk.waiting(ANN)) == ["plan"]
    assert len(made.desk.mode(ANN, "Copilot", Mode.RECOMMEND)["missing"]) == 2


def test_an_answer_is_taken_once_from_whom_it_is_asked(made: Office) -> None:
    gate = made.put_task(role=OT)
    with pytest.raises(RoleNotHeldError):
        made.desk.answer(BOB, INCIDENT.id, gate.id, "passed")
    told = made.desk.answer(ANN, "inc-old", gate.id, "passed", "bench 3")
    assert (told["by"], told["answer"], told["time"]) == ("ann", "passed", to_rfc3339(NOW))
    assert made.woken == [INCIDENT.id]
    with pytest.raises(TaskAnsweredError):
        made.desk.answer(ANN, INCIDENT.id, gate.id, "failed")
    with pytest.raises(NotKnownError):
        made.desk.answer(ANN, INCIDENT.id, "gate-2", "passed")


def test_an_incident_is_closed_by_a_person_and_only_when_nothing_is_owed(made: Office) -> None:
    made.put_intent(IntentState.IN_DOUBT)
    with pytest.raises(StillOpenError, match="disable_agent on Copilot is in_doubt"):
        made.desk.close(ANN, INCIDENT.id)
    made.put_intent(IntentState.CONFIRMED)
    told = made.desk.close(ANN, INCIDENT.id, "all is well")
    assert (told["kind"], told["answer"], told["by"]) == ("close", "close", "ann")
    assert made.woken == [INCIDENT.id]
    made.end(*PhaseName)
    with pytest.raises(IncidentClosedError):
        made.desk.close(ANN, INCIDENT.id)


def test_closing_by_answering_the_question_is_no_way_round(made: Office) -> None:
    made.put_intent(IntentState.SENT)
    close = made.put_task(id="close", kind=TaskKind.CLOSE, options=("close",))
    with pytest.raises(StillOpenError):
        made.desk.answer(ANN, INCIDENT.id, close.id, "close")


def test_an_incident_is_shown_whole_with_questions_and_journal(made: Office) -> None:
    made.put_task()
    made.put_intent(IntentState.SENT)
    told = made.desk.incident(ANN, "inc-old")
    json.dumps(told)
    assert (told["id"], told["closed"]) == (INCIDENT.id, False)
    assert [one["id"] for one in told["tasks"]] == ["gate-1"]
    assert [one["state"] for one in told["intents"]] == ["sent"]
    assert [one["closed"] for one in made.desk.incidents(ANN)] == [False]


@pytest.mark.parametrize("who", [COLLECTOR, ADMINISTRATOR], ids=["source", "administrator"])
def test_neither_source_nor_administrator_decides_anything(made: Office, who: Principal) -> None:
    made.put_task()
    calls: list[Callable[[], object]] = [
        lambda: made.desk.decide(who, PLAN.id, PLAN.hash, APPROVE),
        lambda: made.desk.decide(who, PLAN.id, PLAN.hash, REFUSE),
        lambda: made.desk.mode(who, "Copilot", Mode.OBSERVE),
        lambda: made.desk.resume(who),
        lambda: made.desk.close(who, INCIDENT.id),
        lambda: made.desk.answer(who, INCIDENT.id, "gate-1", "passed"),
    ]
    for call in calls:
        with pytest.raises((NotAllowedError, ModeUnchangedError)):
            call()
    assert made.audit() == []


def test_a_source_reads_nothing_and_stops_nothing(made: Office) -> None:
    desk = made.desk
    calls: list[Callable[[], object]] = [
        lambda: desk.waiting(COLLECTOR),
        lambda: desk.incidents(COLLECTOR),
        lambda: desk.incident(COLLECTOR, INCIDENT.id),
        lambda: desk.plan(COLLECTOR, PLAN.id),
        lambda: desk.systems(COLLECTOR),
        lambda: desk.stop(COLLECTOR, "smoke"),
    ]
    for call in calls:
        with pytest.raises(NotAllowedError):
            call()


def test_what_is_not_there_is_told(made: Office) -> None:
    for name in ("plan-0", "", PLAN.hash[:11], "0" * 64):
        with pytest.raises(NotKnownError):
            made.desk.plan(ANN, name)
    with pytest.raises(UnknownIncidentError):
        made.desk.incident(ANN, "inc-9")
    with pytest.raises(NotKnownError):
        made.desk.mode(ANN, "nobody", Mode.OBSERVE)
    with pytest.raises(UsageError):
        made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE, None, "x" * 2_001)


def test_reading_does_not_wait_for_the_writer(made: Office) -> None:
    with made.store.state.transaction(), ThreadPoolExecutor(1) as pool:
        assert len(pool.submit(made.desk.waiting, ANN).result(timeout=10)) == 1


def test_the_same_person_twice_at_once_is_counted_once(made: Office) -> None:
    def approve(_number: int) -> str:
        try:
            return str(made.desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)["decision"])
        except PullcordError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(approve, range(8)))
    assert told == [AlreadyDecidedError.code] * 7 + ["approve"]


def test_a_plan_is_found_again_after_it_was_remembered(made: Office) -> None:
    for _ in range(2):
        assert made.desk.plan(ANN, PLAN.hash)["id"] == PLAN.id
    other = msgspec.structs.replace(INCIDENT, id="inc-2", aliases=())
    with made.store.state.transaction() as tx:
        tx.put_incident(other)
    second = plan((OT, 1), incident_id="inc-2")
    made.put_plan(second)
    assert made.desk.plan(ANN, second.id)["incident"]["id"] == "inc-2"


def test_a_decision_that_is_kept_is_told_as_kept_even_if_nobody_can_be_woken(
    made: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def nobody(_incident: str) -> None:
        raise LookupError("no such workflow")

    desk = dataclasses.replace(made.desk, wake=nobody)
    assert desk.decide(ANN, PLAN.id, PLAN.hash, APPROVE)["decision"] == "approve"
    assert "could not be woken" in caplog.text
    desk.close_reading()
