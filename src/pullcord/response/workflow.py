"""The workflow of one incident over the phases after triage: once, for live operation and for recordings alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count

from pullcord.model.incident import Phase, PhaseName
from pullcord.model.task import Task, TaskKind
from pullcord.ports import State
from pullcord.response.case import Case
from pullcord.response.engine import Direct, Steps
from pullcord.response.permission import Answer
from pullcord.response.phases import contain, investigate, learn, recover, skip
from pullcord.response.work import POLL_SECONDS, Means, OneTransaction, Work

MOST_ROUNDS = 20
"""Times that new findings send an incident back to containment before people are asked whether that makes sense."""


async def run_live(
    incident_id: str, steps: Steps, state: State, means: Means, load: Callable[[str], Case]
) -> None:
    """Take an incident through its phases; waits for people as long as it takes.

    New findings send it back to containment, also after recovery. It ends when a person closes it.
    """
    work = Work(incident_id, steps, state, means, load)
    for number in count():
        if number and number % MOST_ROUNDS == 0 and not await _goes_on(work, number):
            await skip(work, (PhaseName.INVESTIGATE, PhaseName.RECOVER))
            await learn(work)
            return
        if await _round(work, number) is not Answer.CHANGED:
            return


async def _goes_on(work: Work, number: int) -> bool:
    """Ask people about an incident that does not come to rest: contain again, or False if they close it."""
    while True:
        found = await work.step(f"rounds {number}", partial(_asked, work, number))
        if found is not None:
            return bool(found)
        await work.steps.wait(POLL_SECONDS)


async def _asked(work: Work, number: int) -> bool | None:
    task = Task(
        id=f"rounds-{number}",
        incident_id=work.incident_id,
        kind=TaskKind.STUCK,
        subject="rounds",
        question=f"New findings have joined {number} times, and some are not contained yet. Contain them?",
        options=("retry",),
        opened=work.means.clock.now(),
    )
    with work.state.transaction() as tx:
        if work.closed_by(tx):
            return False
        work.open_task(tx, task)
        answered = any(one.id == task.id and one.answer for one in tx.tasks(work.incident_id))
    return True if answered else None


async def _round(work: Work, number: int) -> Answer:
    contained = await contain(work, number)
    if contained is None:
        await skip(work, (PhaseName.INVESTIGATE, PhaseName.RECOVER))
        return await learn(work)
    await investigate(work, number)
    found = await recover(work, number, contained)
    return found if found is Answer.CHANGED else await learn(work, contained)


async def run_recorded(
    case: Case, joined: OneTransaction, means: Means, on_phase: Callable[[PhaseName], None]
) -> None:
    """Take a recorded incident through the phases that have not ended yet.

    A phase's records and its end are one transaction, so a killed run repeats at most the phase it was in, and that
    phase had left nothing behind. Only for responders that change nothing outside that transaction.

    Args:
        case: the incident.
        joined: where it is kept; the journal of the means must write to the same.
        means: simulated ones, or evidence only.
        on_phase: called after each phase is durable (progress).
    """
    work = Work(case.incident.id, Direct(), joined, means, lambda _id: case)
    phases = (
        (PhaseName.CONTAIN, contain),
        (PhaseName.INVESTIGATE, investigate),
        (PhaseName.RECOVER, recover),
        (PhaseName.LEARN, learn),
    )
    for name, phase in phases:
        with joined.whole() as tx:
            if any(one.name is name and one.end is not None for one in tx.phases(case.incident.id)):
                continue
            await phase(work)
        on_phase(name)


def is_closed(phases: tuple[Phase, ...]) -> bool:
    """Whether all six phases have ended."""
    return {phase.name for phase in phases if phase.end is not None} == set(PhaseName)
