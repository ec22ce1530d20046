from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from pullcord.model.evidence import Evidence
from pullcord.store import vault as module
from pullcord.store.errors import StateFolderError, UnstorableError, VaultDamagedError
from pullcord.store.ledger import HEAD, LEDGER, Head, read_head, write_head
from pullcord.store.vault import BYTES, FileVault, open_vault

MUTATIONS = 300


def put(vault: FileVault, number: int) -> Evidence:
    return vault.put(
        f"bytes {number}".encode(),
        media_type="t",
        description=f"item {number}",
        incident_id="inc",
        time=number,
    )


def filled(folder: Path, count: int = 6) -> FileVault:
    vault = open_vault(folder)
    for number in range(count):
        put(vault, number)
    return vault


def mutate(data: bytes, draw: random.Random) -> bytes:
    """Some other bytes: one changed, a piece cut out, put in or doubled, two lines swapped, or the end cut off."""
    lines = data.splitlines(keepends=True)
    first, second = draw.randrange(len(data)), draw.randrange(len(data))
    low, high = min(first, second), max(first, second) + 1
    line, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    swapped = list(lines)
    swapped[line], swapped[other] = swapped[other], swapped[line]
    return draw.choice(
        [
            data[:first] + bytes([data[first] ^ draw.randrange(1, 256)]) + data[first + 1 :],
            data[:low] + data[high:],
            data[:first] + draw.randbytes(draw.randrange(1, 9)) + data[first:],
            data[:high] + data[low:high] + data[high:],
            b"".join(lines[:line] + lines[line + 1 :]),
            b"".join([*lines[:line], lines[other], *lines[line:]]),
            b"".join(swapped),
            data[:first],
        ]
    )


def test_random_changes_are_all_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SETTLE", 0.0)
    filled(tmp_path / "sound")
    draw = random.Random(20_260_101)
    targets = [LEDGER, LEDGER, LEDGER, HEAD, BYTES]
    done = 0
    while done < MUTATIONS:
        folder = Path(shutil.copytree(tmp_path / "sound", tmp_path / "changed"))
        target = draw.choice(targets)
        path = draw.choice(sorted((folder / BYTES).glob("*/*"))) if target == BYTES else folder / target
        old = path.read_bytes()
        new = mutate(old, draw)
        if new != old:
            done += 1
            path.chmod(0o600)
            path.write_bytes(new)
            # As found, then as an owner who opens it, repairs included, would judge it.
            assert open_vault(folder, read_only=True).verify() != [], (target, new)
            if not (target == LEDGER and new.startswith(old)):
                assert open_vault(folder).verify() != [], (target, new)
        shutil.rmtree(folder)


def test_removed_files_are_found(tmp_path: Path) -> None:
    for name in (LEDGER, HEAD):
        filled(tmp_path / name)
        (tmp_path / name / name).unlink()
        assert open_vault(tmp_path / name).verify() != []
    vault = filled(tmp_path / "bytes")
    shutil.rmtree(next((tmp_path / "bytes" / BYTES).iterdir()))
    assert [problem.split()[-1] for problem in vault.verify()] == ["missing."]


def test_kept_bytes_are_read_only_files(tmp_path: Path) -> None:
    vault = filled(tmp_path, 1)
    (path,) = (tmp_path / BYTES).glob("*/*")
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.name == vault.entries()[0].digest
    path.chmod(0o600)
    path.write_bytes(b"other")
    with pytest.raises(VaultDamagedError, match="were changed"):
        vault.get(path.name)


def test_damaged_bytes_that_are_put_again_are_written_anew(tmp_path: Path) -> None:
    vault = filled(tmp_path, 1)
    (path,) = (tmp_path / BYTES).glob("*/*")
    path.chmod(0o600)
    path.write_bytes(b"other")
    vault.put(b"bytes 0", media_type="t", description="again", incident_id="inc", time=9)
    assert vault.verify() == []


def test_a_torn_append_is_moved_aside_and_the_chain_goes_on(tmp_path: Path) -> None:
    entries = filled(tmp_path, 2).entries()
    with (tmp_path / LEDGER).open("ab") as stream:
        stream.write(b'{"chain":"half')
    assert open_vault(tmp_path, read_only=True).verify() == ["The last line of the ledger has no end."]
    vault = open_vault(tmp_path)
    assert vault.verify() == []
    (torn,) = tmp_path.glob("ledger.torn-*")
    assert torn.read_bytes() == b'{"chain":"half'
    assert put(vault, 2).previous == entries[-1].chain
    assert open_vault(tmp_path).verify() == []


def test_an_append_whose_head_was_not_written_counts(tmp_path: Path) -> None:
    vault = filled(tmp_path, 1)
    head = read_head(tmp_path)
    assert isinstance(head, Head)
    second = put(vault, 1)
    write_head(tmp_path, head)
    vault = open_vault(tmp_path)
    assert vault.entries()[-1] == second
    assert vault.verify() == []


def test_a_cut_last_entry_is_not_taken_for_a_crash(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    data = (tmp_path / LEDGER).read_bytes()
    (tmp_path / LEDGER).write_bytes(data[:-1])
    vault = open_vault(tmp_path)
    assert any("cut off" in problem for problem in vault.verify())
    assert (tmp_path / LEDGER).read_bytes() == data[:-1], "what an investigator needs to see was tidied away"


def test_a_ledger_that_is_wrong_is_not_continued(tmp_path: Path) -> None:
    entry = filled(tmp_path, 2).entries()[0]
    (tmp_path / LEDGER).write_bytes((tmp_path / LEDGER).read_bytes().replace(b"item 0", b"item X"))
    vault = open_vault(tmp_path)
    with pytest.raises(VaultDamagedError, match="not sound"):
        put(vault, 7)
    assert vault.get(entry.digest) == b"bytes 0"


def test_a_full_disk_is_said_so_and_repaired_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = filled(tmp_path, 1)

    def full(folder: Path, entry: Evidence) -> None:
        with (folder / LEDGER).open("ab") as stream:
            stream.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "append_entry", full)
    with pytest.raises(StateFolderError, match="No space left"):
        put(vault, 1)
    monkeypatch.undo()
    with pytest.raises(VaultDamagedError):
        put(vault, 2)
    vault = open_vault(tmp_path)
    put(vault, 1)
    assert vault.verify() == []
    assert [entry.description for entry in vault.entries()] == ["item 0", "item 1"]


def test_an_item_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SIZE", 5)
    with pytest.raises(UnstorableError, match="limit of 5"):
        filled(tmp_path, 1)


def test_the_same_after_a_restart_is_the_entry_already_there(tmp_path: Path) -> None:
    first = put(filled(tmp_path, 3), 1)
    assert put(open_vault(tmp_path), 1) == first
    assert len(open_vault(tmp_path).entries()) == 3
