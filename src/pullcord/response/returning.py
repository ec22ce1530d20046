"""Return to service: behind its gates, what was contained is taken back; the process itself goes back by people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from pullcord.analysis.classes import HARMLESS
from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, ApproverRole, Plan, PlanPurpose, VerificationLevel
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Responder, Transaction
from pullcord.response.carry_out import not_permitted
from pullcord.response.gates import gates
from pullcord.response.journal import Unreachable, action_key, in_time, undo_key
from pullcord.response.permission import Answer, Permission
from pullcord.response.shared import end_wait, is_shared
from pullcord.response.work import ACTED, POLL_SECONDS, Work

_LOOKS, _LOOK_SECONDS = 5, 1.0
_BACK, _NOT_BACK, _WAIT, _READY, _CHANGED = "back", "not back", "wait", "ready", "changed"
_SHARED, _SHARED_SECONDS = "shared", 300.0
_ORACLE = "pre-state read back"


async def return_to_service(work: Work, plan: Plan, permission: Permission, findings: int) -> Permission:
    """Give back what was taken, for each return that the plan holds and people approved.

    Args:
        work: the incident.
        plan: the recovery plan.
        permission: what may happen to it.
        findings: how many the containment rests on.

    Returns:
        ``go`` with what was given back; ``changed`` if new findings joined, or ``closed`` with who closed the
        incident, while gates were open; ``changed`` also in the middle: the rest then stays as it is.
    """
    said: list[str] = []
    for action in plan.actions:
        if action.kind is not ActionKind.RETURN_TO_SERVICE:
            continue
        if permission.answer is not Answer.GO or not work.means.live:
            note = partial(_not_returned, work, plan, action, permission)
            await work.step(f"not returned {action.id} {plan.id}", note)
            continue
        passed = await gates(work, plan, action, findings)
        if passed.answer is not Answer.GO:
            return passed
        back = await _give_back(work, plan, action, findings)
        if back.answer is not Answer.GO:
            return back
        said.append(back.why)
    return Permission(Answer.GO, "; ".join(said))


async def _give_back(work: Work, plan: Plan, action: Action, findings: int) -> Permission:
    """Take back, newest first, everything that holds this AI system; no further once new findings have joined."""
    keys: Sequence[str] = await work.step(f"holding {action.id} {plan.id}", partial(_holding, work, action))
    back: list[str] = []
    for key in keys:
        end = await _one_back(work, plan, key, findings)
        if end == _CHANGED:
            return Permission(Answer.CHANGED, "new findings joined")
        back += [key] if end == _BACK else []
    said = f"{action.target}: {len(back)} of {len(keys)} taken back"
    if not keys:
        said = f"{action.target}: nothing here to take back"
    note = partial(_returned, work, plan, action, _Ends(said, tuple(back), len(keys)))
    await work.step(f"returned {action.id} {plan.id}", note)
    return Permission(Answer.GO, said)


async def _one_back(work: Work, plan: Plan, key: str, findings: int) -> str:
    """Prepare, then undo: two steps, so that a lost journal line is noticed."""
    while True:
        end = await work.step(f"prepare undo {key[:20]}", partial(_prepare, work, plan, key, findings))
        if end == _READY:
            end = await work.step(f"undo {key[:20]}", partial(_undo, work, plan, key, findings))
        if end not in {_WAIT, _SHARED}:
            return str(end)
        # Nobody wakes this incident when another one ends.
        await work.steps.wait(POLL_SECONDS if end == _WAIT else _SHARED_SECONDS)


async def _holding(work: Work, action: Action) -> list[str]:
    """Keys of the containment in force against this AI system; what the recovery changed for the better stays.

    A blocked stranger stays blocked, whoever returns.
    """
    with work.state.transaction() as tx:
        found = tx.intents(work.incident_id, [IntentState.CONFIRMED])
        containing = {plan.hash for plan in tx.plans(work.incident_id) if plan.purpose is PlanPurpose.CONTAIN}
    return [
        intent.key
        for intent in reversed(found)
        if intent.undoes is None
        and intent.plan_hash in containing
        and intent.action.kind not in HARMLESS
        and intent.action.target == action.target
    ]


async def _prepare(work: Work, plan: Plan, key: str, findings: int) -> str:
    end, found = await _may_go_back(work, plan, key, findings)
    if found is None:
        return end
    done, responder = found
    if done.action.reaches_ot or responder.describe.reaches_ot:
        return await _by_people(work, done, responder)
    work.means.journal.prepare_undo(done, plan.hash)
    return _READY


async def _undo(work: Work, plan: Plan, key: str, findings: int) -> str:
    # Asked again: the step waits while a stop holds it, and much may have happened by then.
    end, found = await _may_go_back(work, plan, key, findings)
    if found is None:
        return end
    receipt = await work.means.journal.undo(*found)
    return _BACK if receipt.status in ACTED else _NOT_BACK


async def _may_go_back(
    work: Work, plan: Plan, key: str, findings: int
) -> tuple[str, tuple[Intent, Responder] | None]:
    """What is to be taken back and who can, or how it ends without them."""
    with work.state.transaction() as tx:
        closed = work.closed_by(tx)
        incident, done = tx.incident(work.incident_id), tx.intent(key)
        if done is not None and done.state is IntentState.UNDONE:
            return _BACK, None
        if not closed and incident is not None and len(incident.finding_ids) > findings:
            _not_now(work, tx, key)
            return _CHANGED, None
    why = not_permitted(work, plan)
    if why or done is None:
        with work.state.transaction() as tx:
            work.means.journal.drop_undo(tx, key, why)
            end_wait(tx, work.incident_id, key)
        return _NOT_BACK, None
    with work.state.transaction() as tx:
        if is_shared(work, tx, done):
            work.means.journal.drop_undo(tx, key, "another incident holds it too")
            return _SHARED, None
    responder = await _responder(work, done.action)
    return (_NOT_BACK, None) if responder is None else (_READY, (done, responder))


def _not_now(work: Work, tx: Transaction, key: str) -> None:
    """Nobody may be left with the words that ask to give control back, nor a call whose end nobody knows."""
    end_wait(tx, work.incident_id, key)
    work.means.journal.drop_undo(tx, key, "new findings joined")
    undo = tx.intent(undo_key(key))
    if undo is not None and undo.state is IntentState.SENT:
        tx.put_intent(msgspec.structs.replace(undo, state=IntentState.IN_DOUBT, detail="not followed up"))
    for task in tx.tasks(work.incident_id):
        if task.id.startswith(_switch_back_prefix(key)) and task.answer is None:
            tx.put_task(msgspec.structs.replace(task, question=f"{_NOT_NOW} {task.question}"))


_NOT_NOW = "NOT NOW: new findings joined and want containing first; leave the AI without control. Later:"


async def _by_people(work: Work, done: Intent, responder: Responder) -> str:
    """Pullcord never gives a process back to an AI: people do at the machine, and it is believed when it is seen."""
    prefix = _switch_back_prefix(done.key)
    with work.state.transaction() as tx:
        said = [task for task in tx.tasks(work.incident_id) if task.id.startswith(prefix) and task.answer]
    back = bool(said) and await _is_back(done, responder) == _BACK
    with work.state.transaction() as tx:
        mine = [task for task in tx.tasks(work.incident_id) if task.id.startswith(prefix)]
        if not mine or (mine[-1].answer is not None and not back):
            tx.put_task(_switch_back(work, done, f"{prefix}{len(mine) + 1}"))
            return _WAIT
        if mine[-1].answer is None:
            # Its words may still say "not now", from an earlier round.
            asked = _switch_back(work, done, mine[-1].id)
            tx.put_task(msgspec.structs.replace(asked, opened=mine[-1].opened))
            return _WAIT
        now = work.means.clock.now()
        tx.put_intent(
            msgspec.structs.replace(
                done,
                state=IntentState.UNDONE,
                time=now,
                expires=None,
                detail=f"switched back by {mine[-1].by}",
            )
        )
    return _BACK


async def _is_back(done: Intent, responder: Responder) -> str:
    """Whether the pre-state is there again: back, not back, or wait (it cannot be known); a system takes a moment.

    In OT any mode but ours that is known is back: people choose at the machine. Elsewhere it is what was recorded.
    """
    ot = done.action.reaches_ot or responder.describe.reaches_ot
    end = _WAIT
    for attempt in range(_LOOKS):
        if attempt:
            await asyncio.sleep(_LOOK_SECONDS)
        try:
            found = await in_time(responder.plan(done.action))
        except Unreachable:
            return _WAIT
        same = not found.already if ot else found.prestate == done.prepared.prestate
        if found.prestate and same:
            return _BACK
        end = _NOT_BACK if found.prestate else _WAIT
    return end


def _switch_back_prefix(key: str) -> str:
    return f"switch-back-{key[:20]}-"


def _switch_back(work: Work, done: Intent, name: str) -> Task:
    return Task(
        id=name,
        incident_id=work.incident_id,
        kind=TaskKind.SWITCH_BACK,
        subject=done.action.id,
        question=f"{done.action.target}: please give control back to the AI at the machine, then answer here.",
        options=("done",),
        opened=work.means.clock.now(),
        role=ApproverRole.OT,
    )


async def _responder(work: Work, action: Action) -> Responder | None:
    found = work.means.responders(await work.case(), (), ())
    return next((one for one in found if one.covers(action)), None)


@dataclass(frozen=True)
class _Ends:
    """What came of a return: in words, the keys of what was taken back, newest first, and out of how many."""

    said: str
    back: tuple[str, ...]
    total: int

    @property
    def whole(self) -> bool:
        return 0 < self.total == len(self.back)


async def _returned(work: Work, plan: Plan, action: Action, ends: _Ends) -> None:
    key, now = action_key(plan, action), work.means.clock.now()
    status = ReceiptStatus.DONE if ends.whole else ReceiptStatus.ABORTED
    if not ends.total:
        # What was contained was contained by people, and only they can give it back.
        status = ReceiptStatus.WOULD_ACT
    receipt = Receipt(
        key=key, action_id=action.id, status=status, responder="people", time=now, detail=ends.said
    )
    result, why = await _seen(work, ends)
    seen = Verification(
        level=VerificationLevel.STATE,
        result=result,
        oracle=_ORACLE,
        time=work.means.clock.now(),
        detail=f"{ends.said}; {why}" if why else ends.said,
    )
    ask = "take the rest back by hand" if ends.total else "give back what was done by hand"
    with work.state.transaction() as tx:
        tx.put_record(work.incident_id, key, receipt)
        tx.put_record(work.incident_id, key, seen)
        if not ends.whole and not work.closed_by(tx):
            work.open_task(tx, _by_hand(work, action, key, f"{ends.said}. Please {ask}."))


async def _seen(work: Work, ends: _Ends) -> tuple[VerificationResult, str]:
    """Look at each system whether what was recorded before the containment is there again."""
    if not ends.total:
        return VerificationResult.UNKNOWN, "nothing to look at"
    if not ends.whole:
        return VerificationResult.REFUTED, ""
    with work.state.transaction() as tx:
        found = [tx.intent(key) for key in ends.back]
    # Of an action that was taken in several rounds, what was there before the first one counts.
    first = {one.action.id: one for one in found if one is not None}.values()
    changed = [one for one in first if not one.prepared.already] or list(first)
    told: dict[str, list[str]] = {_BACK: [], _NOT_BACK: [], _WAIT: []}
    for one in changed:
        responder = await _responder(work, one.action)
        end = _WAIT if responder is None else await _is_back(one, responder)
        told[end].append(f"{one.action.kind.value} on {one.action.target}")
    if told[_NOT_BACK]:
        return VerificationResult.REFUTED, f"not as it was before: {', '.join(told[_NOT_BACK])}"
    if told[_WAIT]:
        return VerificationResult.UNKNOWN, f"cannot be read: {', '.join(told[_WAIT])}"
    return VerificationResult.CONFIRMED, "as it was before"


def _by_hand(work: Work, action: Action, key: str, question: str) -> Task:
    """What cannot be taken back from here must not stay for ever: somebody has to know."""
    return Task(
        id=f"by-hand-{key[:20]}",
        incident_id=work.incident_id,
        kind=TaskKind.BY_HAND,
        subject=action.id,
        question=question,
        options=("done", "not possible"),
        opened=work.means.clock.now(),
    )


async def _not_returned(work: Work, plan: Plan, action: Action, permission: Permission) -> None:
    refused = permission.answer is Answer.REFUSED
    why = (
        permission.why
        if permission.answer is not Answer.GO
        else "given back by people behind gates, never here"
    )
    receipt = Receipt(
        key=action_key(plan, action),
        action_id=action.id,
        status=ReceiptStatus.REFUSED if refused else ReceiptStatus.WOULD_ACT,
        responder="none",
        time=work.means.clock.now(),
        detail=why,
    )
    with work.state.transaction() as tx:
        tx.put_record(work.incident_id, receipt.key, receipt)
