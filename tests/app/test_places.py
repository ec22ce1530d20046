from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.places import live_folder, state_folder
from pullcord.model.errors import UsageError


def state(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "state.sqlite").touch()
    return folder


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PULLCORD_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "nowhere"))


def test_a_state_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert state_folder(state(tmp_path / "a")) == tmp_path / "a"


def test_of_an_output_folder_the_state_within(tmp_path: Path) -> None:
    assert state_folder(state(tmp_path / "out" / "state").parent) == tmp_path / "out" / "state"


def test_a_state_with_a_folder_called_state_is_itself(tmp_path: Path) -> None:
    folder = state(tmp_path / "a")
    state(folder / "state")
    assert state_folder(folder) == folder


def test_the_environment_comes_before_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    state(tmp_path / "xdg" / "pullcord")
    assert state_folder(None) == tmp_path / "xdg" / "pullcord"
    monkeypatch.setenv("PULLCORD_STATE", str(state(tmp_path / "given")))
    assert state_folder(None) == tmp_path / "given"


def test_without_xdg_it_is_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = state(tmp_path / ".local" / "state" / "pullcord")
    assert state_folder(None) == folder


def test_no_state_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--state"):
        state_folder(None)
    with pytest.raises(UsageError, match="no Pullcord state"):
        state_folder(tmp_path)
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


def test_a_live_folder_need_not_be_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert live_folder(tmp_path / "new") == tmp_path / "new"
    assert live_folder(None) == tmp_path / "nowhere" / "pullcord"
    monkeypatch.chdir(tmp_path)
    assert live_folder(Path("here")) == tmp_path / "here"
    monkeypatch.setenv("PULLCORD_STATE", "there")
    assert live_folder(None) == tmp_path / "there"
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"
