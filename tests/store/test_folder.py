from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.store import folder
from pullcord.store.errors import ReadOnlyError, StateFolderError, StateLockedError
from pullcord.store.folder import open_folder
from tests.contracts.nouns import event


def test_all_three_open_under_one_lock(tmp_path: Path) -> None:
    with open_folder(tmp_path / "s") as store:
        store.lake.append("seg", [event("a")])
        store.vault.put(b"x", media_type="t", description="d", incident_id="i", time=1)
        with store.state.transaction() as tx:
            tx.set_meta("k", "v")
        with pytest.raises(StateLockedError):
            open_folder(tmp_path / "s")
    with open_folder(tmp_path / "s") as store, store.state.transaction() as tx:
        assert (store.lake.count(), len(store.vault.entries()), tx.meta("k")) == (1, 1, "v")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "s").rglob("*"))


def test_a_reader_reads_while_the_owner_runs_and_changes_nothing(tmp_path: Path) -> None:
    with open_folder(tmp_path) as owner:
        owner.lake.append("seg", [event("a")])
        before = sorted(tmp_path.rglob("*"))
        with open_folder(tmp_path, read_only=True) as reader:
            assert reader.lake.count() == 1
            assert reader.vault.verify() == []
            with pytest.raises(ReadOnlyError):
                reader.lake.append("seg-2", [])
            with pytest.raises(ReadOnlyError):
                reader.lake.compact()
            with pytest.raises(ReadOnlyError):
                reader.vault.put(b"x", media_type="t", description="d", incident_id="i", time=1)
        assert sorted(tmp_path.rglob("*")) == before


def test_a_reader_of_nothing_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StateFolderError, match="no state folder"):
        open_folder(tmp_path / "none", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_start_lets_go_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, *, read_only: bool) -> None:
        raise StateFolderError("no", "luck")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "open_vault", fail)
        with pytest.raises(StateFolderError, match="no"):
            open_folder(tmp_path)
    open_folder(tmp_path).close()
