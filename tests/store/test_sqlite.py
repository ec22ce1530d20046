from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from pullcord.store import sqlite
from pullcord.store.errors import UnfixedWalError
from pullcord.store.sqlite import (
    Journal,
    choose_journal,
    make_engine,
    make_workflow_engine,
    refuse_unfixed_wal,
    wal_is_fixed,
)


@pytest.mark.parametrize(
    "version", [(3, 51, 3), (3, 51, 4), (3, 52, 0), (4, 0, 0), (3, 44, 6), (3, 50, 7), (3, 50, 9)]
)
def test_fixed_libraries(version: tuple[int, ...]) -> None:
    assert wal_is_fixed(version)
    refuse_unfixed_wal(version)


@pytest.mark.parametrize(
    "version", [(3, 40, 1), (3, 44, 5), (3, 45, 9), (3, 50, 6), (3, 51, 2), (3, 7, 0), (2, 99, 9)]
)
def test_wal_is_refused_on_unfixed_libraries(
    version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not wal_is_fixed(version)
    with pytest.raises(UnfixedWalError, match="can lose commits"):
        refuse_unfixed_wal(version)
    monkeypatch.setattr(sqlite, "library_version", lambda: version)
    with pytest.raises(UnfixedWalError):
        choose_journal(Journal.WAL)
    assert choose_journal() is Journal.ROLLBACK


def test_the_library_that_is_installed_is_fixed() -> None:
    assert wal_is_fixed(sqlite.library_version())
    assert choose_journal(Journal.WAL) is Journal.WAL


def test_an_untried_platform_gets_the_rollback_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "supported_platform", lambda: False)
    assert choose_journal() is Journal.ROLLBACK


def setting(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


@pytest.mark.parametrize("journal", list(Journal))
def test_every_connection_is_set_up(tmp_path: Path, journal: Journal) -> None:
    engine = make_engine(tmp_path / "a ?#%.sqlite", journal=journal)
    assert setting(engine, "journal_mode") == journal.value.lower()
    assert setting(engine, "synchronous") == 2
    assert setting(engine, "foreign_keys") == 1
    assert setting(engine, "trusted_schema") == 0
    engine.dispose()
    assert (tmp_path / "a ?#%.sqlite").exists()


def test_a_transaction_holds_the_file_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", ())
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    engine = make_engine(tmp_path / "f")
    with engine.begin(), pytest.raises(OperationalError, match="locked"), engine.begin():
        raise AssertionError("two writers at once")
    engine.dispose()


def test_tables_roll_back_too(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "f")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
        connection.rollback()
        found = connection.execute(text("SELECT count(*) FROM sqlite_schema")).scalar()
    assert found == 0
    engine.dispose()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "f")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n)"))
        connection.execute(text("INSERT INTO t VALUES (0)"))

    def add() -> None:
        for _ in range(20):
            with engine.begin() as connection:
                number = connection.execute(text("SELECT n FROM t")).scalar() or 0
                connection.execute(text("UPDATE t SET n = :n"), {"n": number + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM t")).scalar() == 80
    engine.dispose()


def test_an_engine_for_another_library_shares_the_file_and_begins_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "f"
    ours = make_engine(path)
    with ours.begin() as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    theirs = make_workflow_engine(path)
    with theirs.begin() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "foreign_keys")
        ]
        assert pragmas == [2, 1]
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == choose_journal().value.lower()
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with ours.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 1
    for engine in (ours, theirs):
        engine.dispose()


def test_an_engine_for_another_library_makes_no_file(tmp_path: Path) -> None:
    engine = make_workflow_engine(tmp_path / "nowhere")
    with pytest.raises(OperationalError), engine.connect():
        pass
    engine.dispose()
