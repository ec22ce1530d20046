"""The first schema: inbox ids, findings, incidents and what belongs to them.

Written out and not taken from ``pullcord.store.tables``: a released step must not change when the tables do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_table(
        "inbox_ids",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_inbox_ids_time", "inbox_ids", ["time"])
    _findings()
    _incidents()
    for name in ("plans", "approvals", "receipts", "verifications", "explanations"):
        _records(name)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("asset", sa.String()),
        sa.Column("trace_id", sa.String()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    for column in ("time", "asset", "trace_id"):
        op.create_index(f"ix_findings_{column}", "findings", [column])


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("first_time", sa.BigInteger(), nullable=False),
        sa.Column("last_time", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("site", sa.String()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_incidents_first_time", "incidents", ["first_time"])
    op.create_table(
        "aliases",
        sa.Column("alias", sa.String(), primary_key=True),
        sa.Column("incident_id", sa.String(), _incident(), nullable=False),
    )
    op.create_index("ix_aliases_incident_id", "aliases", ["incident_id"])
    op.create_table(
        "phases",
        sa.Column("incident_id", sa.String(), _incident(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def _records(name: str) -> None:
    op.create_table(
        name,
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.String(), _incident(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("incident_id", "key", name=f"uq_{name}_incident_key"),
        sqlite_autoincrement=True,
    )


def _incident() -> sa.ForeignKey:
    return sa.ForeignKey("incidents.id", deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    """There is no way back but the copy that was made before."""
    message = "restore the copy made before the migration"
    raise NotImplementedError(message)
