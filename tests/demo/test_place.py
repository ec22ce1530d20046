from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pullcord.demo.config import prepare
from pullcord.demo.place import LINK, PLANT, kept, read_link, read_plant, write, write_link
from pullcord.demo.plc import Cell
from pullcord.model.errors import UsageError


def test_a_damaged_plant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_plant(tmp_path)
    (tmp_path / PLANT).write_bytes(b'{"run": 3}')
    with pytest.raises(UsageError):
        read_plant(tmp_path)


def test_a_missing_or_damaged_link_is_no_link(tmp_path: Path) -> None:
    assert read_link(tmp_path) is None
    (tmp_path / LINK).write_bytes(b"{")
    assert read_link(tmp_path) is None


def test_the_link_holds_the_tokens_of_the_sources(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_link(tmp_path, "http://127.0.0.1:99/")
    link = read_link(tmp_path)
    assert link is not None
    assert link.url == "http://127.0.0.1:99"
    assert link.copilot == (tmp_path / "secrets/copilot").read_text()
    assert link.gateway == (tmp_path / "secrets/gateway").read_text()
    assert link.copilot != link.gateway


def test_files_are_replaced_whole_and_private(tmp_path: Path) -> None:
    place = tmp_path / "x"
    write(place, b"one")
    write(place, b"two")
    assert place.read_bytes() == b"two"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


def test_what_was_kept_is_found_again_and_rubbish_is_a_fresh_start(tmp_path: Path) -> None:
    place, fresh = tmp_path / "x", Cell()
    assert kept(place, Cell, fresh) is fresh
    write(place, b'{"mode": "MANUAL", "held": 7, "requests": 1}', sync=False)
    assert kept(place, Cell, fresh) == Cell(mode="MANUAL", held=7, requests=1)
    write(place, b'{"mode": 3}')
    assert kept(place, Cell, fresh) is fresh
