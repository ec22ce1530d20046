from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pullcord.model.errors import UsageError
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode, OtAccess, OtNode
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import ActionKind, ApproverRole
from pullcord.model.times import HOUR, MINUTE
from pullcord.response.errors import HeldError
from pullcord.response.journal import action_key
from pullcord.response.live_means import LiveResponders, Rooms, Wanted, live_means
from pullcord.response.live_policy import Caps, LivePolicy
from pullcord.response.stops import Stops
from pullcord.store.folder import Store
from tests.response.build import action, approval, case, done, judges, need, opened, plan
from tests.response.live import inventory
from tests.response.people import SetClock

FLAG = Wanted("feature_flag", "copilot", {"file": "flags.json", "flag": "agent"})
CUT, SHOT = action(ActionKind.DISABLE_AGENT), action(ActionKind.SNAPSHOT)
TELL, SWITCH = action(ActionKind.NOTIFY_OWNER), action(ActionKind.SWITCH_TO_FALLBACK)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


class Site:
    """One installation: its clocks, stops, and what it is told of the clock of the OT writer."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.clock = SetClock()
        self.stops = Stops(folder / "stop")
        self.ahead: list[int] = []
        flag = {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "on"}
        (folder / "flags.json").write_text(json.dumps({"flags": {"agent": flag}}))

    def responders(self, *wanted: Wanted) -> LiveResponders:
        return LiveResponders(wanted, self.folder, self.clock, lambda one: one, self.ahead.append)

    def rooms(self, responders: LiveResponders) -> Rooms:
        caps = Caps(approval=HOUR, actions_per_hour=3, share_percent=50)
        policy = LivePolicy(inventory("copilot"), self.clock, caps, self.stops, "", lambda: None)
        return Rooms(
            self.store.state, self.store.vault, self.clock, "me", responders, policy, expiry=8 * HOUR
        )


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Site:
    return Site(store, tmp_path)


def test_evidence_and_people_come_before_the_responders_of_the_settings(site: Site) -> None:
    means = live_means(judges(), site.rooms(site.responders(FLAG)))
    found = means.responders(case(), (), ())
    assert means.live
    assert [one.covers(SHOT) for one in found] == [True, False, False]
    assert [one.covers(TELL) for one in found] == [False, True, False]
    assert [one.covers(CUT) for one in found] == [False, False, True]
    assert not found[2].covers(action(ActionKind.DISABLE_AGENT, "another"))
    assert not [one for one in found if one.describe.simulated]


@pytest.mark.parametrize("wanted", [Wanted("magic", "copilot", {}), Wanted("feature_flag", "copilot", {})])
def test_settings_that_make_no_sense_are_refused_at_the_start(site: Site, wanted: Wanted) -> None:
    with pytest.raises(UsageError, match=f"responder {wanted.kind} for copilot"):
        site.responders(wanted)


def test_the_way_to_ot_is_for_systems_with_a_mode_switch_only(site: Site) -> None:
    made = site.responders()
    plain, switched = inventory("plain", "copilot").ai_systems
    read = OtNode(address="ns=2;i=1", access=OtAccess.READ)
    node = OtNode(address="ns=2;i=2", access=OtAccess.MODE_SWITCH)
    systems = [
        msgspec.structs.replace(plain, ot_nodes=(read,)),
        msgspec.structs.replace(switched, ot_nodes=(read, node)),
    ]
    made.with_ot(site.folder / "ot.sock", systems)
    (ot,) = made.all()
    assert ot.describe.reaches_ot
    assert ot.covers(SWITCH)
    assert not ot.covers(action(ActionKind.SWITCH_TO_FALLBACK, "plain"))
    assert not ot.covers(CUT)


def test_a_clock_of_the_ot_writer_that_disagrees_is_told(site: Site) -> None:
    made = site.responders()
    made.with_ot(site.folder / "ot.sock", [])
    made.all()
    assert site.ahead == []
    assert made._ot is not None
    made._ot.last_disagreement = 2 * MINUTE
    made.all()
    assert site.ahead == [2 * MINUTE]


def test_the_journal_asks_the_stop_and_lets_containment_expire(site: Site) -> None:
    means = live_means(judges(), site.rooms(site.responders(FLAG)))
    of = plan(CUT, SHOT, mode=Mode.RECOMMEND, needs=[need(ApproverRole.SECURITY)])
    evidence, _, flag = means.responders(case(), (), ())
    with site.store.state.transaction() as tx:
        tx.put_record("inc-1", of.id, of)
        tx.put_mode(ModeChange(system="copilot", mode=of.mode, requested_by="o", requested=1, time=2))
    done(means.journal.prepare(of, CUT, flag, automatic=False))
    site.stops.stop("ann", "smoke", site.clock.now())
    with pytest.raises(HeldError, match="stopped by ann: smoke"):
        done(means.journal.act(of, CUT, flag))
    done(means.journal.prepare(of, SHOT, evidence, automatic=True))
    done(means.journal.act(of, SHOT, evidence))
    site.stops.resume("ann", site.clock.now())
    site.stops.resume("bob", site.clock.now())
    with pytest.raises(HeldError, match="waits for 1 × approver-security"):
        done(means.journal.act(of, CUT, flag))
    with site.store.state.transaction() as tx:
        given = approval(of, "ann", ApproverRole.SECURITY)
        tx.put_record("inc-1", "a", msgspec.structs.replace(given, time=site.clock.now()))
    done(means.journal.act(of, CUT, flag))
    flags = json.loads((site.folder / "flags.json").read_text())["flags"]
    assert flags["agent"]["defaultVariant"] == "off"
    with site.store.state.transaction() as tx:
        cut, shot = tx.intent(action_key(of, CUT)), tx.intent(action_key(of, SHOT))
    assert cut is not None
    assert shot is not None
    assert (cut.state, cut.expires) == (IntentState.CONFIRMED, site.clock.now() + 8 * HOUR)
    assert (shot.state, shot.expires) == (IntentState.CONFIRMED, None)


def test_who_can_take_an_action_back_is_found_again(site: Site) -> None:
    made = site.responders(FLAG)
    means = live_means(judges(), site.rooms(made))
    done(means.journal.prepare(plan(CUT), CUT, made.all()[0], automatic=False))
    with site.store.state.transaction() as tx:
        (found,) = tx.intents()
    assert made.covering(found) is made.all()[0]
    assert site.responders().covering(found) is None
