"""The means of a run over recorded telemetry: nothing but evidence is real, and nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.plan import Action
from pullcord.model.session import ToolCall
from pullcord.ports import Clock, Responder, Vault
from pullcord.responders.evidence import EvidenceSnapshot
from pullcord.responders.simulated import SimulatedPlant
from pullcord.response.approvals import ApprovalDesk, NobodyDecides, SimulatedDesk
from pullcord.response.case import Case, Judges
from pullcord.response.phases import Means


def recorded_means(judges: Judges, vault: Vault, clock: Clock, *, simulate: bool) -> Means:
    """Means that keep evidence for real and, if ``simulate``, carry out the rest on a simulated plant.

    No live responder can be reached through them.
    """

    def responders(
        case: Case, done: Sequence[Action], calls: Sequence[tuple[str, ToolCall]]
    ) -> list[Responder]:
        evidence = EvidenceSnapshot(vault, clock, case.incident.id, case.evidence)
        return [evidence, SimulatedPlant(clock, done, calls)] if simulate else [evidence]

    desk: ApprovalDesk = SimulatedDesk(clock) if simulate else NobodyDecides()
    return Means(judges=judges, responders=responders, desk=desk, clock=clock)
