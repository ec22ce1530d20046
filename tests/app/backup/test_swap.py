from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.backup.swap import SwapError, exchange, put


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "name").write_text(text, encoding="utf-8")
    return path


def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = folder(tmp_path / "one", "1"), folder(tmp_path / "other ü", "2")
    exchange(one, other)
    assert [(path / "name").read_text(encoding="utf-8") for path in (one, other)] == ["2", "1"]


def test_exchange_needs_both(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "1")
    with pytest.raises(SwapError, match="cannot be put in place"):
        exchange(one, tmp_path / "none")
    assert (one / "name").exists()


def test_put_replaces_nothing(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "1")
    (tmp_path / "other").mkdir()  # empty: rename(2) would replace it
    with pytest.raises(SwapError, match="appeared"):
        put(one, tmp_path / "other")
    put(one, tmp_path / "third")
    assert (tmp_path / "third" / "name").exists()
    assert not one.exists()


def test_another_file_system_is_refused(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "1")
    with pytest.raises(SwapError, match="local disk"):
        put(one, Path("/proc/pullcord-test"))
    assert (one / "name").exists()
