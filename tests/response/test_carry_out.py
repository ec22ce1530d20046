from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pullcord.model.outcome import ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, ApproverRole, Plan
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Responder
from pullcord.response import carry_out as module
from pullcord.response.carry_out import approval_key, carry_out, snapshots
from pullcord.response.journal import action_key, in_time
from pullcord.response.permission import Answer, NobodyDecides, Permission, SimulatedApprovals
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, approval, done, need, opened, plan, work

SNAPSHOT, CUT = action(ActionKind.SNAPSHOT), action(ActionKind.DISABLE_AGENT)
SWITCH = action(ActionKind.SWITCH_TO_FALLBACK)
PLAN = plan(SNAPSHOT, CUT, needs=[need(ApproverRole.OT)])
GO = Permission(Answer.GO)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def carried(
    store: Store, *responders: Responder, permission: Permission = GO, of: Plan = PLAN, live: bool = False
) -> int:
    policy = SimulatedApprovals(Ticking()) if permission.answer is Answer.GO else NobodyDecides()
    under_way = work(store, *responders, policy=policy, live=live)

    async def both() -> int:
        await snapshots(under_way, of)
        return await carry_out(under_way, of, permission)

    return done(both())


def statuses(store: Store) -> list[ReceiptStatus]:
    with store.state.transaction() as tx:
        return [one.status for one in tx.receipts("inc-1")]


def details(store: Store) -> list[str]:
    with store.state.transaction() as tx:
        return [one.detail for one in tx.receipts("inc-1")]


def seen(store: Store) -> dict[str, Verification]:
    with store.state.transaction() as tx:
        return tx.verifications("inc-1")


def tasks(store: Store) -> list[Task]:
    with store.state.transaction() as tx:
        return list(tx.tasks("inc-1"))


@pytest.mark.parametrize(
    ("answer", "status"), [(Answer.PAPER, ReceiptStatus.WOULD_ACT), (Answer.REFUSED, ReceiptStatus.REFUSED)]
)
def test_without_permission_it_takes_evidence_and_touches_nothing_else(
    store: Store, answer: Answer, status: ReceiptStatus
) -> None:
    canary = Canary()
    assert carried(store, canary, permission=Permission(answer, "because")) == 1
    assert canary.calls == ["plan snapshot", "execute snapshot as it was", "verify snapshot"]
    assert statuses(store) == [ReceiptStatus.DONE, status]
    assert details(store)[1] == "because"
    assert list(seen(store)) == [action_key(PLAN, SNAPSHOT)]


def test_what_is_granted_is_carried_out_in_order_and_verified_when_all_is_done(store: Store) -> None:
    canary = Canary()
    limit = action(ActionKind.RESTRICT_TOOLS)
    of = plan(SNAPSHOT, limit, CUT)
    assert carried(store, canary, of=of) == 3
    assert canary.calls == [
        *("plan snapshot", "execute snapshot as it was", "verify snapshot"),
        *("plan restrict_tools", "execute restrict_tools as it was"),
        *("plan disable_agent", "execute disable_agent as it was"),
        *("verify restrict_tools", "verify disable_agent"),
    ]
    assert statuses(store) == [ReceiptStatus.DONE] * 3
    assert set(seen(store)) == {action_key(of, one) for one in of.actions}


@pytest.mark.parametrize("live", [False, True])
def test_a_kind_without_responder_is_left_to_people(store: Store, *, live: bool) -> None:
    carried(store, Canary(kinds=frozenset({ActionKind.SNAPSHOT})), live=live)
    assert statuses(store) == [ReceiptStatus.DONE, ReceiptStatus.WOULD_ACT]
    assert "people" in details(store)[1]
    assert [one.kind for one in tasks(store)] == ([TaskKind.BY_HAND] if live else [])


@pytest.mark.parametrize("error", [OSError("no route"), TimeoutError("late"), ConnectionResetError("gone")])
def test_no_answer_is_unknown_does_not_stop_the_rest_and_is_asked(store: Store, error: Exception) -> None:
    carried(store, Canary(fails=error), live=True)
    assert statuses(store) == [ReceiptStatus.DONE] * 2
    assert [one.result for one in seen(store).values()] == [VerificationResult.UNKNOWN] * 2
    assert str(error) in next(iter(seen(store).values())).detail
    assert [one.kind for one in tasks(store)] == [TaskKind.UNVERIFIED] * 2


