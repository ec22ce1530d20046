from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pullcord.responders import files
from pullcord.responders.errors import TargetFileError
from pullcord.responders.files import LARGEST, locked, read, replace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "file.json"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def only(file: Path) -> None:
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_new_bytes_keep_mode_and_owner(file: Path) -> None:
    file.chmod(0o640)
    before = file.stat()
    replace(read(file), b"new")
    after = file.stat()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(after.st_mode) == 0o640
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino, "replaced, not overwritten"
    only(file)


def test_the_owner_of_another_account_stays(file: Path) -> None:
    # Only root can give a file away; others keep their own.
    owner = (12345, 54321) if os.geteuid() == 0 else (os.getuid(), os.getgid())
    os.chown(file, *owner)
    replace(read(file), b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == owner


def test_a_change_since_it_was_read_is_not_overwritten(file: Path) -> None:
    content = read(file)
    file.write_bytes(b"somebody else")
    with pytest.raises(TargetFileError, match="somebody else"):
        replace(content, b"new")
    assert file.read_bytes() == b"somebody else"
    only(file)


def test_a_file_that_vanished_is_not_made_anew(file: Path) -> None:
    content = read(file)
    file.unlink()
    with pytest.raises(TargetFileError, match="cannot be replaced"):
        replace(content, b"new")
    assert list(file.parent.iterdir()) == []


def test_the_remains_of_a_crash_are_removed(file: Path) -> None:
    (file.parent / ".file.json.pullcord").write_bytes(b"half")
    replace(read(file), b"new")
    assert file.read_bytes() == b"new"
    only(file)


def test_a_link_within_the_folder_is_followed_and_stays(file: Path) -> None:
    link = file.with_name("link.json")
    link.symlink_to("file.json")
    replace(read(link), b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_a_link_out_of_the_folder_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    for name, goal in {"out": "../secret", "round": "round", "nowhere": "nothing"}.items():
        (file.parent / name).symlink_to(goal)
        with pytest.raises(TargetFileError):
            read(file.parent / name)


def test_what_is_no_plain_file_is_refused_at_once(file: Path) -> None:
    os.mkfifo(file.parent / "pipe")
    (file.parent / "folder").mkdir()
    os.link(file, file.parent / "second name")
    for name in ("pipe", "folder", "second name", "file.json", "absent"):
        with pytest.raises(TargetFileError):
            read(file.parent / name)


def test_a_large_file_is_refused(file: Path) -> None:
    file.write_bytes(b" " * LARGEST)
    assert len(read(file).data) == LARGEST
    file.write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(TargetFileError, match="larger than 1 MB"):
        read(file)


def test_one_writer_at_a_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LOCK_SECONDS", 0.1)
    hold = (
        "import fcntl, os, sys; h = os.open(sys.argv[1], 0); fcntl.flock(h, 2); print(1, flush=True); input()"
    )
    command = [sys.executable, "-c", hold, str(file.parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(TargetFileError, match="locked by another"), locked(file):
            pass
        other.kill()
    with locked(file):
        replace(read(file), b"new")
    assert file.read_bytes() == b"new"


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(TargetFileError, match="cannot be opened"), locked(tmp_path / "absent" / "file"):
        pass
