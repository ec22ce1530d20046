"""What was planned, decided, done, seen and explained, per incident: one table for each type of noun."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.sqlite import insert

from pullcord.model.approval import Approval
from pullcord.model.explanation import Explanation
from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt, Verification
from pullcord.model.plan import Plan
from pullcord.model.task import Task
from pullcord.store.errors import UnstorableError
from pullcord.store.rows import N, decode, encode
from pullcord.store.tables import APPROVALS, EXPLANATIONS, PLANS, RECEIPTS, TASKS, VERIFICATIONS

TABLES: dict[type[Noun], Table] = {
    Plan: PLANS,
    Approval: APPROVALS,
    Receipt: RECEIPTS,
    Verification: VERIFICATIONS,
    Explanation: EXPLANATIONS,
    Task: TASKS,
}


def put_record(connection: Connection, incident_id: str, key: str, record: Noun) -> None:
    """Keep or replace a record; one that is replaced keeps its place in the order.

    Raises:
        UnstorableError: there is no table for this type.
    """
    table = TABLES.get(type(record))
    if table is None:
        names = ", ".join(sorted(kind.__name__ for kind in TABLES))
        raise UnstorableError(
            f"a {type(record).__name__} is not a record of an incident", f"give one of: {names}"
        )
    body = encode(record)
    statement = insert(table).values(incident_id=incident_id, key=key, body=body)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["incident_id", "key"], set_={"body": body})
    )


def get_records(connection: Connection, kind: type[N], incident_id: str) -> dict[str, N]:
    """Records of one type of an incident by key, in the order kept."""
    table = TABLES[kind]
    query = select(table.c.key, table.c.body).where(table.c.incident_id == incident_id)
    rows = connection.execute(query.order_by(table.c.sequence))
    return {key: decode(kind, body, table.name, f"{incident_id} {key}") for key, body in rows}


def get_all_records(connection: Connection, kind: type[N]) -> tuple[N, ...]:
    """Records of one type of all incidents, in the order kept."""
    table = TABLES[kind]
    rows = connection.execute(select(table.c.key, table.c.body).order_by(table.c.sequence))
    return tuple(decode(kind, body, table.name, key) for key, body in rows)
