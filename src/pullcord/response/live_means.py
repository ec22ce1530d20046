"""The means of live operation: responders to real systems, people as they are, and the journal before every call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pullcord.model.intent import Intent
from pullcord.model.inventory import AiSystem, OtAccess
from pullcord.model.plan import Action
from pullcord.model.session import ToolCall
from pullcord.ports import Clock, Responder, State, Vault
from pullcord.responders import catalogue
from pullcord.responders.evidence import EvidenceSnapshot
from pullcord.responders.opcua_mode import OpcuaMode
from pullcord.response.case import Case, Judges
from pullcord.response.journal import Journal
from pullcord.response.live_policy import LivePolicy
from pullcord.response.people import PeopleInbox
from pullcord.response.work import Means


@dataclass(frozen=True)
class Wanted:
    """One responder of the settings: its kind, its AI system, and its own settings."""

    kind: str
    target: str
    settings: dict[str, str]


class LiveResponders:
    """The responders of one installation.

    Args:
        wanted: in the order in which they are asked whether they cover an action.
        folder: relative paths in their settings are relative to it.
        secret: gives the secret behind a reference.
        disagreement: told how far the clock of the OT writer is ahead, nanoseconds, when it is too far.

    Raises:
        UsageError: a setting is wrong.
    """

    def __init__(
        self,
        wanted: Sequence[Wanted],
        folder: Path,
        clock: Clock,
        secret: Callable[[str], str],
        disagreement: Callable[[int], object],
    ) -> None:
        self._clock = clock
        self._disagreement = disagreement
        self._ot: OpcuaMode | None = None
        self._made: list[Responder] = [
            catalogue.make(one.kind, one.target, one.settings, folder, clock, secret) for one in wanted
        ]

    def with_ot(self, socket: Path, systems: Sequence[AiSystem]) -> None:
        """Add the way to the OT writer, for the systems whose inventory names a mode switch."""
        names = [
            one.name for one in systems if any(node.access is OtAccess.MODE_SWITCH for node in one.ot_nodes)
        ]
        self._ot = OpcuaMode(socket, names, self._clock)
        self._made.append(self._ot)

    def all(self) -> tuple[Responder, ...]:
        """Every responder to a real system."""
        self._compare_clocks()
        return tuple(self._made)

    def covering(self, intent: Intent) -> Responder | None:
        """Who can take an action back."""
        return next((one for one in self.all() if one.covers(intent.action)), None)

    def _compare_clocks(self) -> None:
        if self._ot is not None and self._ot.last_disagreement is not None:
            self._disagreement(self._ot.last_disagreement)


@dataclass(frozen=True)
class Rooms:
    """What live means are made from."""

    state: State
    vault: Vault
    clock: Clock
    executor: str
    responders: LiveResponders
    policy: LivePolicy
    expiry: int


def live_means(judges: Judges, rooms: Rooms) -> Means:
    """Means for live operation. ``rooms.expiry`` in nanoseconds."""

    def responders(
        case: Case, done: Sequence[Action], calls: Sequence[tuple[str, ToolCall]]
    ) -> list[Responder]:
        del done, calls
        evidence = EvidenceSnapshot(rooms.vault, rooms.clock, case.incident.id, case.evidence)
        people = PeopleInbox(rooms.state, rooms.clock, case.incident.id)
        return [evidence, people, *rooms.responders.all()]

    def hold(action: Action) -> str:
        del action
        return rooms.policy.held()

    journal = Journal(
        rooms.state, rooms.clock, rooms.executor, hold, rooms.expiry, permit=rooms.policy.permit
    )
    return Means(
        judges=judges,
        responders=responders,
        policy=rooms.policy,
        clock=rooms.clock,
        journal=journal,
        live=True,
    )
