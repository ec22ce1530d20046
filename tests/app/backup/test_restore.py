from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pysqlite3.dbapi2
import pytest

from pullcord.app.backup import restore as module
from pullcord.app.backup.archive import ArchiveError, Limits
from pullcord.app.backup.backup import back_up
from pullcord.app.backup.restore import restore
from pullcord.app.backup.swap import SwapError
from pullcord.model.errors import UsageError
from pullcord.model.intent import IntentState
from pullcord.model.inventory import Mode
from pullcord.store.errors import StateLockedError, StateTooNewError
from pullcord.store.folder import open_folder
from pullcord.store.migrations import HEAD
from pullcord.store.schema import migrate
from pullcord.store.sqlite import make_engine
from tests.app.archives import members_of, sealed, write
from tests.app.states import NOW, agreed, intent, make_archive, make_state, mode, name_of

KILLS = 5
ASIDE = "state.before-restore-20270115T080000Z"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a state called ``backup``; look, do not touch."""
    return make_archive(tmp_path_factory.mktemp("archive"))


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder, but SQLite's working files, which also a reader makes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_restored_state_is_the_one_that_was_backed_up(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "state"
    done = restore(archive, folder, now=NOW)
    assert (done.before, done.carried, done.left, done.problems) == (None, (), (), ())
    assert (done.incidents, done.events, done.evidence, done.epoch.epoch) == (2, 4, 2, 2)
    assert [path.name for path in folder.parent.iterdir()] == ["state"]
    assert folder.stat().st_mode & 0o777 == 0o700
    with open_folder(folder) as new, open_folder(archive.parent / "backup-source") as old:
        assert list(new.lake.window(0, 10)) == list(old.lake.window(0, 10))
        assert new.vault.entries() == old.vault.entries()
        assert new.vault.verify() == []
        with new.state.transaction() as here, old.state.transaction() as there:
            assert list(here.incidents()) == list(there.incidents())
            assert list(here.findings()) == list(there.findings())
            assert here.intent("key-confirmed") == there.intent("key-confirmed")


def test_the_state_that_was_there_is_moved_aside(archive: Path, tmp_path: Path) -> None:
    folder = make_state(tmp_path / "state", "old")
    before = tree(folder)
    done = restore(archive, folder, now=NOW)
    assert done.before == str(tmp_path / ASIDE)
    assert tree(tmp_path / ASIDE) == before
    assert name_of(folder) == "backup"
    restore(archive, folder, now=NOW)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"state", ASIDE, f"{ASIDE}-2"}


def test_what_was_acted_after_the_backup_is_not_repeated(tmp_path: Path) -> None:
    folder = make_state(tmp_path / "state")
    back_up(folder, tmp_path / "a", now=NOW)
    with open_folder(folder) as store, store.state.transaction() as tx:
        sent = tx.intent("key-planned")
        assert sent is not None
        tx.put_intent(msgspec.structs.replace(sent, state=IntentState.CONFIRMED))
        tx.put_intent(intent("key-later", IntentState.CONFIRMED))
        tx.put_record("inc-2", "later", agreed("mo"))
        tx.put_mode(mode("gatekeeper", Mode.RECOMMEND, 9))
        tx.set_meta("epoch", "4")
    done = restore(tmp_path / "a", folder, now=NOW)
    assert done.epoch.epoch == 5
    with open_folder(folder) as store, store.state.transaction() as tx:
        states = {one.state for one in tx.intents()}
        assert states.isdisjoint({IntentState.PLANNED, IntentState.SENT})
        assert all(one.void or one.decision == "refuse" for one in tx.approvals("inc-1"))
        assert tx.approvals("inc-2") == ()
        assert {one.mode for one in tx.modes().values()} == {Mode.OBSERVE}
        assert not tx.modes(in_force=False)
        assert not tx.leases()


def test_a_stop_and_secrets_stay(archive: Path, tmp_path: Path) -> None:
    folder = make_state(tmp_path / "state", "old")
    for name in ("stop/all.json", "tokens/kim"):
        (folder / name).parent.mkdir()
        (folder / name).write_text(name, encoding="utf-8")
    assert restore(archive, folder, now=NOW).carried == ("stop", "tokens")
    assert (folder / "stop" / "all.json").read_text(encoding="utf-8") == "stop/all.json"


def test_a_state_in_use_is_left_alone(archive: Path, tmp_path: Path) -> None:
    with open_folder(make_state(tmp_path / "state", "old")) as store:
        with pytest.raises(StateLockedError):
            restore(archive, store.path, now=NOW)
        assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_damaged_state_is_replaced(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "state.sqlite").write_bytes(b"damaged" * 1_000)
    restore(archive, folder, now=NOW)
    assert name_of(folder) == "backup"
    assert (tmp_path / ASIDE / "state.sqlite").read_bytes() == b"damaged" * 1_000


@pytest.mark.parametrize("what", ["full", "file"])
def test_what_is_no_state_is_not_moved(archive: Path, tmp_path: Path, what: str) -> None:
    home = tmp_path / "home"
    (home / "full").mkdir(parents=True)
    (home / "full" / "letter.txt").write_text("dear", encoding="utf-8")
    (home / "file").write_text("x", encoding="utf-8")
    before = tree(home)
    with pytest.raises(UsageError):
        restore(archive, home / what, now=NOW)
    assert tree(home) == before


def test_a_link_to_a_state_stays_a_link(archive: Path, tmp_path: Path) -> None:
    make_state(tmp_path / "state", "old")
    (tmp_path / "link").symlink_to("state")
    restore(archive, tmp_path / "link", now=NOW)
    assert (tmp_path / "link").is_symlink()
    assert name_of(tmp_path / "link") == "backup"


def refused(path: Path, folder: Path, kind: type[Exception] = ArchiveError) -> str:
    before = tree(folder)
    with pytest.raises(kind) as told:
        restore(path, folder, now=NOW)
    assert tree(folder) == before
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]
    return str(told.value)


def test_a_changed_archive_changes_nothing(archive: Path, tmp_path: Path) -> None:
    folder = make_state(tmp_path / "here" / "state", "old")
    members = members_of(archive)
    for number, (name, data) in enumerate(members):
        changed = bytearray(data)
        changed[-1] ^= 1
        path = write(tmp_path / "a", [*members[:number], (name, bytes(changed)), *members[number + 1 :]])
        refused(path, folder)
    assert "state.sqlite is missing" in refused(write(tmp_path / "a", sealed(members[1:])), folder)
    with pytest.raises(ArchiveError, match="far more"):
        restore(archive, folder, now=NOW, limits=Limits(expansion=1, floor=1))
    assert name_of(folder) == "old"


def test_a_forged_database_is_refused(archive: Path, tmp_path: Path) -> None:
    folder = make_state(tmp_path / "here" / "state", "old")
    members = members_of(archive)
    for statement, why in [
        ("CREATE TRIGGER t AFTER INSERT ON modes BEGIN DELETE FROM modes; END", "trigger"),
        ("CREATE VIEW v AS SELECT 1", "trigger or a view"),
        ("DELETE FROM incidents WHERE id = 'inc-1'", "not there"),
    ]:
        path = tmp_path / "state.sqlite"
        path.write_bytes(members[0][1])
        with closing(pysqlite3.dbapi2.connect(str(path))) as connection:
            connection.execute(statement)
            connection.commit()
        forged = sealed([("state.sqlite", path.read_bytes()), *members[1:]])
        assert why in refused(write(tmp_path / "a", forged), folder)


def test_a_newer_backup_is_refused(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_state(tmp_path / "state", "old")
    monkeypatch.setattr(module, "HEAD", "0000")
    assert "use the newer Pullcord" in refused(archive, folder, StateTooNewError)


def test_an_older_backup_is_migrated(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    engine = make_engine(old / "state.sqlite")
    migrate(engine, old / "state.sqlite", head="0001")
    engine.dispose()
    assert back_up(old, tmp_path / "a", now=NOW).revision == "0001" < HEAD
    restore(tmp_path / "a", tmp_path / "state", now=NOW)
    with open_folder(tmp_path / "state", read_only=True) as store, store.state.transaction() as tx:
        assert tx.meta("epoch") == "2"
    assert not list((tmp_path / "state").glob("*.before-*"))


def test_a_folder_that_cannot_be_swapped_is_left(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_state(tmp_path / "state", "old")

    def cannot(_one: Path, _other: Path) -> None:
        raise SwapError("no", "no")

    monkeypatch.setattr(module, "exchange", cannot)
    refused(archive, folder, SwapError)
    assert name_of(folder) == "old"


def test_dying_anywhere_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.app.dying_restore", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=150)
    *lines, last = done.stdout.splitlines()
    assert last == "through", done.stderr
    told = [dict(part.split("=") for part in line.split()[1:]) for line in lines]
    assert len(told) > 15
    for line in told:
        assert line["died"] == "True"
        assert line.get("again", "0") == "0"
        assert line.get("rest", "[]") == "[]"
        # The old state is still somewhere, and so is a new one that a second restore replaced.
        allowed = ("old", None) if line["first"] == "old" else ("backup,old",)
        assert line.get("then") in allowed
    assert sum("again" in line for line in told) > 5
    firsts = [line["first"] for line in told]
    assert firsts == sorted(firsts, reverse=True)
    assert {"old", "backup"} == set(firsts)


def test_random_kills_leave_the_old_state_or_the_new(archive: Path, tmp_path: Path) -> None:
    draw = random.Random(3)
    for number in range(KILLS):
        folder = make_state(tmp_path / str(number) / "state", "old")
        command = [sys.executable, "-m", "tests.app.dying_restore", "once", str(archive), str(folder)]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        running.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.5))
        running.kill()
        running.communicate()
        assert name_of(folder) in {"old", "backup"}
        restore(archive, folder, now=NOW)
        assert name_of(folder) == "backup"
        assert "old" in {name_of(path) for path in folder.parent.glob("state.before-restore-*")}
