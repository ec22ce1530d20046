from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind
from pullcord.model.task import Task, TaskKind
from pullcord.response.people import PeopleInbox
from pullcord.store.folder import Store
from tests.response.build import Ticking, action, done, opened

TELL = action(ActionKind.NOTIFY_OWNER, owner="olga", deputy="olga", ot_owner="otto")
ASK = action(ActionKind.ASK_PEOPLE, question="run, slow or stop?", options='["run", "slow", "stop"]')


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def inbox(store: Store) -> PeopleInbox:
    return PeopleInbox(store.state, Ticking(), "inc-1")


def tasks(store: Store) -> list[Task]:
    with store.state.transaction() as tx:
        return list(tx.tasks("inc-1"))


def test_it_covers_only_what_is_for_people(store: Store) -> None:
    made = inbox(store)
    assert {kind for kind in ActionKind if made.covers(action(kind))} == made.describe.kinds
    assert made.describe.kinds == {ActionKind.NOTIFY_OWNER, ActionKind.ASK_PEOPLE}
    assert not made.describe.reaches_ot


def test_a_question_is_opened_once_and_an_answer_is_not_lost(store: Store) -> None:
    made = inbox(store)
    assert not done(made.plan(ASK)).already
    assert done(made.execute(ASK, "k", "")).status is ReceiptStatus.DONE
    first = tasks(store)[0]
    assert (first.kind, first.subject, first.options) == (
        TaskKind.QUESTION,
        ASK.id,
        ("run", "slow", "stop"),
    )
    assert first.question == "copilot: run, slow or stop?"
    assert done(made.plan(ASK)).already
    assert done(inbox(store).execute(ASK, "another", "")).status is ReceiptStatus.ALREADY
    assert tasks(store) == [first]


def test_those_who_are_named_are_told_each_once(store: Store) -> None:
    done(inbox(store).execute(TELL, "k", ""))
    assert tasks(store)[0].question == "For olga, otto: an incident concerns copilot."
    done(inbox(store).execute(action(ActionKind.NOTIFY_OWNER, "two"), "k", ""))
    assert tasks(store)[1].question == "For the security desk: an incident concerns two."


def test_it_looks_for_the_task_and_says_what_was_answered(store: Store) -> None:
    made = inbox(store)
    assert done(made.verify(TELL)).result is VerificationResult.REFUTED
    done(made.execute(TELL, "k", ""))
    seen = done(made.verify(TELL))
    assert (seen.result, seen.detail) == (VerificationResult.CONFIRMED, "answered: not yet")


def test_what_was_said_cannot_be_unsaid(store: Store) -> None:
    made = inbox(store)
    done(made.execute(TELL, "k", ""))
    assert done(made.rollback(TELL, "k", "")).status is ReceiptStatus.REFUSED
    assert len(tasks(store)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    options=st.one_of(
        st.text(max_size=20),
        st.sampled_from(["null", "3", "{}", '[""]', "[" * 2_000, '"x"', "[[1]]", "1e999"]),
    )
)
def test_options_that_make_no_sense_can_still_be_answered(store: Store, options: str) -> None:
    ask = action(ActionKind.ASK_PEOPLE, options=options)
    made = inbox(store)._task(ask)
    assert made.options
    assert all(made.options)
