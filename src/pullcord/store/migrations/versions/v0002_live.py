"""Live operation: batches on their way to the lake, the intent journal, tasks, modes, audit log and leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "inbox_batches",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("time", sa.BigInteger(), nullable=False),
        _body(),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tasks",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("incident_id", sa.String(), _incident(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        _body(),
        sa.UniqueConstraint("incident_id", "key", name="uq_tasks_incident_key"),
        sqlite_autoincrement=True,
    )
    _intents()
    op.create_table(
        "modes",
        sa.Column("system", sa.String(), primary_key=True),
        sa.Column("in_force", sa.Boolean(), primary_key=True),
        _body(),
    )
    op.create_table(
        "audit", sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False), _body()
    )
    op.create_table(
        "leases",
        sa.Column("executor", sa.String(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )


def _intents() -> None:
    op.create_table(
        "intents",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("incident_id", sa.String(), _incident(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _body(),
        sqlite_autoincrement=True,
    )
    for column in ("incident_id", "state"):
        op.create_index(f"ix_intents_{column}", "intents", [column])


def _body() -> sa.Column[bytes]:
    return sa.Column("body", sa.LargeBinary(), nullable=False)


def _incident() -> sa.ForeignKey:
    return sa.ForeignKey("incidents.id", deferrable=True, initially="DEFERRED")


def downgrade() -> None:
    """There is no way back but the copy that was made before."""
    message = "restore the copy made before the migration"
    raise NotImplementedError(message)
