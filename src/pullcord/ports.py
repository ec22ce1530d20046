"""The few doors through which the rooms reach the world. Adapters live in ``store`` and ``responders``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pullcord.model.approval import Approval
from pullcord.model.audit import AuditEntry
from pullcord.model.event import Event
from pullcord.model.evidence import Evidence
from pullcord.model.explanation import Explanation
from pullcord.model.finding import Finding
from pullcord.model.incident import Incident, Phase
from pullcord.model.intent import Intent, IntentState
from pullcord.model.mode_change import ModeChange
from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, Verification
from pullcord.model.plan import Action, Plan
from pullcord.model.responder import Description, Prepared
from pullcord.model.task import Task


class Clock(Protocol):
    """Wall time, and time that nobody can set."""

    def now(self) -> int:
        """Nanoseconds UTC since the epoch."""
        ...

    def elapsed(self) -> int:
        """Nanoseconds on a clock that only runs forward, also while the machine sleeps; its zero means nothing."""
        ...


class Lake(Protocol):
    """Events, kept append-only. Segments are written once, under a name the caller chooses."""

    def append(self, segment: str, events: Sequence[Event]) -> None:
        """Keep events durably under a segment name; the same name again replaces the segment whole.

        The name is ``[a-z0-9-]{1,80}`` and deterministic, so that a repeated batch overwrites itself.
        """
        ...

    def compact(self) -> None:
        """Fold segments into columnar files; readable before, during and after; safe to be killed in."""
        ...

    def trace_ids(self) -> list[str]:
        """All trace ids, sorted."""
        ...

    def by_trace(self, trace_ids: Collection[str]) -> dict[str, list[Event]]:
        """Events of these traces, each list by time then id; traces without events are absent."""
        ...

    def by_id(self, event_ids: Collection[str]) -> dict[str, Event]:
        """Events by id; unknown ids are absent."""
        ...

    def window(self, start: int, end: int, asset: str | None = None) -> Iterator[Event]:
        """Events with ``start <= time < end`` (nanoseconds UTC), by time then id, optionally of one asset."""
        ...

    def count(self) -> int:
        """How many events are kept."""
        ...


class Vault(Protocol):
    """Evidence: bytes by their digest, and a hash-chained ledger of what was taken for which incident."""

    def put(self, data: bytes, *, media_type: str, description: str, incident_id: str, time: int) -> Evidence:
        """Keep bytes durably and add a ledger entry.

        The same bytes for the same incident under the same description return the entry already there.
        """
        ...

    def get(self, digest: str) -> bytes:
        """The bytes at a digest, checked against it."""
        ...

    def entries(self, incident_id: str | None = None) -> list[Evidence]:
        """Ledger entries in order, of one incident or all."""
        ...

    def verify(self) -> list[str]:
        """What is wrong with the ledger or the kept bytes, one sentence each; empty if nothing is."""
        ...


class Transaction(Protocol):
    """Everything done in one transaction of the state becomes durable together or not at all."""

    def claim_events(self, event_ids: Sequence[str], time: int) -> set[str]:
        """Enter event ids into the inbox (time: receipt, nanoseconds UTC); returns the new ones."""
        ...

    def put_batch(self, body: bytes, time: int) -> int:
        """Keep a batch of new events in the inbox until the lake has it; returns its number, which only rises."""
        ...

    def batches(self, limit: int) -> list[tuple[int, bytes]]:
        """``(number, body)`` of the oldest batches in the inbox."""
        ...

    def drop_batches(self, numbers: Collection[int]) -> None:
        """Forget batches that are durable in the lake."""
        ...

    def put_findings(self, findings: Iterable[Finding]) -> int:
        """Keep findings; one already there stays as it is. Returns how many were new."""
        ...

    def findings(self, ids: Collection[str] | None = None) -> Iterator[Finding]:
        """Findings by time then id, all or those named."""
        ...

    def put_incident(self, incident: Incident) -> None:
        """Keep or replace an incident."""
        ...

    def incident(self, incident_id: str) -> Incident | None:
        """One incident by id or alias."""
        ...

    def incidents(self) -> Iterator[Incident]:
        """All incidents by first time, then id."""
        ...

    def put_phase(self, incident_id: str, phase: Phase) -> None:
        """Keep or replace one phase of an incident."""
        ...

    def phases(self, incident_id: str) -> tuple[Phase, ...]:
        """Phases begun so far, in the order of the six."""
        ...

    def put_record(self, incident_id: str, key: str, record: Noun) -> None:
        """Keep or replace a plan, approval, receipt, verification or explanation of an incident.

        Its table goes by its type; ``key`` is unique within incident and type.
        """
        ...

    def plans(self, incident_id: str) -> tuple[Plan, ...]:
        """Plans in the order kept."""
        ...

    def approvals(self, incident_id: str) -> tuple[Approval, ...]:
        """Approvals in the order kept."""
        ...

    def receipts(self, incident_id: str) -> tuple[Receipt, ...]:
        """Receipts in the order kept."""
        ...

    def verifications(self, incident_id: str) -> dict[str, Verification]:
        """Verifications by key (the receipt's key)."""
        ...

    def explanations(self, incident_id: str) -> tuple[Explanation, ...]:
        """Explanations in the order kept."""
        ...

    def put_task(self, task: Task) -> None:
        """Keep or replace a task."""
        ...

    def tasks(self, incident_id: str | None = None) -> tuple[Task, ...]:
        """Tasks in the order kept, of one incident or all."""
        ...

    def put_intent(self, intent: Intent) -> None:
        """Keep or replace a line of the intent journal."""
        ...

    def intent(self, key: str) -> Intent | None:
        """One line of the journal."""
        ...

    def intents(
        self, incident_id: str | None = None, states: Collection[IntentState] | None = None
    ) -> tuple[Intent, ...]:
        """Lines of the journal in the order kept, of one incident or all, in these states or any."""
        ...

    def automatic(self, since: int, leave_out: Collection[str], plan_hash: str) -> tuple[int, frozenset[str]]:
        """How many automatic actions there were since a time, and the targets that such actions hold now.

        Args:
            since: nanoseconds UTC.
            leave_out: kinds of actions that do not count.
            plan_hash: actions of this plan do not count among those since; they do hold their targets.
        """
        ...

    def put_detector_state(self, detector: str, entries: Mapping[str, bytes | None]) -> None:
        """Keep, replace, or (None) remove entries of what a detector remembers."""
        ...

    def detector_state(self, detector: str) -> dict[str, bytes]:
        """What a detector remembers, by key."""
        ...

    def findings_after(self, cursor: int, limit: int) -> list[tuple[int, Finding]]:
        """Findings in the order they became durable, each with its place (rising), from after a place on."""
        ...

    def put_mode(self, change: ModeChange) -> None:
        """Keep or replace the mode change of an AI system: one that is in force, and one that people are asked about.

        Coming into force removes the one people were asked about.
        """
        ...

    def modes(self, *, in_force: bool = True) -> dict[str, ModeChange]:
        """Mode changes by AI system: those in force, or those that people are asked about."""
        ...

    def audit(self, who: str, what: str, detail: str, time: int) -> AuditEntry:
        """Add a line to the audit log."""
        ...

    def audit_log(self) -> Iterator[AuditEntry]:
        """The audit log in order."""
        ...

    def lease(self, executor: str, until: int) -> None:
        """Say that a process is alive until a time (nanoseconds UTC)."""
        ...

    def leases(self) -> dict[str, int]:
        """Until when each process said it is alive."""
        ...

    def end_lease(self, executor: str) -> None:
        """Forget a process."""
        ...

    @property
    def connection(self) -> object:
        """The database connection, for an engine that keeps its own tables in the same file."""
        ...

    def meta(self, key: str) -> str | None:
        """A setting of this state (run fingerprint, cursors …)."""
        ...

    def set_meta(self, key: str, value: str) -> None:
        """Keep or replace a setting of this state."""
        ...


class State(Protocol):
    """The one database: inbox, findings, incidents, what was planned, decided and done."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """A transaction: commits when the block ends, rolls back when it raises. One writer at a time."""
        ...


class Responder(Protocol):
    """The action contract: one kind of real (or simulated) system that actions are carried out on."""

    @property
    def describe(self) -> Description:
        """What it is and can; never changes."""
        ...

    def covers(self, action: Action) -> bool:
        """Whether it can carry this action out: its kind, on this target."""
        ...

    async def plan(self, action: Action) -> Prepared:
        """Read-only: what the action would change, whether it is so already, and what must hold before."""
        ...

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        """Carry it out once per key. Drift of the pre-state aborts; already so is success without change."""
        ...

    async def verify(self, action: Action) -> Verification:
        """Look at the result through an oracle independent of the writer; no answer is ``unknown``."""
        ...

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        """Restore the recorded pre-state and look whether it is there; people decided on it, never expiry alone."""
        ...
