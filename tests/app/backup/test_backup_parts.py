from __future__ import annotations

import io
from pathlib import Path

import pytest

from pullcord.app.backup import backup_parts
from pullcord.app.backup.archive import ArchiveError
from pullcord.app.backup.archive_write import ArchiveWriter
from pullcord.app.backup.backup_parts import add_file, add_lake, add_vault
from pullcord.store.folder import open_folder
from pullcord.store.ledger import HEAD, LEDGER, Head, read_head, read_ledger, write_head
from pullcord.store.manifest import read_manifest
from pullcord.store.scan import segment_files
from tests.app.states import make_state
from tests.contracts.nouns import event


class Copies(ArchiveWriter):
    """A writer that remembers what it was given, and may do something at a name."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())
        self.bytes: dict[str, bytes] = {}

    def add(self, name: str, source: object, size: int) -> object:  # type: ignore[override]
        data = source.read(size)  # type: ignore[attr-defined]
        self.bytes[name] = data
        return super().add(name, io.BytesIO(data), size)


def test_lines_appended_meanwhile_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = make_state(tmp_path / "s") / "vault"
    first = Head(count=1, chain=read_line(vault, 0))
    heads = iter([first])
    monkeypatch.setattr(backup_parts, "read_head", lambda folder: next(heads, None) or read_head(folder))
    copies = Copies()
    assert add_vault(copies, vault) == []
    assert copies.bytes["vault/ledger.ndjson"].count(b"\n") == 1
    assert b'"count":1' in copies.bytes["vault/ledger.head"]
    assert (vault / LEDGER).read_bytes().count(b"\n") == 2


def read_line(vault: Path, number: int) -> str:
    return read_ledger(vault).entries[number].chain


def test_lines_that_no_head_vouches_for_are_kept_for_others_to_judge(tmp_path: Path) -> None:
    vault = make_state(tmp_path / "s") / "vault"
    write_head(vault, Head(count=1, chain=read_line(vault, 0)))
    copies = Copies()
    add_vault(copies, vault)
    assert copies.bytes["vault/ledger.ndjson"] == (vault / LEDGER).read_bytes()
    assert copies.bytes["vault/ledger.head"] == (vault / HEAD).read_bytes()


def test_a_ledger_that_was_cut_off_is_said(tmp_path: Path) -> None:
    vault = make_state(tmp_path / "s") / "vault"
    (vault / LEDGER).write_bytes((vault / LEDGER).read_bytes().splitlines(keepends=True)[0])
    copies = Copies()
    assert add_vault(copies, vault) == ["The ledger has 1 entries, its head says 2."]
    assert copies.bytes["vault/ledger.head"] == (vault / HEAD).read_bytes()
    (vault / HEAD).write_bytes(b"no head")
    copies = Copies()
    assert add_vault(copies, vault) == ["The head of the ledger does not decode."]
    assert copies.bytes["vault/ledger.head"] == b"no head"


def test_a_vault_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    copies = Copies()
    assert add_vault(copies, tmp_path / "none") == []
    assert copies.bytes == {}


def test_a_compaction_in_between_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder(tmp_path / "s") as store:
        store.lake.append("a", [event("a")])
        store.lake.compact()
        store.lake.append("b", [event("b")])

        def compacted_right_after(folder: Path) -> list[Path]:
            found = segment_files(folder)
            store.lake.compact()
            return found

        monkeypatch.setattr(backup_parts, "segment_files", compacted_right_after)
        copies = Copies()
        add_lake(copies, tmp_path / "s" / "lake")
    assert set(copies.bytes) == {
        "lake/files/00000001.parquet",
        "lake/files/00000002.parquet",
        "lake/manifest.json",
    }


def test_a_columnar_file_folded_away_in_between_is_replaced_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_folder(tmp_path / "s") as store:
        for number in range(15):
            store.lake.append(f"s{number}", [event(f"e{number}")])
            store.lake.compact()
        store.lake.append("last", [event("last")])
        once = iter([True])

        def folded_right_after(folder: Path) -> object:
            found = read_manifest(folder)
            if next(once, False):
                store.lake.compact()
            return found

        monkeypatch.setattr(backup_parts, "segment_files", lambda _folder: [])
        monkeypatch.setattr(backup_parts, "read_manifest", folded_right_after)
        copies = Copies()
        add_lake(copies, tmp_path / "s" / "lake")
    assert set(copies.bytes) == {"lake/files/00000017.parquet", "lake/manifest.json"}


def test_a_columnar_file_that_is_lost_is_said(tmp_path: Path) -> None:
    lake = make_state(tmp_path / "s") / "lake"
    (lake / "files" / "00000001.parquet").unlink()
    with pytest.raises(ArchiveError, match="not there"):
        add_lake(Copies(), lake)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic"):
        add_file(Copies(), tmp_path / "link", "pullcord.toml")
    assert add_file(Copies(), tmp_path / "none", "pullcord.toml") is None
