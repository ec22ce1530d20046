"""Run by Alembic: migrates on the connection that ``pullcord.store.schema`` hands over."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # One transaction around everything: a migration that is killed leaves the old schema, whole.
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
