"""Two living processes that run the same workflow, and a journal line that is lost while a workflow waits."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dbos import DBOS
from sqlalchemy import text

from pullcord.model.intent import IntentState
from pullcord.model.task import TaskKind
from pullcord.response.engine import Steps, Work
from pullcord.response.leases import EVERY_SECONDS, Leases
from tests.response.build import opened
from tests.response.engine_process import CUT, NAME, engine, note, notes, scene, start
from tests.response.live import Rig, Wall, running, until
from tests.response.world import World


def test_a_wrong_reap_does_not_act_twice(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    with running(tmp_path) as rig:
        rig.begin(scene(tmp_path, 3.0))
        until(lambda: rig.intents(NAME) and rig.intents(NAME)[0].state is IntentState.SENT)
        other = start("reap", tmp_path)
        assert other.stdout is not None
        taken = other.stdout.readline()
        assert world.lines() == [], "the first one is still within its call"
        assert taken == "1\n"
        rig.answer(NAME, TaskKind.CLOSE, "close")
        said = other.communicate(timeout=60)[0]
        assert other.returncode == 0, said
        time.sleep(0.2)
        assert rig.tasks(NAME, TaskKind.STUCK) == [], "nobody is asked about what goes on elsewhere"
        assert [one.state for one in rig.intents(NAME)] == [IntentState.CONFIRMED]
    assert world.effects(CUT) == 1


class Losing:
    """Steps between two of which the journal is lost."""

    def __init__(self, steps: Steps, lose: Callable[[], None]) -> None:
        self._steps, self._lose = steps, lose
        self.wait = steps.wait

    async def step(self, name: str, work: Work) -> str:
        if name.startswith("act "):
            self._lose()
        return await self._steps.step(name, work)


class LosingRig(Rig):
    """An installation that loses its journal."""

    async def run(self, incident_id: str, steps: Steps) -> None:
        await super().run(incident_id, Losing(steps, self._lose))

    def _lose(self) -> None:
        with self.store.state.transaction() as tx:
            connection: Any = tx.connection
            connection.execute(text("DELETE FROM intents"))


def test_a_line_that_is_lost_between_two_steps_fails_closed(tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    with running(tmp_path, LosingRig) as rig:
        rig.begin(scene(tmp_path))
        asked = rig.answer(NAME, TaskKind.IN_DOUBT, "not_done")
        rig.close(NAME)
    assert "journal is missing" in asked[0].question
    assert world.lines() == []


def test_work_of_a_dead_process_is_taken_over_and_no_step_repeated(tmp_path: Path) -> None:
    process = start("old", tmp_path)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == -signal.SIGKILL, said

    async def newer(incident_id: str, steps: Steps) -> None:
        """The same generation with one more step, behind a patch."""

        async def step(name: str) -> str:
            return note(tmp_path / "notes", f"{name} {incident_id}")

        await steps.step("one", lambda: step("one"))
        if await DBOS.patch_async("more"):
            await steps.step("more", lambda: step("more"))
        await steps.step("two", lambda: step("two"))
        await steps.wait(600)
        await steps.step("three", lambda: step("three"))

    class Later(Wall):
        def now(self) -> int:
            return super().now() + 16 * 10**9

    with opened(tmp_path) as store, engine(store, newer, "new-boot") as made:
        assert Leases(store.state, Wall(), "new-boot").reap(made) == 0, "its lease still runs"
        time.sleep(0.3)
        assert notes(tmp_path / "notes") == [f"one {NAME}", f"two {NAME}"]
        assert Leases(store.state, Later(), "new-boot").reap(made) == 1
        made.wake(NAME)
        until(lambda: f"three {NAME}" in notes(tmp_path / "notes"))
        old_path = [f"{name} {NAME}" for name in ("one", "two", "three")]
        assert notes(tmp_path / "notes") == old_path, "no step again, and none of the new ones"
        with store.state.transaction() as tx:
            made.enqueue(tx, "inc-2")
        until(lambda: "more inc-2" in notes(tmp_path / "notes"))
    assert EVERY_SECONDS + 15 <= 20
    left = [one.name for one in threading.enumerate() if one.name.startswith("dbos-executor")]
    assert left == [], "nobody writes to the file after its lock is released"
