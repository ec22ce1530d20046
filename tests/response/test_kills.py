"""Real kills of the process that acts, and a count of effects that lies outside it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pullcord.model.intent import IntentState
from pullcord.model.responder import Delivery
from pullcord.response.journal import action_key
from tests.response.build import opened
from tests.response.dying import CUT, PLAN, run
from tests.response.world import World


@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("delivery", list(Delivery))
def test_a_kill_between_sent_and_confirmed_neither_loses_nor_doubles(
    tmp_path: Path, delivery: Delivery, point: str
) -> None:
    world, key = World(tmp_path / "world"), action_key(PLAN, CUT)
    assert run("act", tmp_path, delivery.value, point).returncode == -signal.SIGKILL
    with opened(tmp_path) as store, store.state.transaction() as tx:
        sent = tx.intent(key)
        assert sent is not None
        assert sent.state is IntentState.SENT
        assert tx.receipts("inc-1") == ()
    assert world.effects(CUT) == (point == "after")
    again = run("act", tmp_path, delivery.value, "never")
    assert again.returncode == 0, again.stderr
    with opened(tmp_path) as store, store.state.transaction() as tx:
        ended = tx.intent(key)
    assert ended is not None
    if delivery is Delivery.BLIND:
        assert (again.stdout, ended.state) == ("in_doubt", IntentState.IN_DOUBT)
        assert world.effects(CUT) == (point == "after"), "a blind call is never sent twice"
    else:
        assert again.stdout in {"done", "already"}
        assert ended.state is IntentState.CONFIRMED
        assert world.effects(CUT) == 1
