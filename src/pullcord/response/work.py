"""What the phases of one incident work with: its steps, the state, and the means of the run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pullcord.analysis.classes import CUTS
from pullcord.model.errors import PullcordError
from pullcord.model.incident import Phase, PhaseName, PhaseOutcome
from pullcord.model.intent import IntentState
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, ActionKind
from pullcord.model.session import ToolCall
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Clock, Responder, State, Transaction
from pullcord.response.case import Case, Judges
from pullcord.response.engine import Steps
from pullcord.response.errors import FencedError, HeldError
from pullcord.response.journal import Journal
from pullcord.response.permission import Policy

ResponderSource = Callable[[Case, Sequence[Action], Sequence[tuple[str, ToolCall]]], Sequence[Responder]]
"""Responders for a case: actions carried out before, calls that must become impossible → responders."""

FENCED_SECONDS = 5.0
"""How long to leave an action to the process that has it in hand before looking again: a third of a lease."""

POLL_SECONDS = 3_600.0
"""A wait ends after this even if nobody wakes it: a lost message delays an incident, it does not strand it."""


@dataclass(frozen=True)
class Means:
    """What the phases work with.

    Attributes:
        live: people are there to be asked: tasks are opened, and the incident waits for answers.
    """

    judges: Judges
    responders: ResponderSource
    policy: Policy
    clock: Clock
    journal: Journal
    live: bool = False


@dataclass
class Work:
    """One incident under way.

    Attributes:
        load: the case as the state and the lake know it now.
    """

    incident_id: str
    steps: Steps
    state: State
    means: Means
    load: Callable[[str], Case]
    _attempts: dict[str, int] = field(default_factory=dict)

    async def case(self) -> Case:
        """The case as it is now. Live, it is read beside the event loop: the lake may take a moment to catch up."""
        if self.means.live:
            return await asyncio.to_thread(self.load, self.incident_id)
        return self.load(self.incident_id)

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  (any JSON value)
        """Run a step whose result is a JSON value. A failing one makes the incident stuck until people say retry."""
        while True:
            attempt = self._attempts.get(name, 0)
            self._attempts[name] = attempt + 1
            label = name if not attempt else f"{name} #{attempt + 1}"
            found = json.loads(await self.steps.step(label, partial(self._guarded, label, work)))
            if "result" in found:
                return found["result"]
            if "stuck" in found:
                await self.answered([found["stuck"]])
            else:
                await self.steps.wait(FENCED_SECONDS if "fenced" in found else POLL_SECONDS)

    async def _guarded(self, label: str, work: Callable[[], Awaitable[Any]]) -> str:
        try:
            return json.dumps({"result": await work()})
        except HeldError as held:
            return json.dumps({"held": held.cause})
        except FencedError as fenced:
            return json.dumps({"fenced": fenced.cause})
        except Exception as error:
            if not self.means.live:
                raise
            try:
                return json.dumps({"stuck": self._stuck(label, error)})
            except PullcordError as worse:
                # Not even the question can be kept: try again later, rather than end for good.
                return json.dumps({"held": worse.cause})

    def _stuck(self, label: str, error: Exception) -> str:
        task = Task(
            id=f"stuck-{label}",
            incident_id=self.incident_id,
            kind=TaskKind.STUCK,
            subject=label,
            question=f"The step “{label}” failed: {_told(error)}. Try it again?",
            options=("retry",),
            opened=self.means.clock.now(),
        )
        with self.state.transaction() as tx:
            tx.put_task(task)
            tx.audit("pullcord", f"stuck {self.incident_id}", task.question, task.opened)
        return task.id

    async def answered(self, ids: Sequence[str]) -> dict[str, str]:
        """Wait until all these tasks are answered; returns the answers by id."""
        number = 0
        while True:
            number += 1
            label = f"answers {','.join(ids)[:200]} {number}"
            answers: dict[str, str] = await self.step(label, partial(self._answers, ids))
            if len(answers) == len(ids):
                return answers
            await self.steps.wait(POLL_SECONDS)

    async def _answers(self, ids: Sequence[str]) -> dict[str, str]:
        with self.state.transaction() as tx:
            tasks = {task.id: task for task in tx.tasks(self.incident_id)}
        found = {name: tasks[name].answer for name in ids if name in tasks}
        return {name: answer for name, answer in found.items() if answer}

    def begin(self, tx: Transaction, name: PhaseName) -> None:
        """Note that a phase runs; one that ran before keeps its start."""
        before = [phase for phase in tx.phases(self.incident_id) if phase.name is name]
        start = before[0].start if before else self.means.clock.now()
        tx.put_phase(self.incident_id, Phase(name=name, start=start))

    def end(self, tx: Transaction, name: PhaseName, outcome: PhaseOutcome, reason: str) -> None:
        """Note how a phase ended."""
        before = [phase for phase in tx.phases(self.incident_id) if phase.name is name]
        start = before[0].start if before else self.means.clock.now()
        ended = Phase(name=name, start=start, end=self.means.clock.now(), outcome=outcome, reason=reason)
        tx.put_phase(self.incident_id, ended)

    async def ended(self, name: PhaseName, outcome: PhaseOutcome, reason: str) -> None:
        """A step that notes how a phase ended."""

        async def work() -> None:
            with self.state.transaction() as tx:
                self.end(tx, name, outcome, reason)

        await self.step(f"{name.value}: end", work)

    def closed_by(self, tx: Transaction) -> str:
        """Who closed the incident and why; empty while it is open."""
        for task in tx.tasks(self.incident_id):
            if task.kind is TaskKind.CLOSE and task.answer:
                return f"closed by {task.by}" + (f": {task.comment}" if task.comment else "")
        return ""

    def open_task(self, tx: Transaction, task: Task) -> None:
        """Ask people something once; a task that is there stays as it is."""
        if all(known.id != task.id for known in tx.tasks(task.incident_id)):
            tx.put_task(task)


_NEVER_ASSUMED = CUTS | {ActionKind.SWITCH_TO_FALLBACK}
"""What is in force only when it is seen: other steps rest on it."""


def carried_out(tx: Transaction, incident_id: str) -> list[Action]:
    """Actions of an incident that are in force, in order; with them what people were asked to do by hand.

    Asked once is enough: a later round does not ask again, unless people said that it is not possible.
    """
    found = tx.intents(incident_id, [IntentState.CONFIRMED])
    done = {intent.action.id: intent.action for intent in found if intent.undoes is None}
    asked = {
        task.subject
        for task in tx.tasks(incident_id)
        if task.kind is TaskKind.BY_HAND and task.answer in {None, "done"}
    }
    for plan in tx.plans(incident_id):
        for action in plan.actions:
            if action.id in asked and action.kind not in _NEVER_ASSUMED:
                done.setdefault(action.id, action)
    return list(done.values())


ACTED = frozenset({ReceiptStatus.DONE, ReceiptStatus.ALREADY})


def _told(error: Exception) -> str:
    """Our own errors say what they say; texts of others may hold what telemetry or a secret held."""
    return str(error)[:1_000] if isinstance(error, PullcordError) else type(error).__name__


class OneTransaction:
    """A state whose transactions within :meth:`whole` are one: a recorded run commits phase by phase."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: Transaction | None = None

    @contextmanager
    def whole(self) -> Iterator[Transaction]:
        """One transaction around everything inside."""
        with self._state.transaction() as tx:
            self._open = tx
            try:
                yield tx
            finally:
                self._open = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The open transaction, or one of its own."""
        if self._open is not None:
            yield self._open
            return
        with self._state.transaction() as tx:
            yield tx
