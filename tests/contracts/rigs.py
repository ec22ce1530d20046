"""Each responder on a real system of its own, for the contract test. A new responder joins ``RIGS``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pullcord.model.plan import Action, ActionKind
from pullcord.ports import Clock, Responder
from pullcord.responders.catalogue import make
from pullcord.responders.denial_file import write
from pullcord.responders.evidence import EvidenceSnapshot
from pullcord.responders.simulated import SimulatedPlant
from pullcord.store.vault import open_vault
from tests.responders.build import TARGET, Wall, action, call
from tests.responders.flagged import FLAGS, agent
from tests.responders.gateway import gateway
from tests.responders.supervised import supervised

ITEMS = {"events of session t1": b'{"id":"a"}\n', "findings": b'{"id":"f"}\n'}
DISABLE = action(ActionKind.DISABLE_AGENT)
SNAPSHOT = action(ActionKind.SNAPSHOT)
RESTRICT = action(ActionKind.RESTRICT_TOOLS, tools=["send_mail", "set_recipe"], agents=["Co-Pilot"])


def nothing() -> None:
    """Do nothing."""


@dataclass
class Rig:
    """A system, and one action on it.

    Attributes:
        make: a fresh responder on this system, as after a restart.
        spec: kind and settings from which another process makes the same responder.
        state: what the system holds; the same after a rollback.
        effects: how often the action has changed the system.
        prepare: brings the system to where ``drift``, a change by somebody else, matters.
        silence: after it the victim does not answer any more.
        looks: how often the clock is read before the receipt is made.
    """

    make: Callable[[], Responder]
    action: Action
    state: Callable[[], object]
    effects: Callable[[], int]
    spec: tuple[str, dict[str, str]] = ("", {})
    drift: Callable[[], object] = nothing
    prepare: Callable[[], object] = nothing
    silence: Callable[[], object] = nothing
    looks: int = 0


def made(kind: str, settings: dict[str, str], folder: Path, clock: Clock | None = None) -> Responder:
    """A responder of the catalogue, or the evidence vault."""
    if kind == "evidence":
        return EvidenceSnapshot(open_vault(folder / "vault"), clock or Wall(), "inc-1", ITEMS)
    return make(kind, TARGET, settings, folder, clock or Wall(), lambda reference: reference)


@contextmanager
def feature_flag(folder: Path) -> Iterator[Rig]:
    file = folder / "flags.json"
    file.write_bytes(FLAGS)
    with ExitStack() as stack:
        settings = {"file": "flags.json", "flag": "agent", "probe": stack.enter_context(agent(file))}
        settings["wait_seconds"] = "2"
        yield Rig(
            make=lambda: made("feature_flag", settings, folder),
            spec=("feature_flag", settings),
            action=DISABLE,
            state=file.read_bytes,
            effects=lambda: int(json.loads(file.read_bytes())["flags"]["agent"]["defaultVariant"] == "off"),
            drift=lambda: file.write_bytes(FLAGS.replace(b"\\u00fc", b"else")),
            silence=stack.close,
        )


@contextmanager
def process(folder: Path) -> Iterator[Rig]:
    with supervised() as system:

        def stopped() -> None:
            system.rpc.stop("agent")
            system.until("agent", "STOPPED")

        def started() -> None:
            system.rpc.start("agent")
            system.until("agent", "RUNNING")

        def killed() -> None:
            system.daemon.terminate()
            system.daemon.wait(20)

        yield Rig(
            make=lambda: made("process", system.settings, folder),
            spec=("process", system.settings),
            action=DISABLE,
            state=lambda: [system.state(name) for name in ("agent", "standin")],
            effects=lambda: system.starts("standin"),
            prepare=stopped,
            drift=started,
            silence=killed,
        )


@contextmanager
def tool_policy(folder: Path) -> Iterator[Rig]:
    file = folder / "denials.json"
    file.write_bytes(write([]))

    def weakened() -> None:
        found = json.loads(write([]))
        found["denials"] = [{"action_id": RESTRICT.id, "kind": "restrict_tools", "agents": [], "tools": []}]
        file.write_text(json.dumps(found))

    with ExitStack() as stack:
        settings = {
            "file": "denials.json",
            "agents": "copilot-svc, copilot-ui",
            "probe": stack.enter_context(gateway(file)),
            "control": "read_manual",
            "wait_seconds": "1",
        }
        yield Rig(
            make=lambda: made("tool_policy", settings, folder),
            spec=("tool_policy", settings),
            action=RESTRICT,
            state=file.read_bytes,
            effects=lambda: len(json.loads(file.read_bytes())["denials"]),
            drift=weakened,
            silence=stack.close,
        )


@contextmanager
def evidence(folder: Path) -> Iterator[Rig]:
    vault = open_vault(folder / "vault")
    yield Rig(
        make=lambda: made("evidence", {}, folder),
        spec=("evidence", {}),
        action=SNAPSHOT,
        state=vault.entries,
        effects=lambda: len(vault.entries()) // len(ITEMS),
        looks=len(ITEMS),
    )


@contextmanager
def simulated(folder: Path) -> Iterator[Rig]:
    executed: list[Action] = []
    plant = SimulatedPlant(Wall(), executed, [(TARGET, call())])
    yield Rig(
        make=lambda: plant,  # its system is its own memory
        action=RESTRICT,
        state=lambda: list(plant._executed),
        effects=lambda: len(plant._executed),
    )


RIGS: dict[str, Callable[[Path], AbstractContextManager[Rig]]] = {
    "feature_flag": feature_flag,
    "process": process,
    "tool_policy": tool_policy,
    "evidence": evidence,
    "simulated": simulated,
}
