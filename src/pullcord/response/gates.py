"""Gates of a return to service: people attest each; a failed one is asked again, and nothing returns meanwhile."""

from __future__ import annotations

from functools import partial

from pullcord.model.intent import IntentState
from pullcord.model.plan import Action, ApproverRole, Plan
from pullcord.model.task import Task, TaskKind
from pullcord.ports import Transaction
from pullcord.response.doubts import settle
from pullcord.response.journal import action_key
from pullcord.response.permission import Answer, Permission
from pullcord.response.work import POLL_SECONDS, Work

PASSED, FAILED = "passed", "failed"


async def gates(work: Work, plan: Plan, action: Action, findings: int) -> Permission:
    """Wait until every gate has passed and nothing is in doubt.

    Args:
        work: the incident.
        plan: the recovery plan.
        action: the return to service.
        findings: how many the containment rests on; more of them want containing before anything returns.

    Returns:
        ``go``, ``changed``, or ``closed`` with who closed the incident.
    """
    while True:
        found = await work.step(f"gates {action.id}", partial(_look, work, plan, action, findings))
        if found["answer"] != Answer.WAIT.value:
            return Permission(Answer(found["answer"]), found["why"])
        await work.steps.wait(POLL_SECONDS)


async def _look(work: Work, plan: Plan, action: Action, findings: int) -> dict[str, str]:
    with work.state.transaction() as tx:
        closed = work.closed_by(tx)
        if closed:
            return {"answer": Answer.CLOSED.value, "why": closed}
        settle(work, tx)
        incident = tx.incident(work.incident_id)
        if incident is not None and len(incident.finding_ids) > findings:
            return {"answer": Answer.CHANGED.value, "why": "new findings joined"}
        passed = [_passed(work, tx, (plan, action), place) for place in range(len(plan.gates))]
        doubts = tx.intents(work.incident_id, [IntentState.IN_DOUBT])
    ready = all(passed) and not doubts
    return {"answer": Answer.GO.value if ready else Answer.WAIT.value, "why": ""}


def gate_prefix(key: str) -> str:
    """How the questions about one return begin. ``key`` goes by plan: words on an earlier one do not count for it."""
    return f"gate-{key[:20]}-"


def _passed(work: Work, tx: Transaction, where: tuple[Plan, Action], place: int) -> bool:
    """Whether a gate has passed; opens the question, or opens it again after a failure."""
    plan, action = where
    prefix = f"{gate_prefix(action_key(plan, action))}{place + 1}-"
    mine = [task for task in tx.tasks(work.incident_id) if task.id.startswith(prefix)]
    if mine and mine[-1].answer == PASSED:
        return True
    if not mine or mine[-1].answer is not None:
        task = Task(
            id=f"{prefix}{len(mine) + 1}",
            incident_id=work.incident_id,
            kind=TaskKind.GATE,
            subject=plan.gates[place],
            question=f"{action.target}: has this gate passed? {plan.gates[place]}",
            options=(PASSED, FAILED),
            opened=work.means.clock.now(),
            role=ApproverRole.ML_OWNER,
        )
        tx.put_task(task)
    return False
