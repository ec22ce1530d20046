"""The intent journal: every call to a system goes through here, at most once per key, and what is unknown is said.

``PLANNED`` is durable before anything else; ``SENT`` is durable before the call; what came of it is durable with the
receipt. A process that dies in between leaves a line that says what may have happened, and the next one acts by what
the responder declares: an idempotent call is sent again with its key, a probeable state is read first, a blind call
is never sent twice. A missing line means that the record was lost: then nothing is sent either.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from pullcord.analysis.classes import HARMLESS
from pullcord.model.errors import PullcordError
from pullcord.model.intent import Intent, IntentState
from pullcord.model.noun import digest
from pullcord.model.outcome import Receipt, ReceiptStatus
from pullcord.model.plan import Action, Expiry, Plan
from pullcord.model.responder import Delivery, Prepared
from pullcord.ports import Clock, Responder, State, Transaction
from pullcord.response.errors import FencedError, HeldError
from pullcord.response.journal_rules import LONGEST_SECONDS, MAY_STILL_COME, budget, shown, unready

Hold = Callable[[Action], str]
"""Why nothing may be sent right now (a stop, a clock that stepped); empty if it may."""

Permit = Callable[[Intent, Transaction], str]
"""Why an action is no longer permitted (approvals that ran out, a refusal, a lowered mode); empty if it is.

