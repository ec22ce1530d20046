"""The doors of an installation, in memory: contract fakes of our own ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from litestar import Litestar
from litestar.testing import TestClient

from pullcord.app.people.services import BusyError, NotKnownError, Reply, Services, Taken
from pullcord.model.approval import Decision
from pullcord.model.errors import PullcordError, UsageError
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.inventory import Mode
from pullcord.model.person import Principal, Scope
from pullcord.model.plan import ApproverRole

Client = TestClient[Litestar]
NOW = 1_780_000_000_000_000_000
SOURCE, FIELD, PERSON, ADMIN = "source-secret", "field-secret", "person-secret", "admin-secret"
PRINCIPALS = {
    SOURCE: Principal(name="gateway", scopes=frozenset({Scope.INGEST}), authenticated=True),
    FIELD: Principal(name="field", scopes=frozenset({Scope.INGEST})),
    PERSON: Principal(
        name="Ayşe",
        scopes=frozenset({Scope.READ, Scope.RESPOND}),
        roles=frozenset({ApproverRole.SECURITY}),
    ),
    ADMIN: Principal(name="administrator", scopes=frozenset({Scope.INGEST, Scope.READ, Scope.ADMIN})),
}


class OwnPlanError(PullcordError):
    """Somebody wants to approve what is their own."""

    code = "PC-5999"


class People:
    """Knows four tokens."""

    def principal(self, token: str | None) -> Principal | None:
        """Whose it is."""
        return PRINCIPALS.get(token or "")


@dataclass
class MemoryIntake:
    """Keeps what it is given; refuses while ``error`` is set."""

    events: list[Event] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    error: Exception | None = None

    async def take(self, events: Sequence[Event], findings: Sequence[Finding]) -> Taken:
        """Keep a batch."""
        if self.error is not None:
            raise self.error
        known = {event.id for event in self.events}
        new = [event for event in events if event.id not in known]
        self.events += new
        self.findings += findings
        return Taken(new=len(new) + len(findings), duplicates=len(events) - len(new))


@dataclass
class MemoryDesk:
    """Notes what was asked of it."""

    calls: list[tuple[object, ...]] = field(default_factory=list)

    def waiting(self, who: Principal) -> list[Reply]:
        return [{"for": who.name}]

    def incidents(self, who: Principal) -> list[Reply]:
        return [{"id": "inc-1", "for": who.name}]

    def incident(self, who: Principal, incident_id: str) -> Reply:
        if incident_id != "inc-1":
            raise NotKnownError(f"no incident {incident_id}", "see the list")
        return {"id": incident_id, "for": who.name}

    def plan(self, who: Principal, plan_id: str) -> Reply:
        return {"id": plan_id, "hash": "h", "for": who.name}

    def decide(
        self,
        who: Principal,
        plan: str,
        seen_hash: str,
        decision: Decision,
        role: ApproverRole | None,
        comment: str,
    ) -> Reply:
        if plan == "own":
            raise OwnPlanError("the plan is your own", "ask somebody else")
        self.calls.append(("decide", who.name, plan, seen_hash, decision, role, comment))
        return {"state": "approved"}

    def systems(self, who: Principal) -> list[Reply]:
        return [{"name": "copilot", "mode": "observe", "for": who.name}]

    def mode(self, who: Principal, system: str, mode: Mode) -> Reply:
        self.calls.append(("mode", who.name, system, mode))
        return {"mode": mode}

    def stop(self, who: Principal, reason: str, site: str) -> Reply:
        self.calls.append(("stop", who.name, reason, site))
        return {"stopped": True}

    def resume(self, who: Principal, site: str) -> Reply:
        self.calls.append(("resume", who.name, site))
        return {"stopped": False}

    def close(self, who: Principal, incident_id: str, comment: str) -> Reply:
        if not comment:
            raise UsageError("no comment", "say why")
        self.calls.append(("close", who.name, incident_id, comment))
        return {"closed": True}

    def answer(self, who: Principal, incident_id: str, task_id: str, answer: str, comment: str) -> Reply:
        self.calls.append(("answer", who.name, incident_id, task_id, answer, comment))
        return {"answer": answer}


@dataclass
class House:
    """An installation."""

    intake: MemoryIntake = field(default_factory=MemoryIntake)
    desk: MemoryDesk = field(default_factory=MemoryDesk)

    @property
    def services(self) -> Services:
        """Its doors."""
        return Services(
            access=People(),
            intake=self.intake,
            desk=self.desk,
            health=lambda: {"status": "ok", "queue": 7},
            now=lambda: NOW,
        )

    def be_busy(self) -> None:
        """Refuse all telemetry."""
        self.intake.error = BusyError("too much waits", "come again")


def bearer(token: str, **more: str) -> dict[str, str]:
    """Headers with a token; underscores in names stand for hyphens."""
    return {"authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
