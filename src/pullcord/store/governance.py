"""How Pullcord itself is governed: modes of AI systems, the audit log, and which processes are alive."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.audit import AuditEntry
from pullcord.model.mode_change import ModeChange
from pullcord.model.noun import digest
from pullcord.store.rows import decode, encode
from pullcord.store.tables import AUDIT, LEASES, MODES

_FIRST = "0" * 64


def put_mode(connection: Connection, change: ModeChange) -> None:
    """Keep or replace a mode change; one that comes into force ends the one people were asked about."""
    in_force = change.time is not None
    if in_force:
        connection.execute(delete(MODES).where(MODES.c.system == change.system, ~MODES.c.in_force))
    body = encode(change)
    statement = insert(MODES).values(system=change.system, in_force=in_force, body=body)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["system", "in_force"], set_={"body": body})
    )


def get_modes(connection: Connection, *, in_force: bool) -> dict[str, ModeChange]:
    """Mode changes by AI system."""
    query = select(MODES.c.system, MODES.c.body).where(MODES.c.in_force == in_force).order_by(MODES.c.system)
    return {
        system: decode(ModeChange, body, MODES.name, system) for system, body in connection.execute(query)
    }


def audit(connection: Connection, who: str, what: str, detail: str, time: int) -> AuditEntry:
    """Add a line to the audit log; the writer's transaction keeps the chain whole."""
    last = connection.execute(select(func.max(AUDIT.c.sequence))).scalar() or 0
    before = _entry(connection, last).chain if last else _FIRST
    bare = AuditEntry(
        sequence=last + 1, time=time, who=who, what=what, detail=detail, previous=before, chain=""
    )
    entry = msgspec.structs.replace(bare, chain=digest(bare))
    connection.execute(insert(AUDIT).values(sequence=entry.sequence, body=encode(entry)))
    return entry


def audit_log(connection: Connection) -> Iterator[AuditEntry]:
    """The audit log in order."""
    rows = connection.execute(select(AUDIT.c.sequence, AUDIT.c.body).order_by(AUDIT.c.sequence))
    for sequence, body in rows:
        yield decode(AuditEntry, body, AUDIT.name, str(sequence))


def _entry(connection: Connection, sequence: int) -> AuditEntry:
    body = connection.execute(select(AUDIT.c.body).where(AUDIT.c.sequence == sequence)).scalar_one()
    return decode(AuditEntry, body, AUDIT.name, str(sequence))


def lease(connection: Connection, executor: str, until: int) -> None:
    """Say that a process is alive until a time (nanoseconds UTC)."""
    statement = insert(LEASES).values(executor=executor, until=until)
    connection.execute(statement.on_conflict_do_update(index_elements=["executor"], set_={"until": until}))


def leases(connection: Connection) -> dict[str, int]:
    """Until when each process said it is alive."""
    rows = connection.execute(select(LEASES.c.executor, LEASES.c.until).order_by(LEASES.c.executor))
    return {row.executor: row.until for row in rows}


def end_lease(connection: Connection, executor: str) -> None:
    """Forget a process."""
    connection.execute(delete(LEASES).where(LEASES.c.executor == executor))
