"""Detection: what streaming detectors remember, the order of findings, and journal columns to count by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns, and fill them from what is there."""
    op.create_table(
        "finding_order",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("finding_id", sa.String(), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO finding_order (finding_id) SELECT id FROM findings ORDER BY time, id")
    op.create_table(
        "detector_state",
        sa.Column("detector", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    _intents()


def _intents() -> None:
    for name, kind, empty in (
        ("automatic", sa.Boolean(), "0"),
        ("undo", sa.Boolean(), "0"),
        ("kind", sa.String(), ""),
        ("target", sa.String(), ""),
        ("plan_hash", sa.String(), ""),
        ("time", sa.BigInteger(), "0"),
    ):
        op.add_column("intents", sa.Column(name, kind, nullable=False, server_default=empty))
    op.create_index("ix_intents_automatic", "intents", ["automatic"])
    body = "CAST(body AS TEXT)"
    op.execute(
        f"UPDATE intents SET automatic = COALESCE(json_extract({body}, '$.automatic'), 0),"  # noqa: S608  (constant)
        f" undo = json_extract({body}, '$.undoes') IS NOT NULL,"
        f" kind = json_extract({body}, '$.action.kind'), target = json_extract({body}, '$.action.target'),"
        f" plan_hash = json_extract({body}, '$.plan_hash'), time = json_extract({body}, '$.time')"
    )


def downgrade() -> None:
    """There is no way back but the copy that was made before."""
    message = "restore the copy made before the migration"
    raise NotImplementedError(message)
