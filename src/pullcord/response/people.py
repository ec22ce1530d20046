"""The inbox of people as a responder: whom to tell and what to ask becomes a task there, and nothing else happens."""

from __future__ import annotations

import msgspec

from pullcord.model.noun import digest
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Clock, State

_SEEN = "seen"


class PeopleInbox:
    """A responder for one incident."""

    describe = Description(
        name="inbox of people",
        kinds=frozenset({ActionKind.NOTIFY_OWNER, ActionKind.ASK_PEOPLE}),
        delivery=Delivery.IDEMPOTENT,
        level=VerificationLevel.STATE,
        oracle="the task read back",
    )

    def __init__(self, state: State, clock: Clock, incident_id: str) -> None:
        self._state, self._clock, self._incident_id = state, clock, incident_id

    def covers(self, action: Action) -> bool:
        """Whether it is something to tell or to ask."""
        return action.kind in self.describe.kinds

    async def plan(self, action: Action) -> Prepared:
        """Whether the task is there."""
        there = self._find(action) is not None
        return Prepared(prestate="there" if there else "", already=there, change=self._question(action))

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Open the task; once, however often it is called."""
        del prestate
        status, detail = ReceiptStatus.ALREADY, "in the inbox already"
        with self._state.transaction() as tx:
            known = {task.id for task in tx.tasks(self._incident_id)}
            if _name(action) not in known:
                tx.put_task(self._task(action))
                status = ReceiptStatus.DONE
                detail = "in the inbox; this release pages nobody by mail or phone"
        return self._receipt(action, key, status, detail)

    async def verify(self, action: Action) -> Verification:
        """Read the task back. Whether somebody saw it is another question: their answer says so."""
        found = self._find(action)
        return Verification(
            level=VerificationLevel.STATE,
            result=VerificationResult.REFUTED if found is None else VerificationResult.CONFIRMED,
            oracle=self.describe.oracle,
            time=self._clock.now(),
            detail="no such task" if found is None else f"answered: {found.answer or 'not yet'}",
        )

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """What was said cannot be unsaid."""
        del prestate
        return self._receipt(action, key, ReceiptStatus.REFUSED, "people were told")

    def _find(self, action: Action) -> Task | None:
        with self._state.transaction() as tx:
            tasks = tx.tasks(self._incident_id)
        return next((task for task in tasks if task.id == _name(action)), None)

    def _task(self, action: Action) -> Task:
        options = (_SEEN,) if action.kind is ActionKind.NOTIFY_OWNER else _options(action)
        return Task(
            id=_name(action),
            incident_id=self._incident_id,
            kind=TaskKind.QUESTION,
            subject=action.id,
            question=self._question(action),
            options=options,
            opened=self._clock.now(),
        )

    def _question(self, action: Action) -> str:
        if action.kind is ActionKind.ASK_PEOPLE:
            return f"{action.target}: {action.params.get('question', 'what should happen?')}"
        names = [action.params.get(role, "") for role in ("owner", "deputy", "ot_owner")]
        who = ", ".join(dict.fromkeys(name for name in names if name)) or "the security desk"
        return f"For {who}: an incident concerns {action.target}."

    def _receipt(self, action: Action, key: str, status: ReceiptStatus, detail: str) -> Receipt:
        return Receipt(
            key=key,
            action_id=action.id,
            status=status,
            responder=self.describe.name,
            time=self._clock.now(),
            detail=detail,
        )


def _name(action: Action) -> str:
    return f"question-{digest(action.id)[:20]}"


def _options(action: Action) -> tuple[str, ...]:
    try:
        found = msgspec.json.decode(action.params.get("options", "[]"), type=list[str])
    except ValueError:
        found = []
    return tuple(option for option in found if option) or (_SEEN,)
