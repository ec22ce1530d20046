"""The tables of the state. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

from pullcord.model.times import EARLIEST, LATEST, SECOND, from_rfc3339, to_rfc3339

METADATA = MetaData()


class Instant(TypeDecorator[int]):
    """Nanoseconds UTC, kept as RFC 3339 text with nine digits, which sorts as time does.

    Not an integer column: years 1 to 9999 in nanoseconds do not fit into 64 bits, and a hostile time must not
    become a failed transaction.
    """

    impl = String(30)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (the interface)
        """Python to text."""
        if value is None:
            return None
        if not EARLIEST <= value <= LATEST:
            message = f"{value} ns is outside years 1 to 9999"
            raise ValueError(message)
        seconds, rest = divmod(value, SECOND)
        return f"{to_rfc3339(seconds * SECOND)[:-1]}.{rest:09d}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ANN401, ARG002  (the interface)
        """Text to Python."""
        return None if value is None else from_rfc3339(value)


META = Table(
    "meta", METADATA, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)

INBOX_IDS = Table(
    "inbox_ids",
    METADATA,
    Column("id", String, primary_key=True),
    # Receipt by our own clock, so 64 bits do.
    Column("time", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

FINDINGS = Table(
    "findings",
    METADATA,
    Column("id", String, primary_key=True),
    Column("time", Instant, nullable=False, index=True),
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
    Column("first_time", Instant, nullable=False, index=True),
    Column("last_time", Instant, nullable=False),
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
