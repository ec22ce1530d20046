"""Brings a database to the schema this Pullcord writes, after a copy of what was there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, inspect, text

from pullcord.store.durable import PRIVATE_FILE, TEMPORARY, publish
from pullcord.store.errors import StateFolderError, StateTooNewError
from pullcord.store.migrations import HEAD

SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision of the schema in a database; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    value: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return value


def check(engine: Engine, path: Path, head: str = HEAD) -> None:
    """Refuse a schema that is not the one this Pullcord reads; changes nothing.

    Raises:
        StateTooNewError: it is newer.
        StateFolderError: it is older, or empty.
    """
    with engine.connect() as connection:
        found = revision(connection)
    _refuse_newer(found, path, head)
    if found != head:
        raise StateFolderError(
            f"{path} has schema {found or 'none'}, this Pullcord reads {head}",
            "start Pullcord once as the owner of the folder: it migrates after making a copy",
        )


def migrate(engine: Engine, path: Path, scripts: Path = SCRIPTS, head: str = HEAD) -> Path | None:
    """Bring the database of ``engine`` at ``path`` to revision ``head``; all of it or nothing.

    Returns:
        The copy that was made before, or None if there was nothing to copy or nothing to do.

    Raises:
        StateTooNewError: the schema is newer than ``head``.
    """
    with engine.connect() as connection:
        found = revision(connection)
    if found == head:
        return None
    _refuse_newer(found, path, head)
    copy = None if found is None else back_up(path, path.with_name(f"{path.name}.before-{head}"))
    # Lazy: most starts have nothing to migrate, and Alembic takes a fifth of a second to import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, head)
    return copy


def back_up(source: Path, target: Path) -> Path:
    """Copy a database that may be in use (SQLite backup API), durably; an older copy is replaced."""
    temporary = target.with_name(target.name + TEMPORARY)
    temporary.unlink(missing_ok=True)
    temporary.touch(PRIVATE_FILE)
    with (
        closing(pysqlite3.dbapi2.connect(str(source))) as old,
        closing(pysqlite3.dbapi2.connect(str(temporary))) as new,
    ):
        old.backup(new)
    publish(temporary, target)
    return target


def _refuse_newer(found: str | None, path: Path, head: str) -> None:
    # Revisions are four digits, so text compares as numbers do.
    if found is not None and found > head:
        raise StateTooNewError(
            f"{path} has schema {found}, this Pullcord knows up to {head}",
            "use the newer Pullcord, or restore the copy it made before it migrated",
        )
