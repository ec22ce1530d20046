"""Return to service: behind its gates, what was contained is taken back; the process itself goes back by people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import msgspec

from pullcord.analysis.classes import HARMLESS
from pullcord.model.intent import Intent, IntentState
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, ApproverRole, Plan, PlanPurpose, VerificationLevel
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Responder
from pullcord.response.carry_out import not_permitted
from pullcord.response.gates import gates
from pullcord.response.journal import Unreachable, action_key, in_time
from pullcord.response.permission import Answer, Permission
from pullcord.response.work import ACTED, POLL_SECONDS, Work

_LOOKS, _LOOK_SECONDS = 5, 1.0
_BACK, _NOT_BACK, _WAIT = "back", "not back", "wait"


async def return_to_service(work: Work, plan: Plan, permission: Permission, findings: int) -> Permission:
    """Give back what was taken, for each return that the plan holds and people approved.

    Args:
        work: the incident.
        plan: the recovery plan.
        permission: what may happen to it.
        findings: how many the containment rests on.

    Returns:
        ``go`` with what was given back; ``changed`` if new findings joined, or ``closed`` with who closed the
        incident, while gates were open.
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
        said.append(await _give_back(work, plan, action))
    return Permission(Answer.GO, "; ".join(said))


async def _give_back(work: Work, plan: Plan, action: Action) -> str:
    """Take back, newest first, everything that holds this AI system."""
    keys: Sequence[str] = await work.step(f"holding {action.id} {plan.id}", partial(_holding, work, action))
    ends = [await _one_back(work, plan, key) for key in keys]
    said = f"{action.target}: {ends.count(_BACK)} of {len(ends)} taken back"
    note = partial(_returned, work, plan, action, said, whole=ends.count(_BACK) == len(ends))
    await work.step(f"returned {action.id} {plan.id}", note)
    return said


async def _one_back(work: Work, plan: Plan, key: str) -> str:
    while True:
        end = str(await work.step(f"undo {key[:20]}", partial(_undo, work, plan, key)))
        if end != _WAIT:
            return end
        await work.steps.wait(POLL_SECONDS)


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


async def _undo(work: Work, plan: Plan, key: str) -> str:
    if not_permitted(work, plan):
        return _NOT_BACK
    with work.state.transaction() as tx:
        done = tx.intent(key)
    responder = None if done is None else await _responder(work, done.action)
    if done is None or responder is None:
        return _NOT_BACK
    if done.action.reaches_ot or responder.describe.reaches_ot:
        return await _by_people(work, done, responder)
    receipt = await work.means.journal.undo(done, responder)
    return _BACK if receipt.status in ACTED else _NOT_BACK


async def _by_people(work: Work, done: Intent, responder: Responder) -> str:
    """Pullcord never gives a process back to an AI: people do at the machine, and it is believed when it is seen."""
    prefix = f"switch-back-{done.key[:20]}-"
    with work.state.transaction() as tx:
        said = [task for task in tx.tasks(work.incident_id) if task.id.startswith(prefix) and task.answer]
    back = bool(said) and await _is_back(done.action, responder)
    with work.state.transaction() as tx:
        mine = [task for task in tx.tasks(work.incident_id) if task.id.startswith(prefix)]
        if not mine or (mine[-1].answer is not None and not back):
            tx.put_task(_switch_back(work, done, f"{prefix}{len(mine) + 1}"))
            return _WAIT
        if mine[-1].answer is None:
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


async def _is_back(action: Action, responder: Responder) -> bool:
    """Whether the AI has control again; a controller takes a moment to say so."""
    for attempt in range(_LOOKS):
        if attempt:
            await asyncio.sleep(_LOOK_SECONDS)
        try:
            if not (await in_time(responder.plan(action))).already:
                return True
        except Unreachable:
            return False
    return False


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


async def _returned(work: Work, plan: Plan, action: Action, said: str, *, whole: bool) -> None:
    key, now = action_key(plan, action), work.means.clock.now()
    status = ReceiptStatus.DONE if whole else ReceiptStatus.ABORTED
    receipt = Receipt(key=key, action_id=action.id, status=status, responder="people", time=now, detail=said)
    result = VerificationResult.CONFIRMED if whole else VerificationResult.REFUTED
    seen = Verification(
        level=VerificationLevel.STATE, result=result, oracle="pre-state read back", time=now, detail=said
    )
    with work.state.transaction() as tx:
        tx.put_record(work.incident_id, key, receipt)
        tx.put_record(work.incident_id, key, seen)
        if not whole and not work.closed_by(tx):
            work.open_task(tx, _by_hand(work, action, key, said))


def _by_hand(work: Work, action: Action, key: str, said: str) -> Task:
    """What cannot be taken back from here must not stay for ever: somebody has to know."""
    return Task(
        id=f"by-hand-{key[:20]}",
        incident_id=work.incident_id,
        kind=TaskKind.BY_HAND,
        subject=action.id,
        question=f"{said}. Please take the rest back by hand.",
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
