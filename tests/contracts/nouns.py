"""Made-up nouns for the contract tests."""

from __future__ import annotations

from pullcord.model.approval import Approval, Decision
from pullcord.model.event import Attributes, Event, LogSource
from pullcord.model.explanation import Explanation, Verdict
from pullcord.model.finding import Finding, Severity
from pullcord.model.incident import Incident
from pullcord.model.intent import Intent, IntentState
from pullcord.model.inventory import Mode
from pullcord.model.mode_change import ModeChange
from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import (
    Action,
    ActionClass,
    ActionKind,
    ApproverRole,
    Plan,
    PlanPurpose,
    VerificationLevel,
    sealed,
)
from pullcord.model.responder import Delivery, Prepared
from pullcord.model.task import Task, TaskKind


def event(
    name: str,
    time: int = 0,
    trace: str | None = None,
    asset: str | None = None,
    attributes: Attributes | None = None,
) -> Event:
    return Event(
        id=name,
        time=time,
        logsource=LogSource(product="press", category="agent"),
        attributes=attributes or {"tool": "mixer", "n": 3, "ratio": 0.5, "ok": True, "tags": ["a", "b"]},
        trace_id=trace,
        asset=asset,
    )


def finding(name: str, time: int = 0) -> Finding:
    return Finding(
        id=name, rule_id="rule", title="t", severity=Severity.LOW, time=time, event_ids=(f"event of {name}",)
    )


def incident(name: str, first: int = 0, aliases: tuple[str, ...] = (), title: str = "t") -> Incident:
    return Incident(
        id=name,
        title=title,
        type="tool-abuse",
        severity=Severity.HIGH,
        malicious=0.5,
        finding_ids=("f",),
        first_time=first,
        last_time=first,
        aliases=aliases,
    )


def plan(incident_id: str, reason: str = "") -> Plan:
    return sealed(
        Plan(
            id="",
            hash="",
            incident_id=incident_id,
            purpose=PlanPurpose.CONTAIN,
            plan_class=ActionClass.R1,
            mode=Mode.OBSERVE,
            actions=(),
            reasons=(reason,),
        )
    )


def approval(approver: str) -> Approval:
    return Approval(
        plan_hash="0" * 64, approver=approver, role=ApproverRole.OT, decision=Decision.REFUSE, time=1
    )


def receipt(key: str, status: ReceiptStatus = ReceiptStatus.WOULD_ACT) -> Receipt:
    return Receipt(key=key, action_id="act", status=status, responder="none", time=1)


def verification(detail: str) -> Verification:
    return Verification(
        level=VerificationLevel.POLICY,
        result=VerificationResult.UNKNOWN,
        oracle="meter",
        time=1,
        detail=detail,
    )


def explanation(trace: str) -> Explanation:
    return Explanation(trace_id=trace, verdict=Verdict.CANNOT_TELL, score=0.25)


def task(incident_id: str, name: str, answer: str | None = None) -> Task:
    return Task(
        id=name,
        incident_id=incident_id,
        kind=TaskKind.QUESTION,
        subject="",
        question="?",
        options=("yes", "no"),
        opened=1,
        answer=answer,
    )


def intent(incident_id: str, key: str, state: IntentState = IntentState.PLANNED) -> Intent:
    action = Action(id="act", kind=ActionKind.THROTTLE, target="t", action_class=ActionClass.R1)
    return Intent(
        key=key,
        incident_id=incident_id,
        plan_hash="h",
        action=action,
        responder="r",
        delivery=Delivery.BLIND,
        state=state,
        prepared=Prepared(prestate="as it was"),
        executor="me",
        time=1,
    )


def mode(system: str, wanted: Mode = Mode.RECOMMEND, time: int | None = None) -> ModeChange:
    return ModeChange(system=system, mode=wanted, requested_by="ann", requested=1, time=time)
