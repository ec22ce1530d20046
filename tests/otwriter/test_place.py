from __future__ import annotations

import grp
import os
import socket
import stat
from pathlib import Path

import pytest

from pullcord.otwriter.errors import SocketError
from pullcord.otwriter.place import private_socket

GROUP = grp.getgrgid(os.getgid()).gr_name


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_private_and_goes_away(tmp_path: Path) -> None:
    place = tmp_path / "own" / "s"
    with private_socket(place):
        assert (rights(place.parent), rights(place)) == (0o700, 0o600)
    assert not place.exists()


def test_a_group_may_come_in_if_it_is_named(tmp_path: Path) -> None:
    place = tmp_path / "own" / "s"
    with private_socket(place, GROUP):
        assert (rights(place.parent), rights(place)) == (0o750, 0o660)
    with pytest.raises(SocketError, match="open to other accounts"), private_socket(place):
        pass
    with pytest.raises(SocketError, match="no group"), private_socket(place, "no-such-group"):
        pass


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for group in (None, GROUP):
        with (
            pytest.raises(SocketError, match="open to other accounts"),
            private_socket(tmp_path / "s", group),
        ):
            pass


def test_what_else_is_there_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "s").touch()
    with pytest.raises(SocketError, match="something else"), private_socket(tmp_path / "s"):
        pass
    assert (tmp_path / "s").exists()


def test_a_socket_that_answers_stays_and_a_dead_one_is_replaced(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(tmp_path / "s"))
        other.listen()
        with pytest.raises(SocketError, match="somebody answers"), private_socket(tmp_path / "s"):
            pass
    with private_socket(tmp_path / "s") as bound:
        assert bound.getsockname() == str(tmp_path / "s")


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "file").touch()
    for place in (tmp_path / "file" / "s", tmp_path / ("s" * 120)):
        with pytest.raises(SocketError, match="name another place"), private_socket(place):
            pass
