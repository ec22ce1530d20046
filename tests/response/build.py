"""Small made-up plans, cases and means for the tests of the response and its responders."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pullcord.model.approval import Approval, Decision
from pullcord.model.explanation import Candidate, Explanation, Verdict
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.incident import Incident
from pullcord.model.inventory import Mode
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import (
    Action,
    ActionClass,
    ActionKind,
    ApprovalNeed,
    ApproverRole,
    Plan,
    PlanPurpose,
    VerificationLevel,
    action_id,
    sealed,
)
from pullcord.model.responder import Delivery, Description, Prepared
from pullcord.model.session import AgentSession, ToolCall
from pullcord.ports import Responder
from pullcord.response.case import Case, Judges
from pullcord.response.engine import Direct, Steps
from pullcord.response.journal import Journal
from pullcord.response.permission import NobodyDecides, Policy
from pullcord.response.work import Means, Work
from pullcord.store.folder import Store, open_folder

T = TypeVar("T")


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run(coroutine)


class Ticking:
    """A clock that goes on by one nanosecond at each look; ``elapsed`` is the same count."""

    def __init__(self, start: int = 1_000) -> None:
        self.time = start

    def now(self) -> int:
        self.time += 1
        return self.time

    def elapsed(self) -> int:
        return self.now()


def action(kind: ActionKind, target: str = "copilot", incident_id: str = "inc-1", **params: str) -> Action:
    return Action(
        id=action_id(incident_id, kind, target, params),
        kind=kind,
        target=target,
        action_class=ActionClass.R1,
        params=params,
    )


def plan(*actions: Action, needs: Sequence[ApprovalNeed] = (), **more: object) -> Plan:
    made = Plan(
        id="",
        hash="",
        incident_id="inc-1",
        purpose=PlanPurpose.CONTAIN,
        plan_class=ActionClass.R1,
        mode=Mode.OBSERVE,
        actions=actions,
        approvals=tuple(needs),
        systems=tuple(sorted({one.target for one in actions})),
    )
    return sealed(msgspec.structs.replace(made, **more))


def need(role: ApproverRole, count: int = 1) -> ApprovalNeed:
    return ApprovalNeed(role=role, count=count)


def approval(
    of: Plan, who: str, role: ApproverRole, decision: Decision = Decision.APPROVE, **more: object
) -> Approval:
    made = Approval(plan_hash=of.hash, approver=who, role=role, decision=decision, time=1)
    return msgspec.structs.replace(made, **more)


def call(tool: str = "send_mail", span: str = "s1", arguments: dict[str, str] | None = None) -> ToolCall:
    return ToolCall(
        span_id=span, event_id=f"t:{span}", position=0, step=0, turn=0, tool=tool, time=5, arguments=arguments
    )


def session(trace: str = "t1", *calls: ToolCall, asset: str = "copilot") -> AgentSession:
    return AgentSession(trace_id=trace, calls=calls or (call(),), asset=asset)


def finding(name: str = "f1", trace: str | None = "t1", spans: tuple[str, ...] = ("s1",)) -> Finding:
    return Finding(
        id=name,
        rule_id="rule",
        title="A mail to a stranger",
        severity=Severity.HIGH,
        time=7,
        event_ids=tuple(f"t:{span}" for span in spans) or ("e",),
        kind=FindingKind.BEHAVIOUR,
        trace_id=trace,
        span_ids=spans,
    )


def incident(name: str = "inc-1", *finding_ids: str) -> Incident:
    return Incident(
        id=name,
        title="A copilot was turned",
        type="prompt-injection-indirect",
        severity=Severity.HIGH,
        malicious=0.9,
        finding_ids=finding_ids or ("f1",),
        first_time=1,
        last_time=7,
        assets=("copilot",),
        trace_ids=("t1",),
    )


def case(**more: object) -> Case:
    given: dict[str, Any] = {
        "incident": incident(),
        "findings": [finding()],
        "sessions": {"t1": session()},
        "evidence": {"events of session t1": b'{"id":"t:s1"}\n', "findings": b'{"id":"f1"}\n'},
    }
    return Case(**(given | more))


def explained(trace: str = "t1", span: str = "s1") -> Explanation:
    return Explanation(
        trace_id=trace,
        verdict=Verdict.ATTACK_SUCCEEDED,
        score=0.9,
        actions=(Candidate(span_id=span, confidence=0.8),),
    )


@dataclass
class Canary:
    """A responder that remembers each call; ``fails`` is what its verification raises."""

    name: str = "canary"
    simulated: bool = False
    kinds: frozenset[ActionKind] = frozenset(ActionKind)
    status: ReceiptStatus = ReceiptStatus.DONE
    fails: Exception | None = None
    seen: VerificationResult = VerificationResult.CONFIRMED
    calls: list[str] = field(default_factory=list)

    @property
    def describe(self) -> Description:
        return Description(
            name=self.name,
            kinds=self.kinds,
            delivery=Delivery.IDEMPOTENT,
            level=VerificationLevel.EFFECT,
            oracle="a look",
            simulated=self.simulated,
        )

    def covers(self, action: Action) -> bool:
        return action.kind in self.kinds

    async def plan(self, action: Action) -> Prepared:
        self.calls.append(f"plan {action.kind.value}")
        return Prepared(prestate="as it was")

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        self.calls.append(f"execute {action.kind.value} {prestate}")
        return Receipt(key=key, action_id=action.id, status=self.status, responder=self.name, time=1)

    async def verify(self, action: Action) -> Verification:
        self.calls.append(f"verify {action.kind.value}")
        if self.fails is not None:
            raise self.fails
        return Verification(level=VerificationLevel.EFFECT, result=self.seen, oracle="a look", time=1)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        self.calls.append(f"rollback {action.kind.value} {prestate}")
        return Receipt(key=key, action_id=action.id, status=self.status, responder=self.name, time=1)


def judges(contain: Sequence[Action] = (), recover: Sequence[Action] = ()) -> Judges:
    """Judges that plan these actions and see a successful attack in every session."""
    who = [need(ApproverRole.SECURITY)]
    return Judges(
        contain=lambda _case, _told, _done: plan(*contain, needs=who if contain else ()),
        investigate=lambda one: explained(one.trace_id, one.calls[0].span_id),
        recover=lambda _case, _told, _contained: plan(*recover, needs=(), purpose=PlanPurpose.RECOVER),
    )


@contextmanager
def opened(path: Path, *findings: Finding) -> Iterator[Store]:
    """A real store that knows the incident of :func:`case`."""
    with open_folder(path / "state") as store:
        with store.state.transaction() as tx:
            tx.put_findings(findings or (finding(),))
            tx.put_incident(incident())
        yield store


def work(
    store: Store,
    *responders: Responder,
    policy: Policy | None = None,
    made: Judges | None = None,
    live: bool = False,
    steps: Steps | None = None,
) -> Work:
    """The incident of :func:`case` under way, step after step at once."""
    clock = Ticking()
    means = Means(
        judges=made or judges(),
        responders=lambda *_: responders,
        policy=policy or NobodyDecides(),
        clock=clock,
        journal=Journal(store.state, clock, "me"),
        live=live,
    )
    return Work("inc-1", steps or Direct(), store.state, means, lambda _: case())
