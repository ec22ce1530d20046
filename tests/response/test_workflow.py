from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pullcord.model.explanation import Explanation
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.model.plan import ActionKind, Plan
from pullcord.model.task import TaskKind
from pullcord.ports import Transaction
from pullcord.response.case import Case, Judges
from pullcord.response.engine import Direct
from pullcord.response.engine import Work as Work_
from pullcord.response.simulation import recorded_means
from pullcord.response.work import OneTransaction
from pullcord.response.workflow import MOST_ROUNDS, is_closed, run_live, run_recorded
from pullcord.store.folder import Store
from tests.response.build import Canary, Ticking, action, case, done, incident, judges, opened, work

JUDGES = judges(
    contain=[action(ActionKind.SNAPSHOT), action(ActionKind.DISABLE_AGENT)],
    recover=[action(ActionKind.ROTATE_CREDENTIAL)],
)
AFTER = [PhaseName.CONTAIN, PhaseName.INVESTIGATE, PhaseName.RECOVER, PhaseName.LEARN]


class BrokenError(Exception):
    """What the tests throw into a phase."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def carry(store: Store, made: Judges) -> list[PhaseName]:
    told: list[PhaseName] = []
    joined = OneTransaction(store.state)
    means = recorded_means(made, joined, store.vault, Ticking(), simulate=True)
    done(run_recorded(case(), joined, means, told.append))
    return told


def phases(store: Store) -> tuple[Phase, ...]:
    with store.state.transaction() as tx:
        return tx.phases("inc-1")


def kept(store: Store) -> dict[str, object]:
    with store.state.transaction() as tx:
        return {
            "plans": tx.plans("inc-1"),
            "approvals": len(tx.approvals("inc-1")),
            "receipts": [(one.key, one.status) for one in tx.receipts("inc-1")],
            "verifications": sorted(tx.verifications("inc-1")),
            "explanations": tx.explanations("inc-1"),
            "phases": [(one.name, one.outcome) for one in tx.phases("inc-1")],
        }


def no_contain(_case: Case, _told: Sequence[Explanation], _done: object) -> Plan:
    raise BrokenError


def no_recover(_case: Case, _told: Sequence[Explanation], _contained: Plan) -> Plan:
    raise BrokenError


def test_each_phase_is_told_once_and_ends(store: Store) -> None:
    assert carry(store, JUDGES) == AFTER
    assert [one.name for one in phases(store)] == AFTER
    assert all(one.end is not None and one.start < one.end for one in phases(store))


def test_a_closed_incident_is_not_touched_again(store: Store) -> None:
    carry(store, JUDGES)
    before = kept(store), phases(store), store.vault.entries()
    assert carry(store, replace(JUDGES, contain=no_contain, recover=no_recover)) == []
    assert (kept(store), phases(store), store.vault.entries()) == before


@pytest.mark.parametrize(
    ("broken", "ended"),
    [
        (replace(JUDGES, contain=no_contain), []),
        (replace(JUDGES, recover=no_recover), [PhaseName.CONTAIN, PhaseName.INVESTIGATE]),
    ],
)
def test_a_broken_phase_leaves_nothing_and_is_made_up_for(
    store: Store, tmp_path: Path, broken: Judges, ended: list[PhaseName]
) -> None:
    with pytest.raises(BrokenError):
        carry(store, broken)
    assert [one.name for one in phases(store)] == ended
    with store.state.transaction() as tx:
        assert len(tx.plans("inc-1")) == (1 if ended else 0)
    assert carry(store, JUDGES) == [name for name in AFTER if name not in ended]
    with opened(tmp_path / "other") as other:
        carry(other, JUDGES)
        assert kept(store) == kept(other)


class BrokenWriteState:
    """A state whose transactions break when they are about to become durable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.state.transaction() as tx:
            yield tx
            raise BrokenError


def test_a_phase_that_breaks_at_its_very_end_leaves_only_evidence(store: Store) -> None:
    joined = OneTransaction(BrokenWriteState(store))
    means = recorded_means(JUDGES, joined, store.vault, Ticking(), simulate=True)
    with pytest.raises(BrokenError):
        done(run_recorded(case(), joined, means, lambda _: None))
    assert phases(store) == ()
    assert kept(store)["receipts"] == []
    entries = len(store.vault.entries())
    assert carry(store, JUDGES) == AFTER
    assert len(store.vault.entries()) == entries, "evidence is not kept twice"


def test_closed_means_that_all_six_phases_have_ended() -> None:
    whole = tuple(Phase(name=name, start=1, end=2, outcome=PhaseOutcome.DONE) for name in PhaseName)
    assert is_closed(whole)
    assert not is_closed(whole[:5])
    assert not is_closed((*whole[:5], Phase(name=PhaseName.LEARN, start=1)))
    assert not is_closed(())


def test_an_incident_that_never_rests_is_left_to_people(store: Store) -> None:
    """Each look at whether it may be closed finds one more finding; people close it in the end."""
    under_way = work(store, Canary(), made=judges(), live=True)
    rounds = 0

    class Restless(Direct):
        async def step(self, name: str, work: Work_) -> str:
            nonlocal rounds
            rounds += name.startswith("investigate")
            if name.startswith("learn: may it be closed"):
                with store.state.transaction() as tx:
                    before = incident()
                    more = (*before.finding_ids, *(f"g{number}" for number in range(rounds)))
                    tx.put_incident(msgspec.structs.replace(before, finding_ids=more))
            return await super().step(name, work)

        async def wait(self, seconds: float) -> None:
            del seconds
            with store.state.transaction() as tx:
                asked = [one for one in tx.tasks("inc-1") if one.id.startswith("rounds-")]
                questions.append(asked[-1].question)
                if len(asked) == 1:
                    tx.put_task(msgspec.structs.replace(asked[0], answer="retry", by="ann", time=1))
                    return
                task = next(one for one in tx.tasks("inc-1") if one.kind is TaskKind.CLOSE)
                tx.put_task(msgspec.structs.replace(task, answer="close", by="ann", time=1))

    questions: list[str] = []
    done(run_live("inc-1", Restless(), store.state, under_way.means, lambda _: case()))
    assert rounds == 2 * MOST_ROUNDS, "people said once that it shall go on"
    assert "some are not contained yet" in questions[0]
    assert {one.name for one in phases(store)} == set(AFTER)
