from __future__ import annotations

import os
from pathlib import Path

import pytest

from pullcord.store.durable import private_folder, publish, sync_file, sync_folder, write_file
from pullcord.store.errors import StateFolderError


def test_a_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert private_folder(folder) == folder
    folder.chmod(0o755)
    assert private_folder(folder).stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_way_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateFolderError, match="cannot use the folder"):
        private_folder(tmp_path / "file" / "inside")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_file(path, b"old", mode=0o400)
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    write_file(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_leftover_of_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    leftover = tmp_path / "f.tmp"
    leftover.write_bytes(b"half")
    leftover.chmod(0o400)
    write_file(tmp_path / "f", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_publishing_closes_the_file_to_others(tmp_path: Path) -> None:
    (tmp_path / "f.tmp").write_bytes(b"data")
    (tmp_path / "f.tmp").chmod(0o644)
    publish(tmp_path / "f.tmp", tmp_path / "f")
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_syncing_what_is_not_there_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync_file(tmp_path / "none")
    (tmp_path / "f").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "f")
