from __future__ import annotations

import os
from pathlib import Path

import pytest

from pullcord.intake import file_set
from pullcord.intake.file_set import COUNTED, FileSet
from pullcord.intake.followed import Place
from pullcord.intake.listening import Tally
from pullcord.model.times import SECOND
from tests.intake.memory import Ticking


class Scene:
    """A set over ``*.log`` in a folder."""

    def __init__(self, folder: Path, pattern: str = "*.log", *, from_start: bool = True) -> None:
        self.folder, self.clock, self.tally = folder, Ticking(), Tally(COUNTED)
        self.set = FileSet(
            [str(folder / pattern)], from_start=from_start, elapsed=self.clock.elapsed, tally=self.tally
        )

    def drain(self) -> list[bytes]:
        """What a look brings."""
        self.set.look()
        found: list[bytes] = []
        for file in self.set:
            lines, file.place = file.read()
            found += [line.raw for line in lines]
        return found

    def restart(self, pattern: str = "*.log") -> Scene:
        places = self.set.places()
        self.set.close()
        again = Scene(self.folder, pattern)
        again.set.begin(places)
        return again


def test_new_files_are_new_lives(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.set.begin(None)
    assert not scene.set.look()
    (tmp_path / "a.log").write_text("one\n")
    assert scene.set.look()
    assert scene.drain() == [b"one"]
    assert not scene.set.look()
    assert scene.tally["files"] == 1
    scene.set.close()


def test_a_restart_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\n")
    scene = Scene(tmp_path)
    scene.set.begin(None)
    scene.drain()
    with (tmp_path / "a.log").open("a") as file:
        file.write("two\n")
    again = scene.restart()
    assert again.drain() == [b"two"]
    os.truncate(tmp_path / "a.log", 0)
    (tmp_path / "a.log").write_text("3\n")
    last = again.restart()
    assert last.drain() == [b"3"]
    last.set.close()


def test_an_inode_that_was_used_again_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\n")
    status = (tmp_path / "a.log").stat()
    scene = Scene(tmp_path)
    old = Place(device=status.st_dev, inode=status.st_ino, life="old", offset=3, before="other")
    scene.set.begin([old])
    assert scene.drain() == [b"one"]
    assert [place.life for place in scene.set.places()] != ["old"]
    scene.set.close()


def test_files_that_leave_are_let_go_after_a_while(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("one\n")
    scene = Scene(tmp_path)
    scene.set.begin(None)
    scene.drain()
    (tmp_path / "a.log").unlink()
    scene.set.look()
    (file,) = scene.set
    assert not scene.set.ended(file)
    scene.clock.moved = 31 * SECOND
    assert scene.set.ended(file)
    scene.set.let_go(file)
    assert list(scene.set) == []
    assert scene.tally["finished"] == 1
    scene.set.close()


def test_too_many_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_set, "MOST_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.log").write_text(f"{number}\n")
    scene = Scene(tmp_path)
    scene.set.begin(None)
    assert len(scene.drain()) == 3
    assert scene.tally["left_out"] == 2
    scene.set.close()


def test_several_patterns_and_packed_files(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("a\n")
    (tmp_path / "a.log.gz").write_text("packed\n")
    (tmp_path / "a.log.1").write_text("older\n")
    scene = Scene(tmp_path, "a.log*")
    scene.set.begin(None)
    assert sorted(scene.drain()) == [b"a", b"older"]
    scene.set.close()
