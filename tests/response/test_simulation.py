from __future__ import annotations

from pathlib import Path

from pullcord.model.plan import ActionKind
from pullcord.response.approvals import NobodyDecides, SimulatedDesk
from pullcord.response.simulation import recorded_means
from tests.response.build import Ticking, action, case, done, judges, opened, plan


def test_planning_only_has_nobody_to_ask_and_only_evidence_to_keep(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        means = recorded_means(judges(), store.vault, Ticking(), simulate=False)
        responders = means.responders(case(), (), ())
    assert isinstance(means.desk, NobodyDecides)
    assert frozenset().union(*(one.kinds for one in responders)) == {ActionKind.SNAPSHOT}


def test_simulation_reaches_no_live_responder(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        means = recorded_means(judges(), store.vault, Ticking(), simulate=True)
        responders = means.responders(case(), (), ())
    assert isinstance(means.desk, SimulatedDesk)
    live = frozenset().union(*(one.kinds for one in responders if not one.simulated))
    assert live == {ActionKind.SNAPSHOT}
    reached = frozenset().union(*(one.kinds for one in responders))
    assert ActionKind.RETURN_TO_SERVICE not in reached
    assert ActionKind.DISABLE_AGENT in reached


def test_all_approvals_are_marked_as_simulated(tmp_path: Path) -> None:
    planned = judges(contain=[action(ActionKind.DISABLE_AGENT)]).contain(case(), (), ())
    with opened(tmp_path) as store:
        means = recorded_means(judges(), store.vault, Ticking(), simulate=True)
        decided = means.desk.decide(planned)
    assert decided
    assert all(one.simulated for one in decided)


def test_what_was_carried_out_before_is_known_to_the_plant(tmp_path: Path) -> None:
    cut = action(ActionKind.DISABLE_AGENT)
    with opened(tmp_path) as store:
        means = recorded_means(judges(), store.vault, Ticking(), simulate=True)
        plant = means.responders(case(), [cut], ())[1]
        assert done(plant.plan(plan(cut).actions[0])) == "done"
        assert done(plant.plan(action(ActionKind.THROTTLE))) == "not done"
