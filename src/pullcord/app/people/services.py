"""What the server calls: the doors of the running installation, and what passes through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pullcord.intake.context import Context, Limits
from pullcord.intake.errors import BrokenStreamError, UnreadableRecordError
from pullcord.intake.formats import bulk, hec
from pullcord.intake.formats.when import instant
from pullcord.intake.wire import (
    BodyKind,
    Decoded,
    OversizeBodyError,
    UnknownMediaError,
    decode_body,
    unpack,
)
from pullcord.model.approval import Decision
from pullcord.model.errors import PullcordError
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding
from pullcord.model.inventory import Mode
from pullcord.model.noun import Noun
from pullcord.model.person import Principal
from pullcord.model.plan import ApproverRole

__all__ = [
    "AccessPort",
    "BodyKind",
    "BrokenStreamError",
    "BulkBatch",
    "BusyError",
    "Decoded",
    "Desk",
    "HecBatch",
    "Intake",
    "NotKnownError",
    "OversizeBodyError",
    "Reply",
    "Services",
    "Taken",
    "UnknownMediaError",
    "UnreadableRecordError",
    "decode",
    "decode_bulk",
    "decode_hec",
]

BulkBatch = bulk.Batch
HecBatch = hec.Batch

Reply = dict[str, object]
"""A JSON object."""

_LIMITS = Limits(max_containers=500_000)
"""A file may hold more in one record than a request may: requests come many at a time."""


class BusyError(PullcordError):
    """Too much waits already: nothing was taken, the sender should come again."""

    code = "PC-6101"


class NotKnownError(PullcordError):
    """There is no plan, task or AI system of this name."""

    code = "PC-6102"


class Taken(Noun, frozen=True, kw_only=True):
    """What became of a batch: events that were new, and events known before."""

    new: int
    duplicates: int


class AccessPort(Protocol):
    """Knows tokens; :class:`pullcord.app.people.access.Access`."""

    def principal(self, token: str | None) -> Principal | None:
        """Whose token it is."""
        ...


class Intake(Protocol):
    """Takes telemetry in."""

    async def take(self, events: Sequence[Event], findings: Sequence[Finding]) -> Taken:
        """Keep a batch; returns when it is durable.

        Raises:
            BusyError: too much waits already.
        """
        ...


class Desk(Protocol):
    """What people see and decide. Blocking: call it in a thread.

    Refusals and unknown names are raised as :class:`PullcordError`; every reply is a JSON object, times RFC 3339.
    """

    def waiting(self, who: Principal) -> list[Reply]:
        """What waits for a decision or an answer."""
        ...

    def incidents(self, who: Principal) -> list[Reply]:
        """All incidents, in short."""
        ...

    def incident(self, who: Principal, incident_id: str) -> Reply:
        """One incident, in full."""
        ...

    def plan(self, who: Principal, plan_id: str) -> Reply:
        """One plan."""
        ...

    def decide(
        self,
        who: Principal,
        plan: str,
        seen_hash: str,
        decision: Decision,
        role: ApproverRole | None,
        comment: str,
    ) -> Reply:
        """Approve or refuse the plan that was seen."""
        ...

    def systems(self, who: Principal) -> list[Reply]:
        """AI systems and their modes."""
        ...

    def mode(self, who: Principal, system: str, mode: Mode) -> Reply:
        """Ask for another mode, or agree with whoever asked for it."""
        ...

    def stop(self, who: Principal, reason: str, site: str) -> Reply:
        """Stop all new actions, at a site or (empty) everywhere."""
        ...

    def resume(self, who: Principal, site: str) -> Reply:
        """Agree that actions go on."""
        ...

    def close(self, who: Principal, incident_id: str, comment: str) -> Reply:
        """Close an incident."""
        ...

    def answer(self, who: Principal, incident_id: str, task_id: str, answer: str, comment: str) -> Reply:
        """Answer a task."""
        ...


@dataclass(frozen=True)
class Services:
    """All doors.

    Attributes:
        health: blocking; has ``status`` (``ok``, ``stopped`` …), which everybody may see, and what else there is.
        now: nanoseconds UTC.
    """

    access: AccessPort
    intake: Intake
    desk: Desk
    health: Callable[[], Reply]
    now: Callable[[], int]


def decode(kind: BodyKind, headers: tuple[str, str], body: bytes, who: Principal, received: int) -> Decoded:
    """Events and findings of a body; they carry the name of the sender and the trust it has.

    Args:
        headers: content type and content encoding, as they came.
        received: nanoseconds UTC.

    Raises:
        UnknownMediaError, OversizeBodyError, UnreadableRecordError: see :func:`decode_body`.
    """
    return decode_body(kind, *headers, body, _context(who, received))


def decode_hec(
    raw: bool,  # noqa: FBT001  (handed through a thread pool)
    encoding: str,
    body: bytes,
    said: Mapping[str, str],
    who: Principal,
    received: int,
) -> HecBatch:
    """Events and findings of a body for Splunk's collector.

    Args:
        raw: lines of text instead of objects.
        said: in the address: ``host``, ``source``, ``sourcetype``, ``index``, ``time``.

    Raises:
        UnknownMediaError, OversizeBodyError, UnreadableRecordError: as :func:`decode`; or ``time`` is none.
    """
    ctx = _context(who, received)
    time = said.get("time")
    around = hec.Envelope(
        host=said.get("host"),
        source=said.get("source"),
        sourcetype=said.get("sourcetype"),
        index_name=said.get("index"),
        time=instant(time, "time", ctx) if time else None,
    )
    plain = unpack(body, encoding.strip().lower())
    return hec.decode_raw(plain, around, ctx) if raw else hec.decode_events(plain, around, ctx)


def decode_bulk(encoding: str, body: bytes, index: str, who: Principal, received: int) -> BulkBatch:
    """Events and findings of a body for Elastic's bulk API; ``index`` is that of the address.

    Raises:
        UnknownMediaError, OversizeBodyError, UnreadableRecordError: as :func:`decode`.
    """
    return bulk.decode(unpack(body, encoding.strip().lower()), index, _context(who, received))


def _context(who: Principal, received: int) -> Context:
    return Context(
        source=who.name,
        received=received,
        trust=SourceTrust.AUTHENTICATED if who.authenticated else SourceTrust.ATTACKER_WRITABLE,
        limits=_LIMITS,
    )