class Silent(Canary):
    """A responder whose look never comes back."""

    async def verify(self, action: Action) -> Verification:
        await asyncio.sleep(60)
        raise AssertionError(action)


def test_a_look_that_never_ends_is_unknown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "in_time", partial(in_time, seconds=0.05))
    carried(store, Silent())
    assert {one.result for one in seen(store).values()} == {VerificationResult.UNKNOWN}


def test_an_aborted_action_is_not_verified_and_does_not_stop_the_rest(store: Store) -> None:
    canary = Canary(status=ReceiptStatus.ABORTED)
    two = plan(CUT, action(ActionKind.THROTTLE))
    assert carried(store, canary, of=two) == 0
    assert statuses(store) == [ReceiptStatus.ABORTED] * 2
    assert not [one for one in canary.calls if one.startswith("verify")]


UNSURE = [
    {"fails": TimeoutError("late")},
    {"seen": VerificationResult.REFUTED},
    {"seen": VerificationResult.UNKNOWN},
    {"status": ReceiptStatus.REFUSED},
    {"status": ReceiptStatus.ABORTED},
    {"status": ReceiptStatus.IN_DOUBT},
]


@pytest.mark.parametrize("unsure", UNSURE, ids=str)
@pytest.mark.parametrize(
    "kind", [ActionKind.DISABLE_AGENT, ActionKind.BLOCK_EGRESS, ActionKind.REVOKE_CREDENTIAL]
)
def test_a_system_whose_switch_is_not_confirmed_is_not_cut(
    store: Store, kind: ActionKind, unsure: dict[str, object]
) -> None:
    switcher = Canary(kinds=frozenset({ActionKind.SWITCH_TO_FALLBACK}), **unsure)  # type: ignore[arg-type]
    canary, other = Canary(), action(kind, "another")
    carried(store, switcher, canary, of=plan(SWITCH, action(kind), other))
    assert [one for one in canary.calls if one.startswith("execute")] == [f"execute {kind.value} as it was"]
    with store.state.transaction() as tx:
        acted = [one.action.target for one in tx.intents("inc-1") if one.action.kind is kind]
    assert acted == ["another"]
    assert "production still hangs on it" in details(store)[1]


def test_without_a_responder_for_the_switch_it_is_not_cut_either(store: Store) -> None:
    canary = Canary(kinds=frozenset({ActionKind.DISABLE_AGENT}))
    carried(store, canary, of=plan(SWITCH, CUT))
    assert canary.calls == []


def test_a_confirmed_switch_is_followed_by_the_cut(store: Store) -> None:
    canary = Canary()
    assert carried(store, canary, of=plan(SWITCH, CUT)) == 2
    assert canary.calls.index("verify switch_to_fallback") < canary.calls.index(
        "execute disable_agent as it was"
    )


def test_people_are_asked_about_what_is_in_doubt(store: Store) -> None:
    carried(store, Canary(status=ReceiptStatus.IN_DOUBT), of=plan(CUT), live=True)
    assert [one.kind for one in tasks(store)] == [TaskKind.IN_DOUBT]


def test_giving_back_is_never_carried_out_like_an_action(store: Store) -> None:
    canary = Canary()
    assert carried(store, canary, of=plan(action(ActionKind.RETURN_TO_SERVICE))) == 0
    assert canary.calls == []


@pytest.mark.parametrize(("why", "automatic"), [("automatic", True), ("", False)])
def test_the_journal_knows_whether_a_person_decided(store: Store, why: str, *, automatic: bool) -> None:
    carried(store, Canary(), of=plan(CUT), permission=Permission(Answer.GO, why))
    with store.state.transaction() as tx:
        assert [one.automatic for one in tx.intents("inc-1")] == [automatic]


def test_decisions_of_different_people_and_roles_are_kept_apart() -> None:
    given = [
        approval(PLAN, "ann", ApproverRole.OT),
        approval(PLAN, "bob", ApproverRole.OT),
        approval(PLAN, "ann", ApproverRole.SECURITY),
    ]
    assert len({approval_key(PLAN, one) for one in given}) == 3
