from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from pullcord.store.errors import StateFolderError, StateTooNewError
from pullcord.store.migrations import HEAD
from pullcord.store.schema import SCRIPTS, back_up, check, migrate, revision
from pullcord.store.sqlite import make_engine
from pullcord.store.tables import METADATA

LATER = """
from alembic import op
import sqlalchemy as sa
revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None
def upgrade():
    op.create_table("later", sa.Column("x", sa.String))
    {more}
"""


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def scripts_with_a_later_step(folder: Path, more: str = "") -> Path:
    scripts = folder / "migrations %"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "v9999_later.py").write_text(LATER.format(head=HEAD, more=more))
    return scripts


def test_the_steps_lead_to_the_tables_and_no_further(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "f")
    assert migrate(engine, tmp_path / "f") is None
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert revision(connection) == HEAD
    engine.dispose()


def test_the_head_is_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_migrating_again_does_nothing(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "f")
    migrate(engine, tmp_path / "f")
    before = tables(engine)
    assert migrate(engine, tmp_path / "f") is None
    assert tables(engine) == before
    engine.dispose()


def test_an_older_schema_is_copied_then_migrated(tmp_path: Path) -> None:
    path = tmp_path / "f"
    engine = make_engine(path)
    migrate(engine, path)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('k', 'v')"))
    copy = migrate(engine, path, scripts_with_a_later_step(tmp_path), "9999")
    assert copy == tmp_path / "f.before-9999"
    assert "later" in tables(engine)
    engine.dispose()
    assert copy.stat().st_mode & 0o777 == 0o600
    old = make_engine(copy)
    with old.connect() as connection:
        assert revision(connection) == HEAD
        assert connection.execute(text("SELECT value FROM meta")).scalar() == "v"
    old.dispose()


def test_a_failed_step_leaves_the_old_schema(tmp_path: Path) -> None:
    path = tmp_path / "f"
    engine = make_engine(path)
    migrate(engine, path)
    scripts = scripts_with_a_later_step(tmp_path, "raise RuntimeError('half-way')")
    with pytest.raises(RuntimeError, match="half-way"):
        migrate(engine, path, scripts, "9999")
    assert "later" not in tables(engine)
    check(engine, path)
    engine.dispose()


def test_a_newer_schema_is_refused_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "f"
    engine = make_engine(path)
    migrate(engine, path)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateTooNewError, match="schema 9999"):
        migrate(engine, path)
    with pytest.raises(StateTooNewError, match="schema 9999"):
        check(engine, path)
    engine.dispose()


def test_reading_needs_this_schema(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "f")
    with pytest.raises(StateFolderError, match="schema none"):
        check(engine, tmp_path / "f")
    engine.dispose()


def test_a_copy_holds_what_is_still_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "f"
    engine = make_engine(path)
    migrate(engine, path)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('k', 'v')"))
    copy = make_engine(back_up(path, tmp_path / "copy"))
    with copy.connect() as connection:
        assert connection.execute(text("SELECT value FROM meta")).scalar() == "v"
    copy.dispose()
    engine.dispose()
