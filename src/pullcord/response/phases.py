"""The four phases after triage: what each decides, does and says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.incident import PhaseName, PhaseOutcome
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import Action, ActionKind, Plan, PlanPurpose, sealed
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Transaction
from pullcord.response.carry_out import asked, carry_out, snapshots
from pullcord.response.doubts import settle
from pullcord.response.gates import gate_prefix
from pullcord.response.journal import action_key
from pullcord.response.permission import Answer, Permission, on_paper
from pullcord.response.returning import return_to_service
from pullcord.response.work import POLL_SECONDS, Work, carried_out

# Sessions of one incident that are reconstructed; more are named in the reason and stay in the lake.
MOST_SESSIONS = 50

MOST_CHANGES = 3
"""Times that new findings replace a plan while people are asked about it; then it stands."""


async def contain(work: Work, round_number: int = 0) -> int | None:
    """Plan the containment and carry out what may be.

    Returns:
        How many findings it rests on; None if a person closed the incident meanwhile.
    """
    attempt = 0
    while True:
        label = f"contain: plan {round_number}.{attempt}"
        plan, findings = await _planned(work, label, PlanPurpose.CONTAIN, round_number)
        if not plan.actions:
            await work.ended(PhaseName.CONTAIN, PhaseOutcome.NOT_NEEDED, _first(plan, "nothing to contain"))
            return findings
        await snapshots(work, plan)
        # Who keeps an incident growing must not keep people from ever agreeing: what comes later has its own round.
        rests_on = findings if attempt < MOST_CHANGES else sys.maxsize
        permission = await asked(work, plan, PhaseName.CONTAIN, rests_on)
        if permission.answer is Answer.CLOSED:
            # What an earlier round carried out stays what this phase did.
            outcome = PhaseOutcome.DONE if round_number else PhaseOutcome.NOT_NEEDED
            await work.ended(PhaseName.CONTAIN, outcome, permission.why)
            return None
        if permission.answer is not Answer.CHANGED:
            count = await carry_out(work, plan, permission)
            await work.ended(PhaseName.CONTAIN, PhaseOutcome.DONE, _said(plan, count, permission))
            return findings
        attempt += 1


async def investigate(work: Work, round_number: int = 0) -> None:
    """Explain each agent session of the incident."""

    async def explain() -> None:
        case = await work.case()
        chosen = [case.sessions[trace] for trace in sorted(case.sessions)[:MOST_SESSIONS]]
        told = [work.means.judges.investigate(session) for session in chosen]
        with work.state.transaction() as tx:
            work.begin(tx, PhaseName.INVESTIGATE)
            for one in told:
                tx.put_record(work.incident_id, one.trace_id, one)
            reason = _found(told, len(case.sessions) - len(chosen))
            work.end(tx, PhaseName.INVESTIGATE, PhaseOutcome.DONE, reason)

    await work.step(f"investigate {round_number}", explain)


async def recover(work: Work, round_number: int = 0, contained: int | None = None) -> Answer:
    """Plan eradication and recovery, carry out what may be, return to service behind gates.

    Args:
        work: the incident.
        round_number: for the names of the steps.
        contained: how many findings the containment rests on; None = as many as there are.

    Returns:
        ``go`` when the phase has ended, ``changed`` when new findings want containing first, ``closed`` when a person
        closed the incident.
    """
    label = f"recover: plan {round_number}"
    plan, findings = await _planned(work, label, PlanPurpose.RECOVER, round_number)
    if not plan.actions:
        await work.ended(PhaseName.RECOVER, PhaseOutcome.NOT_NEEDED, _first(plan, "nothing to recover"))
        return Answer.GO
    await snapshots(work, plan)
    rests_on = findings if contained is None else contained
    permission = await asked(work, plan, PhaseName.RECOVER, rests_on)
    if permission.answer is Answer.CLOSED:
        await work.ended(PhaseName.RECOVER, PhaseOutcome.NOT_NEEDED, permission.why)
        return Answer.CLOSED
    if permission.answer is Answer.CHANGED:
        return Answer.CHANGED
    count = await carry_out(work, plan, permission)
    returned = await return_to_service(work, plan, permission, rests_on)
    if returned.answer is Answer.CHANGED:
        return Answer.CHANGED
    reason = _said(plan, count, permission)
    if returned.why:
        reason += f"; {returned.why}"
    await work.ended(PhaseName.RECOVER, PhaseOutcome.DONE, reason)
    return returned.answer


async def learn(work: Work, contained: int | None = None) -> Answer:
    """Draw the lessons, and where people are there, let one of them close the incident.

    ``changed`` when new findings want containing first: more than the ``contained`` ones (None: there are no others).

    Lessons follow from the record alone, so they are drawn whenever it is read.
    """
    while work.means.live:
        answer = Answer(await work.step("learn: may it be closed", partial(_may_close, work, contained)))
        if answer is Answer.CHANGED:
            return answer
        if answer is Answer.GO:
            break
        await work.steps.wait(POLL_SECONDS)

    async def close() -> None:
        found = len((await work.case()).findings)
        with work.state.transaction() as tx:
            count = len(tx.receipts(work.incident_id))
            work.begin(tx, PhaseName.LEARN)
            reason = f"lessons drawn from {found} finding{'' if found == 1 else 's'} and {count} actions"
            closed = work.closed_by(tx) if work.means.live else ""
            work.end(tx, PhaseName.LEARN, PhaseOutcome.DONE, f"{reason}; {closed}" if closed else reason)

    await work.step("learn: end", close)
    return Answer.GO


async def skip(work: Work, names: Sequence[PhaseName]) -> None:
    """End phases that a person made unnecessary by closing the incident."""

    async def end() -> None:
        with work.state.transaction() as tx:
            over = {phase.name for phase in tx.phases(work.incident_id) if phase.end is not None}
            for name in names:
                if name not in over:
                    work.end(tx, name, PhaseOutcome.NOT_NEEDED, work.closed_by(tx))

    await work.step(f"skip {' '.join(name.value for name in names)}", end)


async def _may_close(work: Work, contained: int | None) -> str:
    with work.state.transaction() as tx:
        settle(work, tx)
        work.begin(tx, PhaseName.LEARN)
        if work.closed_by(tx):
            return Answer.GO.value
        incident = tx.incident(work.incident_id)
        if contained is not None and incident is not None and len(incident.finding_ids) > contained:
            _ask_to_close(work, tx, _GROWN)
            return Answer.CHANGED.value
        plans = [
            one for one in tx.plans(work.incident_id) if one.purpose is PlanPurpose.CONTAIN and one.actions
        ]
        if (
            contained is not None
            and plans
            and on_paper(plans[-1])
            and work.means.policy.raised(plans[-1], tx)
        ):
            _ask_to_close(work, tx, _RAISED)
            return Answer.CHANGED.value
        _ask_to_close(work, tx, _READY)
    return Answer.WAIT.value


_READY = "Everything planned has been done or refused. May the incident be closed?"
_RAISED = (
    "A mode was raised, and what stayed on paper is planned again. May the incident be closed all the same?"
)
_GROWN = "New findings joined, and the incident is being contained again. May it be closed all the same?"


def _ask_to_close(work: Work, tx: Transaction, question: str) -> None:
    """Ask, or say in the question that is open what has become of it."""
    opened = work.means.clock.now()
    for known in tx.tasks(work.incident_id):
        if known.kind is TaskKind.CLOSE and known.answer is None:
            opened = known.opened
    task = Task(
        id="close",
        incident_id=work.incident_id,
        kind=TaskKind.CLOSE,
        subject="",
        question=question,
        options=("close",),
        opened=opened,
    )
    tx.put_task(task)


async def _planned(work: Work, label: str, purpose: PlanPurpose, round_number: int) -> tuple[Plan, int]:
    """Plan and keep the plan; returns it with the number of findings it rests on."""

    async def make() -> dict[str, Any]:
        case = await work.case()
        with work.state.transaction() as tx:
            settle(work, tx)
            work.begin(tx, PhaseName(purpose.value))
            done, told = carried_out(tx, work.incident_id), tx.explanations(work.incident_id)
            before = tx.plans(work.incident_id)
        if purpose is PlanPurpose.CONTAIN:
            plan = work.means.judges.contain(case, told, done)
        else:
            plan = work.means.judges.recover(case, told, _in_force(before, done))
        with work.state.transaction() as tx:
            plan = _afresh(work, tx, plan, round_number)
            tx.put_record(work.incident_id, _plan_key(tx.plans(work.incident_id), plan), plan)
            said = f"{purpose.value} {work.incident_id}"
            tx.audit("pullcord", f"plan {plan.id}", said, work.means.clock.now())
        return {"plan": plan.id, "findings": len(case.incident.finding_ids)}

    found = await work.step(label, make)
    with work.state.transaction() as tx:
        plan = next(one for one in tx.plans(work.incident_id) if one.id == found["plan"])
    return plan, found["findings"]


def _afresh(work: Work, tx: Transaction, plan: Plan, round_number: int) -> Plan:
    """A plan that reads like one of an earlier round is another one: people decide anew, and its actions act again."""
    if not round_number:
        return plan
    keys = {action_key(plan, action) for action in plan.actions if action.kind is not ActionKind.SNAPSHOT}
    acted = {intent.key for intent in tx.intents(work.incident_id)}
    acted |= {one.key for one in tx.receipts(work.incident_id) if one.status is not ReceiptStatus.WOULD_ACT}
    asked_at = [task.id for task in tx.tasks(work.incident_id) if task.kind is TaskKind.GATE]
    gated = any(name.startswith(gate_prefix(key)) for key in keys for name in asked_at)
    if keys.isdisjoint(acted) and not gated:
        return plan
    reason = f"Planned again after new findings, for the {round_number + 1}. time."
    return sealed(msgspec.structs.replace(plan, reasons=(*plan.reasons, reason)))


def _plan_key(kept: Sequence[Plan], plan: Plan) -> str:
    """Where to keep a plan: one that comes back after another took its place is the last one again."""
    mine = [one.id for one in kept if one.purpose is plan.purpose]
    return f"{plan.id}/{len(kept)}" if plan.id in mine and mine[-1] != plan.id else plan.id


def _in_force(kept: Sequence[Plan], done: Sequence[Action]) -> Plan:
    """The containment in force: the plan of the last round that had actions, and what earlier rounds carried out.

    What an earlier round switched or cut is not planned again, but it has to be given back all the same.
    """
    plans = [plan for plan in kept if plan.purpose is PlanPurpose.CONTAIN]
    last = next((plan for plan in reversed(plans) if plan.actions), plans[-1])
    mine = {action.id for action in last.actions}
    contained = {action.id for plan in plans for action in plan.actions}
    earlier = (action for action in done if action.id in contained - mine)
    return msgspec.structs.replace(last, actions=(*last.actions, *earlier))


def _said(plan: Plan, count: int, permission: Permission) -> str:
    total = sum(action.kind is not ActionKind.RETURN_TO_SERVICE for action in plan.actions)
    reason = f"{count} of {total} actions carried out (class {plan.plan_class.value})"
    if permission.answer is Answer.GO and not permission.why:
        return reason
    return f"{reason}; {permission.why}"


def _found(told: Sequence[Explanation], left: int) -> str:
    if not told:
        return "cannot tell: no agent session among its events, so there is nothing to reconstruct yet"
    counts = {verdict: sum(one.verdict is verdict for one in told) for verdict in Verdict}
    reason = ", ".join(
        f"{count} × {verdict.value.replace('_', ' ')}" for verdict, count in counts.items() if count
    )
    return f"{reason}; {left} more sessions not reconstructed" if left else reason


def _first(plan: Plan, default: str) -> str:
    return plan.reasons[0] if plan.reasons else default
