"""The workflow of one incident: the phases after triage, each durable on its own, resumed where it stopped.

A phase's records and its end are one transaction, so a killed run repeats at most the phase it was in, and that
phase had left nothing behind. Responders called here must be simulated or evidence-only: acting on real systems
needs the intent journal, which this workflow does not have.
"""

from __future__ import annotations

from collections.abc import Callable

from pullcord.model.incident import Phase, PhaseName
from pullcord.ports import State
from pullcord.response.case import Case
from pullcord.response.phases import AFTER_TRIAGE, Means


async def run(case: Case, state: State, means: Means, on_phase: Callable[[PhaseName], None]) -> None:
    """Take an incident through the phases that have not ended yet.

    Args:
        on_phase: called after each phase is durable (progress).
    """
    for name, step in AFTER_TRIAGE:
        with state.transaction() as tx:
            if _ended(tx.phases(case.incident.id), name):
                continue
            start = means.clock.now()
            outcome, reason, records = await step(case, tx, means)
            for key, record in records:
                tx.put_record(case.incident.id, key, record)
            phase = Phase(name=name, start=start, end=means.clock.now(), outcome=outcome, reason=reason)
            tx.put_phase(case.incident.id, phase)
        on_phase(name)


def is_closed(phases: tuple[Phase, ...]) -> bool:
    """Whether all six phases have ended."""
    return {phase.name for phase in phases if phase.end is not None} == set(PhaseName)


def _ended(phases: tuple[Phase, ...], name: PhaseName) -> bool:
    return any(phase.name is name and phase.end is not None for phase in phases)
