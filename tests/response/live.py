"""Live operation in small: the real store, DBOS, journal and policy; made-up plans, devices and people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pullcord.model.approval import Approval, Decision
from pullcord.model.explanation import Explanation
from pullcord.model.intent import Intent
from pullcord.model.inventory import AiSystem, Inventory, Mode, Role
from pullcord.model.mode_change import ModeChange
from pullcord.model.plan import Action, ActionClass, ApprovalNeed, ApproverRole, Plan, PlanPurpose
from pullcord.model.task import Task, TaskKind
from pullcord.model.times import HOUR
from pullcord.ports import Responder
from pullcord.response.case import Case, Judges
from pullcord.response.dbos_engine import DbosEngine
from pullcord.response.engine import Steps
from pullcord.response.journal import Journal
from pullcord.response.leases import Leases, new_executor
from pullcord.response.live_policy import Caps, LivePolicy
from pullcord.response.people import PeopleInbox
from pullcord.response.stops import Stops
from pullcord.response.work import Means
from pullcord.response.workflow import run_live
from pullcord.store.folder import Store, open_folder
from tests.response.build import explained, finding, incident, need, plan, session

SECURITY, OT = need(ApproverRole.SECURITY), need(ApproverRole.OT)
BOTH = ((ApproverRole.SECURITY, "ann"), (ApproverRole.OT, "bob"))


class Wall:
    """The clocks of this machine."""

    def now(self) -> int:
        return time.time_ns()

    def elapsed(self) -> int:
        return time.monotonic_ns()


def until(what: Callable[[], object], seconds: float = 15.0, step: float = 0.02) -> None:
    """Wait until something is so; fails if it does not become so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(step)


def inventory(*names: str) -> Inventory:
    """AI systems of these names."""
    systems = tuple(AiSystem(name=name, role=Role.OFFICE, owner="olga") for name in names)
    return Inventory(schema="pullcord.inventory/1", sites=(), ai_systems=systems)


@dataclass
class Scene:
    """What is planned for one incident, and who carries it out.

    Attributes:
        name: the incident, and the site whose stop holds it.
        automatic: the plan of the containment may run by itself.
    """

    name: str
    responders: Sequence[Responder]
    contain: Sequence[Action] = ()
    recover: Sequence[Action] = ()
    gates: tuple[str, ...] = ()
    mode: Mode = Mode.RECOMMEND
    needs: Sequence[ApprovalNeed] = (SECURITY, OT)
    recover_needs: Sequence[ApprovalNeed] = ()
    automatic: bool = False
    tells_findings: bool = False

    @property
    def targets(self) -> list[str]:
        return sorted({one.target for one in (*self.contain, *self.recover)})

    def judges(self) -> Judges:
        return Judges(
            contain=self._contain,
            investigate=lambda one: explained(one.trace_id, one.calls[0].span_id),
            recover=self._recover,
        )

    def _contain(self, case: Case, _told: Sequence[Explanation], done: Sequence[Action]) -> Plan:
        known = {one.id for one in done}
        todo = [one for one in self.contain if one.id not in known]
        reasons = (f"{len(case.findings)} findings",) if self.tells_findings else ()
        return plan(
            *todo,
            needs=self.needs if todo else (),
            incident_id=self.name,
            mode=self.mode,
            plan_class=ActionClass.R1,
            automatic=self.automatic,
            reasons=reasons,
        )

    def _recover(self, _case: Case, _told: Sequence[Explanation], _contained: Plan) -> Plan:
        return plan(
            *self.recover,
            needs=self.recover_needs,
            incident_id=self.name,
            mode=self.mode,
            purpose=PlanPurpose.RECOVER,
            gates=self.gates,
        )


