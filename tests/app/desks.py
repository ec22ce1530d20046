"""A desk on a real store with one incident, its plan, and people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pullcord.app.inventory import SCHEMA
from pullcord.app.people.desk import Desk
from pullcord.app.people.services import Desk as DeskPort
from pullcord.app.settings import ResponseSettings
from pullcord.model.finding import Severity
from pullcord.model.incident import Incident, Phase, PhaseName, PhaseOutcome
from pullcord.model.intent import Intent, IntentState
from pullcord.model.inventory import AiSystem, Inventory, Role, Site
from pullcord.model.plan import ActionKind, Plan
from pullcord.model.responder import Delivery, Prepared
from pullcord.model.task import Task, TaskKind
from pullcord.response.clock_guard import ClockGuard
from pullcord.response.stops import Stops
from pullcord.store.folder import Store, open_folder
from tests.response.people import ML, NOW, OT, SECURITY, SetClock, action, person, plan

ANN = person("ann", OT)
BOB = person("bob", SECURITY)
MIA = person("mia", ML)
PLAN = plan((OT, 1), (SECURITY, 1))
INCIDENT = Incident(
    id="inc-1",
    title="A copilot was turned",
    type="prompt-injection-indirect",
    severity=Severity.HIGH,
    malicious=0.9,
    finding_ids=("f1",),
    first_time=NOW,
    last_time=NOW,
    site="Plant",
    aliases=("inc-old",),
)
INVENTORY = Inventory(
    schema=SCHEMA,
    sites=(Site(name="Plant"), Site(name="Other")),
    ai_systems=(
        AiSystem(name="Copilot", role=Role.ADVISORY, owner="mia", aliases=("bot",), site="Plant"),
        AiSystem(name="Watcher", role=Role.OFFICE, owner="mia", site="Other"),
    ),
)


@dataclass
class Office:
    """A desk, what it stands on, and whom it woke."""

    desk: Desk
    store: Store
    stops: Stops
    clock: SetClock
    woken: list[str] = field(default_factory=list)

    def put_plan(self, *plans: Plan) -> None:
        with self.store.state.transaction() as tx:
            for one in plans:
                tx.put_record(one.incident_id, one.id, one)

    def put_task(self, **more: object) -> Task:
        made = task(**more)
        with self.store.state.transaction() as tx:
            tx.put_task(made)
        return made

    def put_intent(self, state: IntentState, kind: ActionKind = ActionKind.DISABLE_AGENT) -> None:
        with self.store.state.transaction() as tx:
            tx.put_intent(intent(state, kind))

    def end(self, *names: PhaseName) -> None:
        with self.store.state.transaction() as tx:
            for name in names:
                phase = Phase(name=name, start=NOW, end=NOW, outcome=PhaseOutcome.DONE)
                tx.put_phase(INCIDENT.id, phase)

    def audit(self) -> list[tuple[str, str]]:
        with self.store.state.transaction() as tx:
            return [(entry.who, entry.what) for entry in tx.audit_log()]


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """An office in a folder; the plan waits for OT and security."""
    clock = SetClock()
    woken: list[str] = []
    with open_folder(folder / "state") as store:
        with store.state.transaction() as tx:
            tx.put_incident(INCIDENT)
        stops = Stops(store.path / "stop")
        guard = ClockGuard(clock, stops, "boot", None, lambda _text: None)
        desk = Desk(store, INVENTORY, stops, guard, clock, ResponseSettings(), woken.append)
        # What the server calls is what the desk is.
        port: DeskPort = desk
        assert port is desk
        made = Office(desk, store, stops, clock, woken)
        made.put_plan(PLAN)
        yield made
        desk.close_reading()


def task(**more: object) -> Task:
    made = Task(
        id="gate-1",
        incident_id=INCIDENT.id,
        kind=TaskKind.GATE,
        subject="bench",
        question="Has the bench test passed?",
        options=("passed", "failed"),
        opened=NOW,
    )
    return msgspec.structs.replace(made, **more)


def intent(state: IntentState, kind: ActionKind = ActionKind.DISABLE_AGENT) -> Intent:
    return Intent(
        key=f"key-{kind.value}",
        incident_id=INCIDENT.id,
        plan_hash=PLAN.hash,
        action=action(kind),
        responder="feature flag",
        delivery=Delivery.PROBEABLE,
        state=state,
        prepared=Prepared(prestate="on"),
        executor="here",
        time=NOW,
    )
