"""The means of a run over recorded telemetry: nothing but evidence is real, and nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.plan import Action
from pullcord.model.session import ToolCall
from pullcord.ports import Clock, Responder, State, Vault
from pullcord.responders.evidence import EvidenceSnapshot
from pullcord.responders.simulated import SimulatedPlant
from pullcord.response.case import Case, Judges
from pullcord.response.journal import Journal
from pullcord.response.permission import NobodyDecides, Policy, SimulatedApprovals
from pullcord.response.work import Means

EXECUTOR = "recorded"


def recorded_means(judges: Judges, state: State, vault: Vault, clock: Clock, *, simulate: bool) -> Means:
    """Means that keep evidence for real and, if ``simulate``, carry out the rest on a simulated plant.

    No live responder can be reached through them.
    """

    def responders(
        case: Case, done: Sequence[Action], calls: Sequence[tuple[str, ToolCall]]
    ) -> list[Responder]:
        evidence = EvidenceSnapshot(vault, clock, case.incident.id, case.evidence)
        return [evidence, SimulatedPlant(clock, done, calls)] if simulate else [evidence]

    policy: Policy = SimulatedApprovals(clock) if simulate else NobodyDecides()
    journal = Journal(state, clock, EXECUTOR)
    return Means(judges=judges, responders=responders, policy=policy, clock=clock, journal=journal)
