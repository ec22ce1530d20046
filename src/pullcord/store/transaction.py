"""One transaction of the state: the functions of this package behind the port."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.approval import Approval
from pullcord.model.audit import AuditEntry
from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase
from pullcord.model.intent import Intent, IntentState
from pullcord.model.mode_change import ModeChange
from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, Verification
from pullcord.model.plan import Plan
from pullcord.model.task import Task
from pullcord.store import detectors, governance, inbox, incidents, journal, records
from pullcord.store import findings as kept_findings
from pullcord.store.tables import META


class SqlTransaction:
    """Implements ``pullcord.ports.Transaction`` on one connection; usable until its block ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim_events(self, event_ids: Sequence[str], time: int) -> set[str]:
        """Enter event ids into the inbox; returns those that were not there."""
        return inbox.claim_events(self._connection, event_ids, time)

    def put_batch(self, body: bytes, time: int) -> int:
        """Keep a batch of new events in the inbox until the lake has it; returns its number."""
        return inbox.put_batch(self._connection, body, time)

    def batches(self, limit: int) -> list[tuple[int, bytes]]:
        """``(number, body)`` of the oldest batches in the inbox."""
        return inbox.batches(self._connection, limit)

    def drop_batches(self, numbers: Collection[int]) -> None:
        """Forget batches that are durable in the lake."""
        inbox.drop_batches(self._connection, numbers)

    def forget_events(self, before: int) -> int:
        """Drop inbox ids received before a time (nanoseconds UTC); returns how many. Not part of the port."""
        return inbox.forget_events(self._connection, before)

    def put_findings(self, findings: Iterable[Finding]) -> int:
        """Keep findings; one already there stays as it is. Returns how many were new."""
        return kept_findings.put_findings(self._connection, findings)

    def findings(self, ids: Collection[str] | None = None) -> Iterator[Finding]:
        """Findings by time then id, all or those named."""
        return kept_findings.findings(self._connection, ids)

    def put_incident(self, incident: Incident) -> None:
        """Keep or replace an incident."""
        incidents.put_incident(self._connection, incident)

    def incident(self, incident_id: str) -> Incident | None:
        """One incident by id or alias."""
        return incidents.get_incident(self._connection, incident_id)

    def incidents(self) -> Iterator[Incident]:
        """All incidents by first time, then id."""
        return incidents.get_incidents(self._connection)

    def put_phase(self, incident_id: str, phase: Phase) -> None:
        """Keep or replace one phase of an incident."""
        incidents.put_phase(self._connection, incident_id, phase)

    def phases(self, incident_id: str) -> tuple[Phase, ...]:
        """Phases begun so far, in the order of the six."""
        return incidents.get_phases(self._connection, incident_id)

    def put_record(self, incident_id: str, key: str, record: Noun) -> None:
        """Keep or replace a plan, approval, receipt, verification or explanation of an incident."""
        records.put_record(self._connection, incident_id, key, record)

    def plans(self, incident_id: str) -> tuple[Plan, ...]:
        """Plans in the order kept."""
        return tuple(records.get_records(self._connection, Plan, incident_id).values())

    def approvals(self, incident_id: str) -> tuple[Approval, ...]:
        """Approvals in the order kept."""
        return tuple(records.get_records(self._connection, Approval, incident_id).values())

    def receipts(self, incident_id: str) -> tuple[Receipt, ...]:
        """Receipts in the order kept."""
        return tuple(records.get_records(self._connection, Receipt, incident_id).values())

    def verifications(self, incident_id: str) -> dict[str, Verification]:
        """Verifications by key (the receipt's key)."""
        return records.get_records(self._connection, Verification, incident_id)

    def explanations(self, incident_id: str) -> tuple[Explanation, ...]:
        """Explanations in the order kept."""
        return tuple(records.get_records(self._connection, Explanation, incident_id).values())

    def put_task(self, task: Task) -> None:
        """Keep or replace a task."""
        records.put_record(self._connection, task.incident_id, task.id, task)

    def tasks(self, incident_id: str | None = None) -> tuple[Task, ...]:
        """Tasks in the order kept, of one incident or all."""
        if incident_id is None:
            return records.get_all_records(self._connection, Task)
        return tuple(records.get_records(self._connection, Task, incident_id).values())

    def put_intent(self, intent: Intent) -> None:
        """Keep or replace a line of the intent journal."""
        journal.put_intent(self._connection, intent)

    def intent(self, key: str) -> Intent | None:
        """One line of the journal."""
        return journal.get_intent(self._connection, key)

    def intents(
        self, incident_id: str | None = None, states: Collection[IntentState] | None = None
    ) -> tuple[Intent, ...]:
        """Lines of the journal in the order kept, of one incident or all, in these states or any."""
        return journal.get_intents(self._connection, incident_id, states)

    def automatic(self, since: int, leave_out: Collection[str], plan_hash: str) -> tuple[int, frozenset[str]]:
        """How many automatic actions there were, and what such actions hold."""
        return journal.automatic(self._connection, since, leave_out, plan_hash)

    def put_detector_state(self, detector: str, entries: Mapping[str, bytes | None]) -> None:
        """Keep, replace, or (None) remove entries of what a detector remembers."""
        detectors.put_detector_state(self._connection, detector, entries)

    def detector_state(self, detector: str) -> dict[str, bytes]:
        """What a detector remembers, by key."""
        return detectors.detector_state(self._connection, detector)

    def findings_after(self, cursor: int, limit: int) -> list[tuple[int, Finding]]:
        """Findings in the order they became durable, each with its place, from after a place on."""
        return kept_findings.findings_after(self._connection, cursor, limit)

    def put_mode(self, change: ModeChange) -> None:
        """Keep or replace a mode change; one that comes into force ends the one people were asked about."""
        governance.put_mode(self._connection, change)

    def modes(self, *, in_force: bool = True) -> dict[str, ModeChange]:
        """Mode changes by AI system: those in force, or those that people are asked about."""
        return governance.get_modes(self._connection, in_force=in_force)

    def audit(self, who: str, what: str, detail: str, time: int) -> AuditEntry:
        """Add a line to the audit log."""
        return governance.audit(self._connection, who, what, detail, time)

    def audit_log(self) -> Iterator[AuditEntry]:
        """The audit log in order."""
        return governance.audit_log(self._connection)

    def lease(self, executor: str, until: int) -> None:
        """Say that a process is alive until a time (nanoseconds UTC)."""
        governance.lease(self._connection, executor, until)

    def leases(self) -> dict[str, int]:
        """Until when each process said it is alive."""
        return governance.leases(self._connection)

    def end_lease(self, executor: str) -> None:
        """Forget a process."""
        governance.end_lease(self._connection, executor)

    @property
    def connection(self) -> Connection:
        """The database connection, for an engine that keeps its own tables in the same file."""
        return self._connection

    def meta(self, key: str) -> str | None:
        """A setting of this state."""
        value: str | None = self._connection.execute(select(META.c.value).where(META.c.key == key)).scalar()
        return value

    def set_meta(self, key: str, value: str) -> None:
        """Keep or replace a setting of this state."""
        statement = insert(META).values(key=key, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
        )
