"""The outside world of the response tests: one file in which every change is a line, and devices that write there.

The file lies outside any process of Pullcord, so what was done is known also after a kill.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Precondition, Prepared


@dataclass
class World:
    """What was changed, in order: lines of ``key action-id on|off``."""

    path: Path

    def lines(self) -> list[tuple[str, str, str]]:
        if not self.path.exists():
            return []
        rows = [line.split() for line in self.path.read_text(encoding="utf-8").splitlines()]
        return [(key, name, verb) for key, name, verb in rows]

    def change(self, key: str, action: Action, verb: str) -> None:
        # One short write at the end of the file is whole or not there.
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{key} {action.id} {verb}\n".encode())
        os.close(handle)

    def knows(self, key: str) -> bool:
        return any(line[0] == key for line in self.lines())

    def holds(self, action: Action) -> bool:
        mine = [verb for _, name, verb in self.lines() if name == action.id]
        return bool(mine) and mine[-1] == "on"

    def effects(self, action: Action, verb: str = "on") -> int:
        return sum((name, said) == (action.id, verb) for _, name, said in self.lines())


def nothing() -> None:
    """Do nothing."""


@dataclass
class Device:
    """A responder to the world.

    Attributes:
        before, after: called within ``execute`` and ``rollback``, before and after the change.
        on_look: called within ``plan``; may raise.
        broken: preconditions that do not hold.
        unseen: what ``verify`` says instead of looking.
        calls: verbs, in order; of this process.
    """

    world: World
    delivery: Delivery = Delivery.IDEMPOTENT
    kinds: frozenset[ActionKind] = frozenset(ActionKind)
    name: str = "device"
    reaches_ot: bool = False
    before: Callable[[], object] = nothing
    after: Callable[[], object] = nothing
    on_look: Callable[[], object] = nothing
    broken: tuple[str, ...] = ()
    unseen: VerificationResult | None = None
    calls: list[str] = field(default_factory=list)

    @property
    def describe(self) -> Description:
        return Description(
            name=self.name,
            kinds=self.kinds,
            delivery=self.delivery,
            level=VerificationLevel.STATE,
            oracle="the file of the world",
            reaches_ot=self.reaches_ot,
        )

    def covers(self, action: Action) -> bool:
        return action.kind in self.kinds

    async def plan(self, action: Action) -> Prepared:
        self.calls.append(f"plan {action.kind.value}")
        self.on_look()
        on = self.world.holds(action)
        must = tuple(Precondition(what=one, holds=False) for one in self.broken)
        return Prepared(prestate="on" if on else "off", already=on, preconditions=must)

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        self.calls.append(f"execute {action.kind.value}")
        return self._change(action, key, prestate, "on")

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        self.calls.append(f"rollback {action.kind.value}")
        return self._change(action, key, "on", prestate)

    def _change(self, action: Action, key: str, prestate: str, verb: str) -> Receipt:
        self.before()
        now = "on" if self.world.holds(action) else "off"
        status = ReceiptStatus.DONE
        if self.delivery is Delivery.IDEMPOTENT and self.world.knows(key):
            status = ReceiptStatus.ALREADY
        elif now != prestate:
            status = ReceiptStatus.ABORTED
        else:
            self.world.change(key, action, verb)
        self.after()
        return Receipt(key=key, action_id=action.id, status=status, responder=self.name, time=1)

    async def verify(self, action: Action) -> Verification:
        self.calls.append(f"verify {action.kind.value}")
        on = VerificationResult.CONFIRMED if self.world.holds(action) else VerificationResult.REFUTED
        return Verification(
            level=VerificationLevel.STATE, result=self.unseen or on, oracle=self.describe.oracle, time=1
        )
