from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.model.inventory import Mode
from pullcord.model.plan import ActionKind, ApproverRole
from pullcord.ports import Transaction
from pullcord.response.approvals import granted
from pullcord.response.permission import Answer, NobodyDecides, SimulatedApprovals, asked, on_paper
from tests.response.build import Ticking, action, need, opened, plan

PLAN = plan(action(ActionKind.DISABLE_AGENT), needs=[need(ApproverRole.OT, 2), need(ApproverRole.SECURITY)])


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Transaction]:
    with opened(tmp_path) as store, store.state.transaction() as made:
        yield made


def test_a_planning_run_asks_nobody_and_says_whom_it_would_have_asked(tx: Transaction) -> None:
    found = NobodyDecides().permission(PLAN, tx)
    assert (found.answer, found.made) == (Answer.PAPER, ())
    assert "2 × approver-ot, 1 × approver-security" in found.why


def test_simulated_approvals_are_marked_and_would_be_enough(tx: Transaction) -> None:
    found = SimulatedApprovals(Ticking()).permission(PLAN, tx)
    assert found.answer is Answer.GO
    assert len({one.approver for one in found.made}) == 3
    assert all(one.simulated and one.plan_hash == PLAN.hash for one in found.made)
    assert granted(PLAN, found.made)
    assert not granted(PLAN, found.made, now=10**9), "never where somebody real may be affected"
    assert tx.approvals("inc-1") == (), "they are handed over, not kept here"


def test_a_plan_that_needs_nobody_makes_no_approvals(tx: Transaction) -> None:
    assert SimulatedApprovals(Ticking()).permission(plan(), tx).made == ()
    assert asked(plan()) == "nobody"


@pytest.mark.parametrize("mode", list(Mode))
def test_observe_is_paper_and_nothing_else_is(mode: Mode) -> None:
    found = on_paper(plan(mode=mode))
    assert (found is not None) == (mode is Mode.OBSERVE)
    assert found is None or found.answer is Answer.PAPER
