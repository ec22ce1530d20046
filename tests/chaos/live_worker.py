"""The live workflow in a process of its own, to be killed: ``python -m tests.chaos.live_worker WHAT FOLDER SOCKET``.

``feed``: takes up what an earlier process left and begins new incidents for ever. ``drain``: takes up and ends when
every incident is closed. Each incident is carried out without people and closed when nothing is under way any more.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec

from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.model.task import TaskKind
from tests.chaos.counter import DELIVERIES, Counting
from tests.response.build import action
from tests.response.live import Rig, Scene, running

_BEGIN_SECONDS = 0.1
_UNDER_WAY = frozenset({IntentState.PLANNED, IntentState.SENT})


def scene(name: str, socket: Path) -> Scene:
    """Three actions on an AI system of its own, one of each delivery."""
    return Scene(
        name,
        [Counting(socket, kind) for kind in DELIVERIES],
        [action(kind, f"agent of {name}", name) for kind in DELIVERIES],
        mode=Mode.ACT_R1,
        needs=(),
        automatic=True,
    )


def close_what_is_done(rig: Rig) -> int:
    """Answer each question whether an incident may be closed; returns how many incidents are open."""
    with rig.store.state.transaction() as tx:
        busy = {intent.incident_id for intent in tx.intents(None, _UNDER_WAY)}
        asked = [task for task in tx.tasks() if task.kind is TaskKind.CLOSE and task.answer is None]
        ready = [task for task in asked if task.incident_id not in busy]
        for task in ready:
            tx.put_task(msgspec.structs.replace(task, answer="close", by="ann", time=1))
        still = 0
        for incident in tx.incidents():
            ended = {phase.name for phase in tx.phases(incident.id) if phase.end is not None}
            still += PhaseName.LEARN not in ended
    for task in ready:
        rig.engine.wake(task.incident_id)
    return still


def main(what: str, folder: Path, socket: Path) -> None:
    """Work until killed, or until all is done."""
    with running(folder, before=lambda rig: take_up(rig, socket)) as rig:
        rig.leases.end_others()
        rig.leases.reap(rig.engine)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            if what == "feed":
                rig.begin(scene(f"inc-{len(rig.scenes)}", socket))
                if len(rig.scenes) % 10 == 0:
                    close_what_is_done(rig)
                time.sleep(_BEGIN_SECONDS)
                continue
            if not close_what_is_done(rig):
                return
            time.sleep(0.1)


def take_up(rig: Rig, socket: Path) -> None:
    """The plans of the incidents that are there; before the engine begins to work on them."""
    with rig.store.state.transaction() as tx:
        names = [incident.id for incident in tx.incidents()]
    rig.scenes.update({name: scene(name, socket) for name in names})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