Asked in the very transaction that makes it SENT, so that what is refused before that is not sent after it.
"""

Call = Callable[[Action, str, str], Awaitable[Receipt]]
"""``execute`` or ``rollback`` of a responder."""

Unreachable = (OSError, TimeoutError, PullcordError, ValueError)
"""What a responder may raise when a system does not answer, or answers nonsense."""

_LOOK_AGAIN_SECONDS = 0.02

T = TypeVar("T")

_ENDS = {
    ReceiptStatus.DONE: IntentState.CONFIRMED,
    ReceiptStatus.ALREADY: IntentState.CONFIRMED,
    ReceiptStatus.REFUSED: IntentState.NOT_DONE,
    ReceiptStatus.ABORTED: IntentState.NOT_DONE,
    ReceiptStatus.IN_DOUBT: IntentState.IN_DOUBT,
}


def action_key(plan: Plan, action: Action) -> str:
    """The key under which an action acts at most once: hash of incident, action, target and plan."""
    return digest([plan.incident_id, action.id, action.target, plan.hash])


def undo_key(key: str) -> str:
    """The key under which an action is taken back at most once."""
    return digest(["undo", key])


async def in_time(work: Awaitable[T], seconds: float = LONGEST_SECONDS) -> T:
    """Wait for a responder, but not for ever.

    Raises:
        TimeoutError: after so many seconds.
    """
    return await asyncio.wait_for(work, seconds)


class Journal:
    """Plans, sends and confirms, for one process.

    Args:
        executor: this process; a line that another live process holds is left to it.
        hold: asked right before each call.
        expiry: nanoseconds after which a confirmed containment is looked at again; None = never.
        permit: asked in the transaction that makes an action SENT, and before it is sent again.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        executor: str,
        hold: Hold = lambda _action: "",
        expiry: int | None = None,
        permit: Permit = lambda _intent, _tx: "",
    ) -> None:
        self._state, self._clock, self._executor = state, clock, executor
        self._hold, self._expiry, self._permit = hold, expiry, permit
        self._busy: set[str] = set()
        self._busy_lock = threading.Lock()

    async def prepare(self, plan: Plan, action: Action, responder: Responder, *, automatic: bool) -> None:
        """Look, and write down what is going to be sent; what is written already stays."""
        key = action_key(plan, action)
        with self._state.transaction() as tx:
            if tx.intent(key) is not None:
                return
        prepared, problem = await self._look(responder, action)
        intent = msgspec.structs.replace(
            self._line(plan, action, responder),
            state=IntentState.NOT_DONE if problem else IntentState.PLANNED,
            prepared=prepared,
            automatic=automatic,
            detail=problem,
        )
        with self._state.transaction() as tx:
            if tx.intent(key) is None:
                tx.put_intent(intent)

    async def act(self, plan: Plan, action: Action, responder: Responder) -> Receipt:
        """Carry out what :meth:`prepare` wrote down; says what came of it, also when that was before a crash.

        Returns:
            A receipt, which is kept. ``IN_DOUBT`` where people must look.
        """
        async with self._alone(action.target):
            key = action_key(plan, action)
            with self._state.transaction() as tx:
                intent = tx.intent(key)
            if intent is None:
                return self._lost(self._line(plan, action, responder), responder)
            return await self._finish(intent, responder, responder.execute)

    def prepare_undo(self, done: Intent, plan_hash: str = "") -> None:
        """Write down that a confirmed action is going to be taken back; durable before :meth:`undo` is called.

        Args:
            done: the confirmed action.
            plan_hash: of the plan by which it is taken back, for ``permit``; empty = that of the action.
        """
        line = self._undo_line(done, plan_hash)
        with self._state.transaction() as tx:
            known = tx.intent(line.key)
            dropped = known is not None and known.state is IntentState.NOT_DONE and not known.plan_hash
            if known is None or known.state is IntentState.PLANNED or dropped:
                tx.put_intent(line)

    def drop_undo(self, tx: Transaction, key: str, why: str) -> None:
        """Give up to take an action back, if that was not sent yet: it must not stand open; it may be prepared again.

        Args:
            key: of the action.
        """
        line = tx.intent(undo_key(key))
        if line is not None and line.state is IntentState.PLANNED:
            # By no plan any more: that is how it is told from one that was sent and refused.
            now = self._clock.now()
            dropped = msgspec.structs.replace(
                line, state=IntentState.NOT_DONE, plan_hash="", time=now, detail=why
            )
            tx.put_intent(dropped)

    async def undo(self, done: Intent, responder: Responder) -> Receipt:
        """Take a confirmed action back as :meth:`prepare_undo` wrote down, at most once; people decided on it.

        Returns:
            A receipt. ``IN_DOUBT`` where people must look, also when the line is lost.
        """
        async with self._alone(done.action.target):
            with self._state.transaction() as tx:
                intent = tx.intent(undo_key(done.key))
            if intent is None:
                return self._lost(self._undo_line(done), responder)
            return await self._finish(intent, responder, responder.rollback)

    def _line(self, plan: Plan, action: Action, responder: Responder) -> Intent:
        return Intent(
            key=action_key(plan, action),
            incident_id=plan.incident_id,
            plan_hash=plan.hash,
            action=action,
            responder=responder.describe.name,
            delivery=responder.describe.delivery,
            state=IntentState.PLANNED,
            prepared=Prepared(prestate=""),
            executor=self._executor,
            time=self._clock.now(),
        )

    def _undo_line(self, done: Intent, plan_hash: str = "") -> Intent:
        return msgspec.structs.replace(
            done,
            key=undo_key(done.key),
            undoes=done.key,
            plan_hash=plan_hash or done.plan_hash,
            state=IntentState.PLANNED,
            executor=self._executor,
            time=self._clock.now(),
            expires=None,
            asked=False,
            detail="",
        )

    @asynccontextmanager
    async def _alone(self, target: str) -> AsyncIterator[None]:
        """One call to a system at a time.

        Workflows and upkeep run in event loops of different threads, and a lock of asyncio belongs to one of them.
        """
        while not self._take(target):  # noqa: ASYNC110  (an event belongs to one loop just as a lock does)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            self._busy.discard(target)

    def _take(self, target: str) -> bool:
        with self._busy_lock:
            if target in self._busy:
                return False
            self._busy.add(target)
            return True

    async def _finish(self, intent: Intent, responder: Responder, call: Call) -> Receipt:
        match intent.state:
            case IntentState.PLANNED:
                return await self._send(intent, responder, call)
            case IntentState.SENT:
                return await self._after_crash(intent, responder, call)
            case _:
                return self._told(intent, responder)

    async def _send(self, intent: Intent, responder: Responder, call: Call) -> Receipt:
        why = unready(intent)
        if why:
            return self._end(intent, self._receipt(intent, responder, ReceiptStatus.REFUSED, why))
        self._may_send(intent)
        sent = msgspec.structs.replace(
            intent, state=IntentState.SENT, executor=self._executor, time=self._clock.now()
        )
        with self._state.transaction() as tx:
            now = tx.intent(intent.key)
            if now is None or now.state is not IntentState.PLANNED:
                raise FencedError("another process has this action in hand", "it goes on there")
            self._permitted(intent, tx)
            tx.put_intent(sent)
        return await self._call(sent, responder, call)

    def _may_send(self, intent: Intent) -> None:
        """Evidence is taken and people are told also while everything else is stopped."""
        held = "" if intent.action.kind in HARMLESS else self._hold(intent.action)
        if held:
            raise HeldError(held, "lift the stop (two people), then the incident goes on by itself")

    def _permitted(self, intent: Intent, tx: Transaction) -> None:
        why = "" if intent.action.kind in HARMLESS else self._permit(intent, tx)
        if why:
            raise HeldError(why, "approve the plan again; the incident then goes on by itself")

    def _may_send_again(self, mine: Intent) -> None:
        self._may_send(mine)
        with self._state.transaction() as tx:
            self._permitted(mine, tx)

    async def _call(self, sent: Intent, responder: Responder, call: Call) -> Receipt:
        work = call(sent.action, sent.key, sent.prepared.prestate)
        try:
            said = await in_time(work, budget(sent.action, responder.describe))
            # An answer that makes no sense leaves open what was done.
            status = said.status if said.status in _ENDS else ReceiptStatus.IN_DOUBT
            receipt = msgspec.structs.replace(said, key=sent.key, action_id=sent.action.id, status=status)
        except Unreachable as error:
            why = f"the call failed ({type(error).__name__}: {error})"
            open_yet = isinstance(error, MAY_STILL_COME)
            receipt = await self._probe(sent, responder, why, may_still_come=open_yet)
        return self._end(sent, receipt)

    async def _after_crash(self, sent: Intent, responder: Responder, call: Call) -> Receipt:
        """A line is SENT and nobody knows whether the call went out."""
        if sent.executor != self._executor and self._is_alive(sent.executor):
            raise FencedError("another process has this action in hand", "it goes on there")
        with self._state.transaction() as tx:
            now = tx.intent(sent.key)
            if now is None or now.state is not sent.state or now.executor != sent.executor:
                raise FencedError("another process has this action in hand", "it goes on there")
            tx.put_intent(msgspec.structs.replace(sent, executor=self._executor, time=self._clock.now()))
        mine = msgspec.structs.replace(sent, executor=self._executor)
        match sent.delivery:
            case Delivery.IDEMPOTENT:
                self._may_send_again(mine)
                return await self._call(mine, responder, call)
            case Delivery.PROBEABLE:
                found = await self._probe(mine, responder, "Pullcord stopped while it was being sent")
                if found.status is not ReceiptStatus.ABORTED:
                    return self._end(mine, found)
                self._may_send_again(mine)
                return await self._call(mine, responder, call)
            case Delivery.BLIND:
                why = "Pullcord stopped while it was being sent, and this system cannot say whether it came"
                return self._end(mine, self._receipt(mine, responder, ReceiptStatus.IN_DOUBT, why))

    async def _probe(
        self, sent: Intent, responder: Responder, why: str, *, may_still_come: bool = False
    ) -> Receipt:
        """Look whether a call that may have gone out took effect: DONE, ABORTED (it did not) or IN_DOUBT."""
        if sent.delivery is Delivery.BLIND:
            return self._receipt(sent, responder, ReceiptStatus.IN_DOUBT, why)
        found, problem = await self._look(responder, sent.action)
        status, told = ReceiptStatus.IN_DOUBT, problem
        if not problem:
            status, told = shown(sent, found, may_still_come=may_still_come)
        return self._receipt(sent, responder, status, f"{why}; {told}")

    async def _look(self, responder: Responder, action: Action) -> tuple[Prepared, str]:
        try:
            return await in_time(responder.plan(action)), ""
        except Unreachable as error:
            return Prepared(prestate=""), f"{responder.describe.name} cannot be read: {error}"

    def _end(self, intent: Intent, receipt: Receipt) -> Receipt:
        """Write down what came of it, line and receipt together."""
        state = _ENDS[receipt.status]
        now = self._clock.now()
        ended = msgspec.structs.replace(
            intent,
            state=state,
            time=now,
            detail=receipt.detail,
            expires=self.expires(intent, state, now),
        )
        with self._state.transaction() as tx:
            held = tx.intent(intent.key)
            if held is None or held.executor != intent.executor:
                raise FencedError("another process took this action over", "it goes on there")
            tx.put_intent(ended)
            if intent.undoes is not None and state is IntentState.CONFIRMED:
                _undone(tx, intent.undoes, now)
            if intent.undoes is None:
                tx.put_record(intent.incident_id, receipt.key, receipt)
        return receipt

    def expires(self, intent: Intent, state: IntentState, now: int) -> int | None:
        """When an intent that comes into this state now is to be looked at again (nanoseconds UTC); None = never."""
        contains = state is IntentState.CONFIRMED and intent.undoes is None
        contains &= intent.action.kind not in HARMLESS and intent.action.expiry is not Expiry.NONE
        return now + self._expiry if contains and self._expiry is not None else None

    def _lost(self, line: Intent, responder: Responder) -> Receipt:
        """The workflow remembers that this was planned, the journal does not: fail closed."""
        why = "its line in the journal is missing, so it may have been sent before"
        # At once in doubt: a line that is planned would be sent by whoever comes after a crash.
        intent = msgspec.structs.replace(line, state=IntentState.IN_DOUBT, detail=why)
        with self._state.transaction() as tx:
            tx.put_intent(intent)
        return self._end(intent, self._receipt(intent, responder, ReceiptStatus.IN_DOUBT, why))

    def _told(self, intent: Intent, responder: Responder) -> Receipt:
        """What is known already."""
        with self._state.transaction() as tx:
            kept = [one for one in tx.receipts(intent.incident_id) if one.key == intent.key]
        if kept:
            return kept[0]
        ends = {state: status for status, state in _ENDS.items() if status is not ReceiptStatus.ALREADY}
        status = ends.get(intent.state, ReceiptStatus.DONE)
        if intent.state is IntentState.NOT_DONE:
            status = ReceiptStatus.ABORTED
        receipt = self._receipt(intent, responder, status, intent.detail)
        if intent.undoes is None:
            with self._state.transaction() as tx:
                tx.put_record(intent.incident_id, receipt.key, receipt)
        return receipt

    def _is_alive(self, executor: str) -> bool:
        with self._state.transaction() as tx:
            until = tx.leases().get(executor, 0)
        return until > self._clock.now()

    def _receipt(self, intent: Intent, responder: Responder, status: ReceiptStatus, why: str) -> Receipt:
        return Receipt(
            key=intent.key,
            action_id=intent.action.id,
            status=status,
            responder=responder.describe.name,
            time=self._clock.now(),
            simulated=responder.describe.simulated,
            detail=why,
        )


def _undone(tx: Transaction, key: str, now: int) -> None:
    done = tx.intent(key)
    if done is not None:
        tx.put_intent(msgspec.structs.replace(done, state=IntentState.UNDONE, time=now, expires=None))
