from __future__ import annotations

from pathlib import Path

from pullcord.model.plan import ActionKind
from pullcord.response.permission import Answer, NobodyDecides, SimulatedApprovals
from pullcord.response.simulation import recorded_means
from pullcord.response.work import Means
from pullcord.store.folder import Store
from tests.response.build import Ticking, action, case, done, judges, opened

CUT = action(ActionKind.DISABLE_AGENT)


def means(store: Store, *, simulate: bool) -> Means:
    return recorded_means(judges([CUT]), store.state, store.vault, Ticking(), simulate=simulate)


def test_planning_only_has_nobody_to_ask_and_only_evidence_to_keep(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        made = means(store, simulate=False)
        responders = made.responders(case(), (), ())
    assert isinstance(made.policy, NobodyDecides)
    assert not made.live
    assert frozenset().union(*(one.describe.kinds for one in responders)) == {ActionKind.SNAPSHOT}


def test_simulation_reaches_no_live_responder(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        made = means(store, simulate=True)
        responders = made.responders(case(), (), ())
    assert isinstance(made.policy, SimulatedApprovals)
    assert not made.live
    described = [one.describe for one in responders]
    real: frozenset[ActionKind] = frozenset().union(*(one.kinds for one in described if not one.simulated))
    assert real == {ActionKind.SNAPSHOT}
    reached: frozenset[ActionKind] = frozenset().union(*(one.kinds for one in described))
    assert ActionKind.RETURN_TO_SERVICE not in reached
    assert ActionKind.DISABLE_AGENT in reached


def test_all_approvals_are_marked_as_simulated(tmp_path: Path) -> None:
    planned = judges([CUT]).contain(case(), (), ())
    with opened(tmp_path) as store, store.state.transaction() as tx:
        given = means(store, simulate=True).policy.permission(planned, tx)
    assert given.answer is Answer.GO
    assert given.made
    assert all(one.simulated for one in given.made)


def test_what_was_carried_out_before_is_known_to_the_plant(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        plant = means(store, simulate=True).responders(case(), [CUT], ())[1]
        assert done(plant.plan(CUT)).already
        assert not done(plant.plan(action(ActionKind.THROTTLE))).already
