from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord.app.backup.epoch import VOID, begin_epoch, epoch_of
from pullcord.model.approval import Decision
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.task import Task, TaskKind
from pullcord.store.folder import open_folder
from tests.app.states import NOW, intent, make_state


def test_nothing_goes_on_by_itself(tmp_path: Path) -> None:
    with open_folder(make_state(tmp_path)) as store:
        new = begin_epoch(store.state, after=0, now=NOW, source="backup b")
        with store.state.transaction() as tx:
            intents = {one.key: one for one in tx.intents()}
            approvals = tx.approvals("inc-1")
            modes, asked, leases = tx.modes(), tx.modes(in_force=False), tx.leases()
            log = list(tx.audit_log())
            assert epoch_of(tx) == new.epoch == 2
    assert set(new.in_doubt) == {"key-planned", "key-sent", "key-in_doubt"}
    for key in ("key-planned", "key-sent"):
        assert intents[key].state is IntentState.IN_DOUBT
        assert "before the backup" in intents[key].detail
        assert intents[key].time == NOW
    for state in (IntentState.IN_DOUBT, IntentState.CONFIRMED, IntentState.NOT_DONE, IntentState.UNDONE):
        assert intents[f"key-{state.value}"] == intent(f"key-{state.value}", state)
    assert [(one.decision, one.void) for one in approvals] == [
        (Decision.APPROVE, VOID),
        (Decision.REFUSE, ""),
    ]
    assert new.void == 1
    assert new.observing == ("copilot", "gatekeeper")
    observe = dict.fromkeys(new.observing, (Mode.OBSERVE, NOW, ()))
    assert {one: (mode.mode, mode.time, mode.approvals) for one, mode in modes.items()} == observe
    assert not asked
    assert not leases
    assert [one.who for one in log] == ["kim", "restore"]
    assert log[1].previous == log[0].chain
    assert log[1].detail == "epoch 2; 3 intents in doubt; 1 approvals void; 2 AI systems back to observe"


def question(subject: str, kind: TaskKind, answer: str | None) -> Task:
    by, time = (None, None) if answer is None else ("kim", 4)
    return Task(
        id=f"{kind.value} {subject}",
        incident_id="inc-1",
        kind=kind,
        subject=subject,
        question="?",
        options=("done", "not_done"),
        opened=3,
        answer=answer,
        by=by,
        time=time,
    )


def test_an_answer_older_than_the_doubt_is_asked_for_again(tmp_path: Path) -> None:
    stays = [
        question("key-confirmed", TaskKind.IN_DOUBT, "done"),
        question("key-in_doubt", TaskKind.IN_DOUBT, None),
        question("key-sent", TaskKind.UNVERIFIED, "done"),
    ]
    with open_folder(make_state(tmp_path)) as store:
        with store.state.transaction() as tx:
            for task in (*stays, question("key-sent", TaskKind.IN_DOUBT, "not_done")):
                tx.put_task(task)
        begin_epoch(store.state, after=0, now=NOW, source="b")
        with store.state.transaction() as tx:
            assert tx.tasks() == (*stays, question("key-sent", TaskKind.IN_DOUBT, None))


@pytest.mark.parametrize(
    ("kept", "after", "then"),
    [(None, 0, 2), (None, 7, 8), ("5", 2, 6), ("x", 0, 2), ("-3", 0, 2), ("9" * 40, 0, 2), ("²", 1, 2)],
)
def test_epochs_only_rise(tmp_path: Path, kept: str | None, after: int, then: int) -> None:
    with open_folder(tmp_path) as store:
        if kept is not None:
            with store.state.transaction() as tx:
                tx.set_meta("epoch", kept)
        assert begin_epoch(store.state, after=after, now=NOW, source="b").epoch == then


def test_a_second_restore_has_nothing_left_to_void(tmp_path: Path) -> None:
    with open_folder(make_state(tmp_path)) as store:
        begin_epoch(store.state, after=0, now=NOW, source="b")
        again = begin_epoch(store.state, after=0, now=NOW + 1, source="b")
        assert (again.epoch, again.void, len(again.in_doubt)) == (3, 0, 3)
        with store.state.transaction() as tx:
            times = {one.time for one in tx.intents() if one.key == "key-sent"}
    assert times == {NOW}
    assert msgspec.json.encode(again)
