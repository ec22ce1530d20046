from __future__ import annotations

import os
from pathlib import Path

import pytest

from pullcord.intake.followed import LONGEST_LINE, Followed, open_followed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


def opened(path: Path) -> Followed:
    found = open_followed(path)
    assert found is not None
    return found


def read(file: Followed, *, ended: bool = False) -> list[bytes]:
    lines, file.place = file.read(ended=ended)
    return [line.raw for line in lines]


def test_lines_with_their_places_and_a_last_one_that_waits(path: Path) -> None:
    path.write_bytes(b"one\n\ntwo\r\nhal")
    file = opened(path)
    lines, place = file.read()
    assert [line.raw for line in lines] == [b"one", b"", b"two\r"]
    assert [line.key for line in lines] == [f"{place.life}:{at}" for at in (0, 4, 5)]
    assert file.place.offset == 0  # until it was handed on
    file.place = place
    assert read(file) == []
    with path.open("ab") as more:
        more.write(b"f\n")
    assert read(file) == [b"half"]
    file.close()


def test_the_last_line_of_a_file_that_has_ended(path: Path) -> None:
    path.write_bytes(b"one\ntwo")
    file = opened(path)
    assert read(file, ended=True) == [b"one"]
    assert read(file, ended=True) == [b"two"]
    assert read(file, ended=True) == []
    file.close()


def test_a_line_that_is_too_long_is_passed_over_over_a_restart(path: Path) -> None:
    path.write_bytes(b"x" * (2 * LONGEST_LINE))
    file = opened(path)
    assert read(file) == []
    assert file.place.inside
    file.close()
    again = opened(path)
    again.go_on(file.place)
    with path.open("ab") as more:
        more.write(b"y" * 10 + b"\nnext\n")
    assert [one for _ in range(3) for one in read(again)] == [b"next"]
    assert (file.too_long, again.too_long) == (1, 0)
    again.close()


def test_many_lines_come_in_turns(path: Path) -> None:
    path.write_bytes(b"".join(b"%d\n" % number for number in range(1_000)))
    file = opened(path)
    assert (len(read(file)), len(read(file)), len(read(file))) == (512, 488, 0)
    file.close()


def test_truncated_and_written_anew(path: Path) -> None:
    path.write_bytes(b"one\n")
    file = opened(path)
    assert read(file) == [b"one"]
    assert not file.begun_anew()
    life = file.place.life
    path.write_bytes(b"two and more\n")  # the same inode, longer than before
    assert file.read()[0] == []  # nothing is read from the middle of another text
    assert file.begun_anew()
    assert file.place.life != life
    assert read(file) == [b"two and more"]
    os.truncate(path, 0)
    assert file.begun_anew()
    file.close()


def test_a_copy_is_known_by_what_was_read(tmp_path: Path, path: Path) -> None:
    path.write_bytes(b"a" * 80 + b"\n")
    file = opened(path)
    read(file)
    (tmp_path / "copy").write_bytes(path.read_bytes() + b"more\n")
    (tmp_path / "other").write_bytes(b"b" * 80 + b"\n")
    copy, other = opened(tmp_path / "copy"), opened(tmp_path / "other")
    assert (copy.matches(file.place), other.matches(file.place)) == (True, False)
    assert (copy.begins_like(file), other.begins_like(file)) == (True, False)
    copy.go_on(file.place)
    assert copy.key != file.key
    assert read(copy) == [b"more"]
    for one in (file, copy, other):
        one.close()


def test_from_its_end(path: Path) -> None:
    for text, expected in ((b"old\n", [b"new"]), (b"old", []), (b"", [b"new"])):
        path.write_bytes(text)
        file = opened(path)
        file.go_to_end()
        with path.open("ab") as more:
            more.write(b"new\n")
        assert read(file) == expected
        file.close()


def test_what_is_no_plain_file(tmp_path: Path, path: Path) -> None:
    path.symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    for name in ("log", "pipe", "missing", "."):
        assert open_followed(tmp_path / name) is None