@dataclass
class Rig:
    """One running installation."""

    store: Store
    executor: str
    scenes: dict[str, Scene] = field(default_factory=dict)
    clock: Wall = field(default_factory=Wall)
    expiry: int | None = None

    def __post_init__(self) -> None:
        self.stops = Stops(self.store.path / "stop")
        self.leases = Leases(self.store.state, self.clock, self.executor)
        self.engine = DbosEngine(self.store.state.workflow_engine, self.executor, self.run)

    async def run(self, incident_id: str, steps: Steps) -> None:
        await run_live(incident_id, steps, self.store.state, self.means(self.scenes[incident_id]), self.load)

    def policy(self, scene: Scene) -> LivePolicy:
        # No cap: a chaos run of many kills carries out thousands of actions within the hour.
        caps = Caps(approval=4 * HOUR, actions_per_hour=1_000_000, share_percent=100)
        return LivePolicy(inventory(*scene.targets), self.clock, caps, self.stops, scene.name, lambda: None)

    def means(self, scene: Scene) -> Means:
        policy = self.policy(scene)

        def hold(action: Action) -> str:
            del action
            return policy.held()

        people = PeopleInbox(self.store.state, self.clock, scene.name)
        return Means(
            judges=scene.judges(),
            responders=lambda *_: [*scene.responders, people],
            policy=policy,
            clock=self.clock,
            journal=Journal(
                self.store.state, self.clock, self.executor, hold, self.expiry, permit=policy.permit
            ),
            live=True,
        )

    def load(self, incident_id: str) -> Case:
        with self.store.state.transaction() as tx:
            found = tx.incident(incident_id)
            assert found is not None
            known = list(tx.findings(found.finding_ids))
        return Case(incident=found, findings=known, sessions={"t1": session()})

    def begin(self, scene: Scene) -> None:
        """An incident, the modes of its AI systems, and its workflow: one transaction."""
        self.scenes[scene.name] = scene
        with self.store.state.transaction() as tx:
            tx.put_findings([finding(f"{scene.name}-1")])
            tx.put_incident(incident(scene.name, f"{scene.name}-1"))
            for target in scene.targets:
                tx.put_mode(
                    ModeChange(system=target, mode=scene.mode, requested_by="olga", requested=1, time=2)
                )
            self.engine.enqueue(tx, scene.name)

    def grow(self, name: str, number: int) -> None:
        """One more finding joins an incident."""
        with self.store.state.transaction() as tx:
            tx.put_findings([finding(f"{name}-{number}")])
            before = tx.incident(name)
            assert before is not None
            ids = (*before.finding_ids, f"{name}-{number}")
            tx.put_incident(msgspec.structs.replace(before, finding_ids=ids))
        self.engine.wake(name)

    def plans(self, name: str, purpose: PlanPurpose = PlanPurpose.CONTAIN) -> list[Plan]:
        with self.store.state.transaction() as tx:
            return [one for one in tx.plans(name) if one.purpose is purpose]

    def planned(self, name: str, purpose: PlanPurpose = PlanPurpose.CONTAIN, count: int = 1) -> Plan:
        """Wait for the plan of this number."""
        until(lambda: len(self.plans(name, purpose)) >= count)
        return self.plans(name, purpose)[count - 1]

    def decide(
        self,
        of: Plan,
        people: Sequence[tuple[ApproverRole, str]] = BOTH,
        decision: Decision = Decision.APPROVE,
        **more: object,
    ) -> None:
        """As the desk keeps decisions: bound to the hash, then the workflow is woken."""
        for role, who in people:
            now = self.clock.now()
            made = Approval(plan_hash=of.hash, approver=who, role=role, decision=decision, time=now)
            with self.store.state.transaction() as tx:
                given = msgspec.structs.replace(made, **more)
                tx.put_record(of.incident_id, f"{of.id}/{role.value}/{who}/{now}", given)
            self.engine.wake(of.incident_id)

    def tasks(self, name: str, kind: TaskKind | None = None) -> list[Task]:
        with self.store.state.transaction() as tx:
            return [one for one in tx.tasks(name) if kind in {None, one.kind}]

    def asked(self, name: str, kind: TaskKind) -> list[Task]:
        """Wait for open questions of a kind."""
        until(lambda: [one for one in self.tasks(name, kind) if one.answer is None])
        return [one for one in self.tasks(name, kind) if one.answer is None]

    def answer(self, name: str, kind: TaskKind, answer: str, by: str = "ann") -> list[Task]:
        """Answer all open questions of a kind; waits for them."""
        found = self.asked(name, kind)
        for task in found:
            with self.store.state.transaction() as tx:
                now = self.clock.now()
                tx.put_task(msgspec.structs.replace(task, answer=answer, by=by, time=now))
            self.engine.wake(name)
        return found

    def intents(self, name: str) -> list[Intent]:
        with self.store.state.transaction() as tx:
            return list(tx.intents(name))

    def phases(self, name: str) -> dict[str, str]:
        """Ended phases and what they say."""
        with self.store.state.transaction() as tx:
            return {one.name.value: one.reason for one in tx.phases(name) if one.end is not None}

    def closed(self, name: str) -> bool:
        """Whether the phases after triage have ended."""
        return {"contain", "investigate", "recover", "learn"} <= set(self.phases(name))

    def close(self, name: str) -> None:
        """A person closes the incident; waits until it is."""
        self.answer(name, TaskKind.CLOSE, "close")
        until(lambda: self.closed(name))


@contextmanager
def running(
    folder: Path, kind: type[Rig] = Rig, before: Callable[[Rig], object] = lambda _: None
) -> Iterator[Rig]:
    """An installation over a state folder, launched after ``before``; stopped in order."""
    with open_folder(folder / "state") as store:
        rig = kind(store, new_executor())
        rig.leases.renew()
        before(rig)
        rig.engine.launch()
        try:
            yield rig
        finally:
            rig.engine.close()
