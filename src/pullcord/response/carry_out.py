"""Carrying out a plan: evidence first, then ask, then one action after the other, each looked at from outside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from pullcord.analysis.classes import CUTS, HARMLESS
from pullcord.model.approval import Approval
from pullcord.model.explanation import Explanation
from pullcord.model.incident import PhaseName
from pullcord.model.intent import IntentState
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, Plan
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Responder, Transaction
from pullcord.response.doubts import settle
from pullcord.response.errors import HeldError
from pullcord.response.journal import Unreachable, action_key, in_time
from pullcord.response.permission import Answer, Permission
from pullcord.response.work import ACTED, POLL_SECONDS, Work, carried_out

_DONE_BY_PEOPLE = frozenset({ActionKind.RETURN_TO_SERVICE})


async def snapshots(work: Work, plan: Plan) -> None:
    """Keep the evidence, in every mode and before anybody is asked: it changes nothing in the plant."""
    for action in plan.actions:
        if action.kind is ActionKind.SNAPSHOT:
            await _one(work, plan, action, automatic=True)
            await _verified(work, plan, action)


async def asked(work: Work, plan: Plan, phase: PhaseName, findings: int) -> Permission:
    """Wait until it is decided what may happen to a plan.

    Args:
        work: the incident.
        plan: what people are asked about.
        phase: for the names of the steps.
        findings: how many findings the plan rests on; more of them, and it is planned again.
    """
    while True:
        look = partial(_look, work, plan, findings)
        found = await work.step(f"{phase.value}: permission {plan.id}", look)
        answer = Answer(found["answer"])
        if answer is not Answer.WAIT:
            return Permission(answer, found["why"])
        await work.steps.wait(POLL_SECONDS)


async def _look(work: Work, plan: Plan, findings: int) -> dict[str, str]:
    with work.state.transaction() as tx:
        closed = work.closed_by(tx) if work.means.live else ""
        if closed:
            return {"answer": Answer.CLOSED.value, "why": closed}
        permission = work.means.policy.permission(plan, tx)
        for approval in permission.made:
            tx.put_record(work.incident_id, approval_key(plan, approval), approval)
        incident = tx.incident(work.incident_id)
        grown = incident is not None and len(incident.finding_ids) > findings
        if grown and permission.answer in {Answer.WAIT, Answer.REFUSED}:
            return {"answer": Answer.CHANGED.value, "why": "new findings joined"}
    return {"answer": permission.answer.value, "why": permission.why}


def approval_key(plan: Plan, approval: Approval) -> str:
    """The key under which a decision is kept: one for each role and person on a plan."""
    return f"{plan.id}/{approval.role.value}/{approval.approver}"


async def carry_out(work: Work, plan: Plan, permission: Permission) -> int:
    """Execute and verify each action in order; returns how many are in force by it.

    An action that fails does not stop the others, with one exception: an AI system whose switch to its fallback is not
    confirmed is not cut off, because production still hangs on it.
    """
    go, automatic = permission.answer is Answer.GO, permission.why == "automatic"
    acted: list[Action] = []
    taken = 0
    uncut: set[str] = set()
    for action in plan.actions:
        if action.kind in _DONE_BY_PEOPLE:
            continue
        if action.kind is ActionKind.SNAPSHOT:
            taken += 1
            continue
        if not go:
            await _not_done(work, plan, action, permission)
        elif action.kind in CUTS and action.target in uncut:
            why = "its switch to the fallback is not confirmed: people decide, production still hangs on it"
            await _not_done(work, plan, action, Permission(Answer.REFUSED, why))
        elif await _one(work, plan, action, automatic=automatic) in ACTED:
            acted.append(action)
            if action.kind is ActionKind.SWITCH_TO_FALLBACK and not await _verified(work, plan, action):
                uncut.add(action.target)
        elif action.kind is ActionKind.SWITCH_TO_FALLBACK:
            uncut.add(action.target)
    # Looked at when all is done: a later action may have undone an earlier one.
    for action in acted:
        await _verified(work, plan, action)
    return taken + len(acted)


async def _one(work: Work, plan: Plan, action: Action, *, automatic: bool) -> ReceiptStatus:
    """Prepare, then act: two steps, so that a lost journal line is noticed."""
    prepare = partial(_prepare, work, plan, action, automatic=automatic)
    if not await work.step(f"prepare {action.id} {plan.id}", prepare):
        return ReceiptStatus.WOULD_ACT
    status = await work.step(f"act {action.id} {plan.id}", partial(_act, work, plan, action))
    return ReceiptStatus(status)


async def _prepare(work: Work, plan: Plan, action: Action, *, automatic: bool) -> bool:
    """Whether it may be sent, and somebody can; without a responder, people are asked.

    Raises:
        HeldError: the plan may not be carried out right now (an approval has run out, or a restore voided it).
    """
    why = "" if action.kind in HARMLESS else not_permitted(work, plan)
    if why:
        with work.state.transaction() as tx:
            _receipt(work, tx, plan, action, (ReceiptStatus.REFUSED, why))
        return False
    responder = await _covering(work, action)
    if responder is None:
        _by_hand(work, plan, action)
        return False
    await work.means.journal.prepare(plan, action, responder, automatic=automatic)
    return True


def not_permitted(work: Work, plan: Plan) -> str:
    """Ask again, right before something is done: a checkpoint remembers an approval, it does not keep it valid.

    Returns:
        Why the plan will not be carried any further (refused by now, a mode lowered, the incident closed); empty if
        it may be.

    Raises:
        HeldError: people have to approve anew, or a stop holds it.
    """
    with work.state.transaction() as tx:
        closed = work.closed_by(tx) if work.means.live else ""
        permission = work.means.policy.permission(plan, tx)
    if closed or permission.answer is Answer.GO:
        return closed
    if permission.answer is Answer.WAIT:
        raise HeldError(permission.why, "approve the plan again; the incident then goes on by itself")
    return permission.why


async def _act(work: Work, plan: Plan, action: Action) -> str:
    why = "" if action.kind in HARMLESS else not_permitted(work, plan)
    if why and _dropped(work, plan, action, why):
        return ReceiptStatus.REFUSED.value
    receipt = await work.means.journal.act(plan, action, await _must(work, action))
    if work.means.live:
        with work.state.transaction() as tx:
            if receipt.status is ReceiptStatus.IN_DOUBT:
                settle(work, tx)
            elif receipt.status not in ACTED and action.kind not in HARMLESS:
                _ask_people(work, tx, plan, action, f"It could not be done here: {receipt.detail}.")
    return receipt.status.value


def _dropped(work: Work, plan: Plan, action: Action, why: str) -> bool:
    """Give up what was prepared and not sent yet; False if it may have been sent."""
    key = action_key(plan, action)
    with work.state.transaction() as tx:
        intent = tx.intent(key)
        if intent is None or intent.state is not IntentState.PLANNED:
            return False
        now = work.means.clock.now()
        tx.put_intent(msgspec.structs.replace(intent, state=IntentState.NOT_DONE, time=now, detail=why))
        _receipt(work, tx, plan, action, (ReceiptStatus.REFUSED, why))
    return True


async def _verified(work: Work, plan: Plan, action: Action) -> bool:
    found = await work.step(f"verify {action.id} {plan.id}", partial(_verify, work, plan, action))
    return bool(found == VerificationResult.CONFIRMED.value)


async def _verify(work: Work, plan: Plan, action: Action) -> str:
    responder = await _must(work, action)
    try:
        seen = await in_time(responder.verify(action))
    except Unreachable as error:
        seen = Verification(
            level=action.verify_level,
            result=VerificationResult.UNKNOWN,
            oracle=responder.describe.oracle,
            time=work.means.clock.now(),
            detail=f"no answer: {error}",
        )
    with work.state.transaction() as tx:
        tx.put_record(work.incident_id, action_key(plan, action), seen)
        if seen.result is not VerificationResult.CONFIRMED and work.means.live:
            work.open_task(tx, _unverified(work, plan, action, seen))
    return seen.result.value


def _unverified(work: Work, plan: Plan, action: Action, seen: Verification) -> Task:
    said = "is not there" if seen.result is VerificationResult.REFUTED else "cannot be seen"
    return Task(
        id=f"unverified-{action_key(plan, action)[:20]}",
        incident_id=work.incident_id,
        kind=TaskKind.UNVERIFIED,
        subject=action.id,
        question=f"The effect of {action.kind.value} on {action.target} {said} ({seen.detail}). Is it there?",
        options=("yes", "no"),
        opened=work.means.clock.now(),
    )


async def _not_done(work: Work, plan: Plan, action: Action, permission: Permission) -> None:
    paper = permission.answer is Answer.PAPER
    status = ReceiptStatus.WOULD_ACT if paper else ReceiptStatus.REFUSED

    async def note() -> None:
        with work.state.transaction() as tx:
            _receipt(work, tx, plan, action, (status, permission.why))

    await work.step(f"not done {action.id} {plan.id}", note)


def _by_hand(work: Work, plan: Plan, action: Action) -> None:
    """No responder for this here: people are asked to do it."""
    with work.state.transaction() as tx:
        why = "no responder for this here: people carry it out"
        _receipt(work, tx, plan, action, (ReceiptStatus.WOULD_ACT, why))
        if work.means.live:
            _ask_people(work, tx, plan, action, action.expected)


def _ask_people(work: Work, tx: Transaction, plan: Plan, action: Action, why: str) -> None:
    task = Task(
        id=f"by-hand-{action_key(plan, action)[:20]}",
        incident_id=work.incident_id,
        kind=TaskKind.BY_HAND,
        subject=action.id,
        question=f"Please do by hand: {action.kind.value} on {action.target}. {why}".strip(),
        options=("done", "not possible"),
        opened=work.means.clock.now(),
    )
    work.open_task(tx, task)


def _receipt(
    work: Work, tx: Transaction, plan: Plan, action: Action, said: tuple[ReceiptStatus, str]
) -> None:
    key = action_key(plan, action)
    receipt = Receipt(
        key=key,
        action_id=action.id,
        status=said[0],
        responder="none",
        time=work.means.clock.now(),
        detail=said[1],
    )
    tx.put_record(work.incident_id, key, receipt)


async def _covering(work: Work, action: Action) -> Responder | None:
    return next((one for one in await _responders(work) if one.covers(action)), None)


async def _must(work: Work, action: Action) -> Responder:
    found = await _covering(work, action)
    if found is None:
        message = f"no responder for {action.kind.value} on {action.target} any more"
        raise LookupError(message)
    return found


async def _responders(work: Work) -> Sequence[Responder]:
    with work.state.transaction() as tx:
        done: Sequence[Action] = carried_out(tx, work.incident_id)
        told: Sequence[Explanation] = tx.explanations(work.incident_id)
    case = await work.case()
    return work.means.responders(case, done, case.suspect_calls(told))
