from __future__ import annotations

import os
from pathlib import Path

import pytest

from pullcord.app.backup import carry_over as module
from pullcord.app.backup.carry_over import carry_over, carry_stops


def place(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def test_what_no_backup_holds_is_taken_along(tmp_path: Path, new: Path) -> None:
    old = tmp_path / "old"
    for name in ("stop/all.json", "tokens/kim", "plant.yaml", "state.sqlite", "state.sqlite-wal", "lock"):
        place(old / name, name)
    for name in ("endpoint", "vault/ledger.head", "lake/manifest.json", "state.sqlite.before-0002"):
        place(old / name)
    (old / "tokens" / "kim").chmod(0o600)
    (old / "link").symlink_to("tokens/kim")
    assert carry_over(old, new) == (("link", "plant.yaml", "stop", "tokens"), ())
    assert sorted(path.name for path in new.iterdir()) == ["link", "plant.yaml", "stop", "tokens"]
    assert (new / "tokens" / "kim").read_text(encoding="utf-8") == "tokens/kim"
    assert (new / "tokens" / "kim").stat().st_mode & 0o777 == 0o600
    assert (new / "link").is_symlink()


def test_settings_in_force_win_over_those_of_the_backup(tmp_path: Path, new: Path) -> None:
    old = tmp_path / "old"
    place(new / "pullcord.toml", "of the backup")
    place(old / "other")
    carry_over(old, new)
    assert (new / "pullcord.toml").read_text(encoding="utf-8") == "of the backup"
    place(old / "pullcord.toml", "in force")
    (old / "other").unlink()
    assert carry_over(old, new) == (("pullcord.toml",), ())
    assert (new / "pullcord.toml").read_text(encoding="utf-8") == "in force"


def test_what_is_large_or_no_file_is_left_and_named(
    tmp_path: Path, new: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    monkeypatch.setattr(module, "MOST_FILES", 2)
    old = tmp_path / "old"
    place(old / "large", "x" * 11)
    place(old / "heavy" / "large", "x" * 11)
    for number in range(3):
        place(old / "many" / str(number))
        place(old / "stop" / str(number), "x" * 9)
    os.mkfifo(old / "pipe")
    assert carry_over(old, new) == (("stop",), ("heavy", "large", "many", "pipe"))


def test_a_stop_pressed_meanwhile_counts(tmp_path: Path, new: Path) -> None:
    old = tmp_path / "old"
    carry_stops(old, new)
    assert not list(new.iterdir())
    place(old / "stop" / "all.json", "old")
    place(old / "stop" / "north.json", "old")
    place(old / "stop" / "half.json.tmp")
    place(new / "stop" / "all.json", "new")
    carry_stops(old, new)
    found = {path.name: path.read_text(encoding="utf-8") for path in (new / "stop").iterdir()}
    assert found == {"all.json": "new", "north.json": "old"}
