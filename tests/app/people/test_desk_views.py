from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.app.people.desk_views import (
    Kept,
    Moment,
    intent_out,
    kept_plans,
    mode_waiting,
    open_plans,
    out,
    plan_out,
    plan_waiting,
    stop_waiting,
    system_out,
    task_waiting,
)
from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import change_hash
from pullcord.model.plan import PlanPurpose
from pullcord.model.task import TaskKind
from pullcord.model.times import HOUR, to_rfc3339
from pullcord.response.modes import agree, lower, request
from pullcord.response.stops import Stop
from tests.app.desks import ANN, BOB, INCIDENT, INVENTORY, MIA, PLAN, Office, intent, office, task
from tests.response.people import ADMINISTRATOR, LONGEST, NOW, OT, approval, person, plan, refusal

AT = Moment(NOW, LONGEST)
KEPT = Kept(PLAN, INCIDENT, (), current=True, over="")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


def test_the_last_plan_of_each_purpose_is_current(made: Office) -> None:
    newer = plan((OT, 1), reasons=("more",))
    recovery = plan(purpose=PlanPurpose.RECOVER)
    made.put_plan(newer, recovery)
    with made.store.state.transaction() as tx:
        found = kept_plans(tx, INCIDENT)
    assert [(kept.plan.id, kept.current) for kept in found] == [
        (PLAN.id, False),
        (newer.id, True),
        (recovery.id, True),
    ]


def test_an_ended_phase_ends_the_deciding_on_its_plans_only(made: Office) -> None:
    recovery = plan(purpose=PlanPurpose.RECOVER)
    made.put_plan(recovery)
    made.end(PhaseName.CONTAIN)
    with made.store.state.transaction() as tx:
        contain, recover = open_plans(tx, INCIDENT)
    assert "contain" in contain.over
    assert recover.over == ""
    made.end(PhaseName.RECOVER)
    with made.store.state.transaction() as tx:
        assert open_plans(tx, INCIDENT) == []
        assert len(kept_plans(tx, INCIDENT)) == 2


def test_taking_back_what_an_older_plan_did_does_not_begin_it(made: Office) -> None:
    undo = msgspec.structs.replace(intent(IntentState.SENT), undoes="another")
    with made.store.state.transaction() as tx:
        tx.put_intent(undo)
        assert [kept.over for kept in kept_plans(tx, INCIDENT)] == [""]
    made.put_intent(IntentState.PLANNED)
    with made.store.state.transaction() as tx:
        assert [bool(kept.over) for kept in kept_plans(tx, INCIDENT)] == [True]


def test_a_plan_is_told_with_its_decisions_and_no_others() -> None:
    other = approval(plan((OT, 1)), "eve", OT)
    kept = Kept(PLAN, INCIDENT, (approval(PLAN, "ann", OT), other), current=True, over="")
    told = plan_out(kept, BOB, AT)
    assert [one["approver"] for one in told["decisions"]] == ["ann"]
    assert told["decisions"][0]["time"] == to_rfc3339(NOW)
    assert (told["granted"], told["is_refused"], told["yours"]) == (False, False, True)
    assert told["refused"] == []
    assert (told["hash"], told["incident"]["severity"]) == (PLAN.hash, "high")


@pytest.mark.parametrize(
    "kept",
    [
        Kept(PLAN, INCIDENT, (), current=False, over=""),
        Kept(PLAN, INCIDENT, (), current=True, over="too late"),
        Kept(PLAN, INCIDENT, (refusal(PLAN, "eve", OT),), current=True, over=""),
        Kept(plan(), INCIDENT, (), current=True, over=""),
    ],
    ids=["superseded", "over", "refused", "needs nobody"],
)
def test_what_nobody_can_decide_does_not_wait(kept: Kept) -> None:
    assert plan_waiting(kept, ANN, AT) is None
    assert plan_waiting(KEPT, ANN, AT) is not None


def test_an_approval_that_expired_lets_the_plan_wait_for_the_same_person() -> None:
    kept = Kept(PLAN, INCIDENT, (approval(PLAN, "ann", OT),), current=True, over="")
    for at, yours in ((AT, False), (Moment(NOW + 5 * HOUR, LONGEST), True)):
        told = plan_waiting(kept, ANN, at)
        assert told is not None
        assert told["yours"] is yours


def test_a_question_is_yours_by_its_role() -> None:
    told = task_waiting(task(kind=TaskKind.EXPIRED), ANN)
    assert (told["kind"], told["about"], told["yours"], told["time"]) == ("task", "expired", True, None)
    assert told["opened"] == to_rfc3339(NOW)
    assert task_waiting(task(role=OT), BOB)["yours"] is False
    assert task_waiting(task(), ADMINISTRATOR)["yours"] is False


def test_a_mode_change_waits_for_who_has_not_spoken_yet() -> None:
    asked = request("Copilot", Mode.OBSERVE, Mode.RECOMMEND, BOB, NOW)
    told = mode_waiting(asked, MIA, AT)
    assert told is not None
    assert (told["mode"], told["requested"], told["hash"]) == (
        "recommend",
        to_rfc3339(NOW),
        change_hash(asked),
    )
    agreed = agree(asked, MIA, NOW, LONGEST)
    for who, yours in ((MIA, False), (BOB, False), (ANN, True), (person("x"), False)):
        found = mode_waiting(agreed, who, AT)
        assert found is not None
        assert found["yours"] is yours
    assert mode_waiting(asked, MIA, Moment(NOW + 5 * HOUR, LONGEST)) is None


def test_a_stop_waits_for_a_second_person() -> None:
    stop = Stop(who="bob", reason="smoke", time=NOW, resumed_by="ann", resumed=NOW)
    assert [stop_waiting(stop, who)["yours"] for who in (ANN, BOB, ADMINISTRATOR)] == [False, True, False]
    told = stop_waiting(stop, ANN)
    assert (told["kind"], told["by"], told["resumed"]) == ("stop", "person", to_rfc3339(NOW))


def test_a_system_is_observed_until_a_change_is_in_force() -> None:
    system = msgspec.structs.replace(INVENTORY.ai_systems[0], mode=Mode.ACT_R1)
    told = system_out(system, None, None, None)
    assert (told["mode"], told["since"], told["stop"], told["fallback"]) == ("observe", None, None, None)
    told = system_out(system, lower("Copilot", Mode.RECOMMEND, ANN, NOW), None, None)
    assert (told["mode"], told["since"]) == ("recommend", to_rfc3339(NOW))


def test_times_leave_as_text_and_what_is_not_there_as_null() -> None:
    line = msgspec.structs.replace(intent(IntentState.SENT), expires=NOW)
    told = intent_out(line)
    assert (told["time"], told["expires"], told["state"]) == (to_rfc3339(NOW), to_rfc3339(NOW), "sent")
    assert intent_out(intent(IntentState.SENT))["expires"] is None
    assert out(task())["time"] is None
