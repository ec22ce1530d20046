from __future__ import annotations

from pathlib import Path

import pysqlite3.dbapi2
import pytest

from pullcord.store import sqlite
from pullcord.store.errors import (
    CorruptRowError,
    ReadOnlyError,
    StateBusyError,
    StateFolderError,
    StateLockedError,
    UnfixedWalError,
)
from pullcord.store.sqlite import Journal
from pullcord.store.state import DATABASE, open_state
from tests.contracts.nouns import finding, incident


def test_the_folder_and_its_files_are_private(tmp_path: Path) -> None:
    with open_state(tmp_path / "state") as state, state.transaction() as tx:
        tx.set_meta("k", "v")
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
        for path in (tmp_path / "state").iterdir():
            assert path.stat().st_mode & 0o077 == 0, path


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    first = open_state(tmp_path)
    with pytest.raises(StateLockedError, match="in use by process"):
        open_state(tmp_path)
    first.close()
    first.close()
    open_state(tmp_path).close()


def test_a_reader_sees_what_the_owner_commits_and_writes_nothing(tmp_path: Path) -> None:
    with open_state(tmp_path) as owner, open_state(tmp_path, read_only=True) as reader:
        with owner.transaction() as tx:
            tx.put_findings([finding("f")])
            with reader.transaction() as looked:
                assert list(looked.findings()) == []
        with reader.transaction() as looked:
            assert list(looked.findings()) == [finding("f")]
        with pytest.raises(ReadOnlyError, match="opened for reading"), reader.transaction() as looked:
            looked.set_meta("k", "v")


def test_a_reader_needs_no_owner(tmp_path: Path) -> None:
    with open_state(tmp_path) as owner, owner.transaction() as tx:
        tx.set_meta("k", "v")
    with open_state(tmp_path, read_only=True) as reader, reader.transaction() as tx:
        assert tx.meta("k") == "v"


def test_a_reader_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StateFolderError, match="there is no state"):
        open_state(tmp_path / "none", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_wal_on_an_unfixed_library_is_refused_and_the_lock_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "library_version", lambda: (3, 51, 2))
        with pytest.raises(UnfixedWalError):
            open_state(tmp_path, journal=Journal.WAL)
        open_state(tmp_path).close()
        assert not (tmp_path / f"{DATABASE}-wal").exists()
    open_state(tmp_path, journal=Journal.WAL).close()


def test_nested_transactions_are_told_apart_from_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", ())
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    with open_state(tmp_path) as state, state.transaction():
        inner = state.transaction()
        with pytest.raises(StateBusyError, match="busy"):
            inner.__enter__()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"null", b'{"id":"f"', b"\xff", b'{"id":"f","extra":1}', "text", None, 7]
)
def test_a_damaged_row_is_named(tmp_path: Path, body: object) -> None:
    with open_state(tmp_path) as state, state.transaction() as tx:
        tx.put_findings([finding("f")])
        tx.put_incident(incident("one"))
    with pysqlite3.dbapi2.connect(str(tmp_path / DATABASE)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute("UPDATE findings SET body = ?", (body if body is not None else b"\x00",))
        raw.execute("UPDATE incidents SET body = (SELECT body FROM findings)")
    with open_state(tmp_path) as state:
        with pytest.raises(CorruptRowError, match="row 'f' of table findings"), state.transaction() as tx:
            list(tx.findings())
        with (
            pytest.raises(CorruptRowError, match="row 'one' of table incidents") as caught,
            state.transaction() as tx,
        ):
            tx.incident("one")
    assert "restore" in caught.value.cure


def test_a_row_under_a_wrong_key_is_damage(tmp_path: Path) -> None:
    with open_state(tmp_path) as state, state.transaction() as tx:
        tx.put_findings([finding("f")])
        tx.put_incident(incident("one"))
    with pysqlite3.dbapi2.connect(str(tmp_path / DATABASE)) as raw:
        raw.execute("UPDATE findings SET id = 'g'")
        raw.execute("UPDATE incidents SET id = 'two'")
    with open_state(tmp_path) as state, state.transaction() as tx:
        with pytest.raises(CorruptRowError, match="holds finding 'f'"):
            list(tx.findings())
        with pytest.raises(CorruptRowError, match="holds incident 'one'"):
            list(tx.incidents())


@pytest.mark.parametrize(
    "data",
    [b"not a database, but long enough to have a header" * 50, b"SQLite format 3\x00" + b"\xff" * 5_000],
)
def test_a_file_that_is_no_database_is_said_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(data)
    for read_only in (False, True):
        with pytest.raises((CorruptRowError, StateFolderError)):
            open_state(tmp_path, read_only=read_only)
    assert (tmp_path / DATABASE).read_bytes() == data
