from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pullcord.app.backup import backup as module
from pullcord.app.backup.archive_read import read_archive
from pullcord.app.backup.backup import back_up, database_problems
from pullcord.app.backup.restore import restore
from pullcord.model.errors import UsageError
from pullcord.store.errors import CorruptRowError, StateLockedError, StateTooNewError
from pullcord.store.folder import open_folder
from pullcord.store.lock import OwnerLock
from tests.app.archives import members_of
from tests.app.states import NOW, make_state


def test_an_archive_holds_what_the_state_holds(tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    (state / "pullcord.toml").write_text('site = "north"\n', encoding="utf-8")
    for name in ("token", "endpoint", "stop/all.json"):
        (state / name).parent.mkdir(exist_ok=True)
        (state / name).write_text("pc_secret", encoding="utf-8")
    made = back_up(state, tmp_path / "a.tar.zst", now=NOW)
    assert made.files == {"state": 1, "settings": 1, "vault": 4, "lake": 3}
    assert (made.incidents, made.evidence, made.problems) == (2, 2, ())
    assert made.time == "2027-01-15T08:00:00Z"
    assert (tmp_path / "a.tar.zst").stat().st_mode & 0o777 == 0o600
    assert read_archive(tmp_path / "a.tar.zst").sha256 == made.sha256
    assert not any(b"pc_secret" in data for _, data in members_of(tmp_path / "a.tar.zst"))
    assert {one.name for one in tmp_path.iterdir()} == {"s", "a.tar.zst"}


def test_an_archive_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    out = tmp_path / "a"
    out.write_bytes(b"precious")
    with pytest.raises(UsageError, match="is there already"):
        back_up(state, out, now=NOW)
    assert out.read_bytes() == b"precious"
    assert back_up(state, out, now=NOW, force=True).size == out.stat().st_size


@pytest.mark.parametrize("out", ["no/such/a", "s"])
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, out: str) -> None:
    make_state(tmp_path / "s")
    with pytest.raises(UsageError):
        back_up(tmp_path / "s", tmp_path / out, now=NOW)


def test_two_backups_to_one_file_at_once_are_refused(tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    (tmp_path / ".a.backup").mkdir()
    lock = OwnerLock(tmp_path / ".a.backup" / "lock")
    with pytest.raises(StateLockedError):
        back_up(state, tmp_path / "a", now=NOW)
    lock.release()
    (tmp_path / ".a.backup" / "archive").write_bytes(b"left by a kill")
    back_up(state, tmp_path / "a", now=NOW)
    assert not (tmp_path / ".a.backup").exists()


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(CorruptRowError):
        back_up(tmp_path, tmp_path / "a", now=NOW)
    (tmp_path / "state.sqlite").write_bytes(b"")
    with pytest.raises(UsageError, match="no state of Pullcord"):
        back_up(tmp_path, tmp_path / "a", now=NOW)
    assert not (tmp_path / "a").exists()


def test_a_newer_state_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = make_state(tmp_path / "s")
    monkeypatch.setattr(module, "HEAD", "0000")
    with pytest.raises(StateTooNewError):
        back_up(state, tmp_path / "a", now=NOW)


def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    path = state / "state.sqlite"
    assert database_problems(path) == []
    data = bytearray(path.read_bytes())
    data[-4096:-4032] = b"\xee" * 64
    path.write_bytes(data)
    assert any("damaged" in problem for problem in database_problems(path))
    assert back_up(state, tmp_path / "a", now=NOW).problems
    for place in range(4096, len(data), 4096):
        data[place : place + 64] = b"\xee" * 64
    path.write_bytes(data)
    assert any("damaged" in problem for problem in database_problems(path))


def test_damaged_evidence_is_copied_and_said(tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    kept = next(path for path in (state / "vault" / "bytes").rglob("*") if path.is_file())
    kept.chmod(0o600)
    kept.write_bytes(b"changed")
    made = back_up(state, tmp_path / "a", now=NOW)
    assert made.problems == (f"The bytes at {kept.name} were changed.",)
    assert restore(tmp_path / "a", tmp_path / "new", now=NOW).problems


def test_under_load_each_backup_is_consistent(tmp_path: Path) -> None:
    state = tmp_path / "s"
    command = [sys.executable, "-m", "tests.store.dying", "work", str(state)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    try:
        for number in range(4):
            acknowledged = int(writer.stdout.readline())
            time.sleep(0.2 * number)
            out = tmp_path / f"{number}.tar.zst"
            made = back_up(state, out, now=NOW)
            assert made.problems == ()
            done = restore(out, tmp_path / f"r{number}", now=NOW)
            assert done.problems == ()
            with open_folder(tmp_path / f"r{number}") as store, store.state.transaction() as tx:
                kept = int(tx.meta("next") or 0)
                assert kept > acknowledged
                assert made.incidents == kept == sum(1 for _ in tx.incidents())
                names = {f"{one:06d}" for one in range(kept)}
                assert {entry.incident_id for entry in store.vault.entries()} >= names
                events = {f"{name}-{part}" for name in names for part in "ab"}
                assert set(store.lake.by_id(events)) == events
    finally:
        writer.kill()
        writer.communicate()
