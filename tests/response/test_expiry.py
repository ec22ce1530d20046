from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullcord.model.intent import Intent, IntentState
from pullcord.model.plan import Action, ActionClass, ActionKind, Expiry
from pullcord.model.responder import Delivery, Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Responder
from pullcord.response.expiry import may_release, sweep
from pullcord.response.journal import Journal, action_key
from pullcord.store.folder import Store
from tests.response.build import Ticking, action, done, incident, opened, plan
from tests.response.world import Device, World

CUT = action(ActionKind.DISABLE_AGENT)
BLOCK = msgspec.structs.replace(
    action(ActionKind.BLOCK_DESTINATION, "203.0.113.9", agents="[]"), expiry=Expiry.RELEASE
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(World(tmp_path / "world"))


class Installation:
    """A journal whose containments expire, and what sweeps it."""

    def __init__(self, store: Store, device: Device) -> None:
        self.store, self.device = store, device
        self.clock = Ticking()
        self.held = ""
        self.journal = Journal(store.state, self.clock, "me", lambda _: self.held, 1_000)

    def contain(self, *actions: Action) -> None:
        for one in actions:
            of = plan(one)
            done(self.journal.prepare(of, one, self.device, automatic=False))
            done(self.journal.act(of, one, self.device))

    def sweep(self, covering: Responder | None = None, *, nobody: bool = False) -> int:
        who = None if nobody else covering or self.device
        return done(sweep(self.store.state, self.clock, self.journal, lambda _: who, lambda: self.held))

    def tasks(self) -> list[Task]:
        with self.store.state.transaction() as tx:
            return list(tx.tasks())

    def state(self, of: Action) -> IntentState:
        with self.store.state.transaction() as tx:
            found = tx.intent(action_key(plan(of), of))
        assert found is not None
        return found.state


@pytest.fixture
def made(store: Store, device: Device) -> Installation:
    return Installation(store, device)


@pytest.mark.parametrize("later", [True, False])
def test_a_block_that_another_incident_wants_too_ends_with_that_one(
    made: Installation, *, later: bool
) -> None:
    """Each of the two is released when both have run their time."""
    made.contain(BLOCK)
    made.clock.time += 2_000 if later else 0
    theirs = plan(BLOCK, incident_id="inc-2")
    with made.store.state.transaction() as tx:
        tx.put_incident(incident("inc-2"))
    done(made.journal.prepare(theirs, BLOCK, made.device, automatic=False))
    done(made.journal.act(theirs, BLOCK, made.device))
    if later:
        made.sweep()
        assert made.state(BLOCK) is IntentState.CONFIRMED
        assert (made.device.world.holds(BLOCK), made.tasks()) == (True, [])
    made.clock.time += 2_000
    made.sweep()
    assert made.state(BLOCK) is IntentState.UNDONE


def test_nothing_happens_before_its_time(made: Installation) -> None:
    made.contain(CUT, BLOCK)
    assert made.sweep() == 0
    assert made.tasks() == []


def test_a_containment_stays_and_its_owner_is_asked_once(made: Installation) -> None:
    made.contain(CUT)
    made.clock.time += 2_000
    assert made.sweep() == 1
    assert made.sweep() == 0
    assert made.state(CUT) is IntentState.CONFIRMED
    assert made.device.world.holds(CUT)
    assert [(one.kind, one.subject) for one in made.tasks()] == [(TaskKind.EXPIRED, CUT.id)]
    assert "stays in force" in made.tasks()[0].question


def test_a_blocked_stranger_is_released_without_anybody(made: Installation) -> None:
    made.contain(BLOCK)
    made.clock.time += 2_000
    assert made.sweep() == 1
    assert made.sweep() == 0
    assert made.state(BLOCK) is IntentState.UNDONE
    assert not made.device.world.holds(BLOCK)
    assert made.tasks() == []


def test_a_stop_holds_releases_but_people_are_asked_all_the_same(made: Installation) -> None:
    made.contain(BLOCK, CUT)
    made.clock.time += 2_000
    made.held = "stopped by ann"
    made.sweep()
    assert made.device.world.holds(BLOCK)
    assert [one.subject for one in made.tasks()] == [CUT.id]
    made.held = ""
    made.sweep()
    assert not made.device.world.holds(BLOCK)


def test_a_stop_that_comes_in_between_holds_it_and_not_the_rest(made: Installation) -> None:
    """``held`` said no, the journal says yes: whoever looks last wins, and the others are still looked at."""
    made.contain(BLOCK, CUT)
    made.clock.time += 2_000
    made.held = "stopped"
    work = sweep(made.store.state, made.clock, made.journal, lambda _: made.device, lambda: "")
    assert done(work) == 2
    assert made.device.world.holds(BLOCK)
    assert [one.subject for one in made.tasks()] == [CUT.id]


@pytest.mark.parametrize("nobody", [False, True])
def test_what_cannot_be_released_is_asked(made: Installation, tmp_path: Path, *, nobody: bool) -> None:
    def breaks() -> None:
        raise ConnectionResetError("cable")

    made.contain(BLOCK)
    made.clock.time += 2_000
    blind = Device(made.device.world, delivery=Delivery.BLIND, before=breaks)
    made.sweep(blind, nobody=nobody)
    assert [one.kind for one in made.tasks()] == [TaskKind.EXPIRED]
    assert made.device.world.holds(BLOCK)


def test_what_was_taken_back_meanwhile_is_not_asked(made: Installation) -> None:
    made.contain(CUT)
    made.clock.time += 2_000
    with made.store.state.transaction() as tx:
        found = tx.intent(action_key(plan(CUT), CUT))
    assert found is not None
    made.journal.prepare_undo(found)
    done(made.journal.undo(found, made.device))
    assert made.sweep() == 0
    assert made.tasks() == []


def intent(of: Action) -> Intent:
    return Intent(
        key="k",
        incident_id="inc-1",
        plan_hash="h",
        action=of,
        responder="r",
        delivery=Delivery.IDEMPOTENT,
        state=IntentState.CONFIRMED,
        prepared=Prepared(prestate=""),
        executor="me",
        time=1,
        expires=1,
    )


PARAMS = st.dictionaries(
    st.sampled_from(["agents", "tools", "destination"]),
    st.sampled_from(["", "[]", '["copilot"]', "copilot", " ", "null", "[ ]"]),
)


@given(
    kind=st.sampled_from(ActionKind),
    expiry=st.sampled_from(Expiry),
    ot=st.booleans(),
    params=PARAMS,
    level=st.sampled_from(ActionClass),
)
@example(kind=ActionKind.BLOCK_DESTINATION, expiry=Expiry.RELEASE, ot=False, params={}, level=ActionClass.R0)
def test_nothing_ever_gives_an_ai_anything_back(
    kind: ActionKind,
    expiry: Expiry,
    ot: bool,  # noqa: FBT001
    params: Mapping[str, str],
    level: ActionClass,
) -> None:
    of = Action(
        id="a",
        kind=kind,
        target="t",
        action_class=level,
        expiry=expiry,
        reaches_ot=ot,
        params=dict(params),
    )
    if may_release(intent(of)):
        assert kind is ActionKind.BLOCK_DESTINATION
        assert expiry is Expiry.RELEASE
        assert not ot
        assert params.get("agents", "") in {"", "[]"}
    elif kind is ActionKind.BLOCK_DESTINATION and expiry is Expiry.RELEASE and not ot:
        assert params["agents"]
