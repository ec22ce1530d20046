"""The tables of the state. A change here needs a migration; a test compares the two.

Times are nanoseconds UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData()


META = Table(
    "meta", METADATA, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)

INBOX_IDS = Table(
    "inbox_ids",
    METADATA,
    Column("id", String, primary_key=True),
    Column("time", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

INBOX_BATCHES = Table(
    "inbox_batches",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Numbers name segments of the lake: one that was used must never come again.
    sqlite_autoincrement=True,
)

FINDINGS = Table(
    "findings",
    METADATA,
    Column("id", String, primary_key=True),
    Column("time", BigInteger, nullable=False, index=True),
    Column("rule_id", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("asset", String, index=True),
    Column("trace_id", String, index=True),
    Column("body", LargeBinary, nullable=False),
)

INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("id", String, primary_key=True),
    Column("first_time", BigInteger, nullable=False, index=True),
    Column("last_time", BigInteger, nullable=False),
    Column("type", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("site", String),
    Column("body", LargeBinary, nullable=False),
)


def _incident() -> ForeignKey:
    # Checked at commit: within a transaction the order of calls is free.
    return ForeignKey("incidents.id", deferrable=True, initially="DEFERRED")


ALIASES = Table(
    "aliases",
    METADATA,
    Column("alias", String, primary_key=True),
    Column("incident_id", String, _incident(), nullable=False, index=True),
)

PHASES = Table(
    "phases",
    METADATA,
    Column("incident_id", String, _incident(), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)


def _records(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column("incident_id", String, _incident(), nullable=False),
        Column("key", String, nullable=False),
        Column("body", LargeBinary, nullable=False),
        UniqueConstraint("incident_id", "key", name=f"uq_{name}_incident_key"),
        sqlite_autoincrement=True,
    )


PLANS = _records("plans")
APPROVALS = _records("approvals")
RECEIPTS = _records("receipts")
VERIFICATIONS = _records("verifications")
EXPLANATIONS = _records("explanations")
TASKS = _records("tasks")

INTENTS = Table(
    "intents",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("incident_id", String, _incident(), nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    # What the caps on automatic actions are counted by.
    Column("automatic", Boolean, nullable=False, index=True),
    Column("undo", Boolean, nullable=False),
    Column("kind", String, nullable=False),
    Column("target", String, nullable=False),
    Column("plan_hash", String, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

MODES = Table(
    "modes",
    METADATA,
    Column("system", String, primary_key=True),
    Column("in_force", Boolean, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("executor", String, primary_key=True),
    Column("until", BigInteger, nullable=False),
)

# The order in which findings became durable: whoever passes them on remembers how far it came.
FINDING_ORDER = Table(
    "finding_order",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("finding_id", String, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

DETECTOR_STATE = Table(
    "detector_state",
    METADATA,
    Column("detector", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
