from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.model.noun import digest_bytes
from pullcord.model.outcome import ReceiptStatus, VerificationResult
from pullcord.model.plan import ActionKind
from pullcord.responders.evidence import EvidenceSnapshot
from pullcord.store.vault import FileVault, open_vault
from tests.responders.build import Wall, action, done

ITEMS = {"events of session t1": b'{"id":"a"}\n', "findings": b'{"id":"f"}\n', "nothing": b""}
SNAPSHOT = action(ActionKind.SNAPSHOT)


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return open_vault(tmp_path / "vault")


def snapshot(vault: FileVault, incident: str = "inc-1") -> EvidenceSnapshot:
    return EvidenceSnapshot(vault, Wall(), incident, ITEMS)


def take(responder: EvidenceSnapshot) -> ReceiptStatus:
    prestate = done(responder.plan(SNAPSHOT)).prestate
    return done(responder.execute(SNAPSHOT, "key", prestate)).status


def stored(folder: Path, data: bytes) -> Path:
    (found,) = folder.rglob(digest_bytes(data))
    return found


def test_each_item_is_kept_once(vault: FileVault) -> None:
    assert take(snapshot(vault)) is ReceiptStatus.DONE
    assert take(snapshot(vault)) is ReceiptStatus.ALREADY
    assert {(one.description, vault.get(one.digest)) for one in vault.entries("inc-1")} == set(ITEMS.items())
    assert len(vault.entries()) == len(ITEMS)
    assert vault.verify() == []


def test_evidence_of_another_incident_is_not_its_own(vault: FileVault) -> None:
    assert take(snapshot(vault)) is ReceiptStatus.DONE
    assert take(snapshot(vault, "inc-2")) is ReceiptStatus.DONE
    assert len(vault.entries("inc-2")) == len(ITEMS)


def test_what_was_kept_is_confirmed_and_what_was_not_is_refuted(vault: FileVault) -> None:
    assert done(snapshot(vault).verify(SNAPSHOT)).result is VerificationResult.REFUTED
    take(snapshot(vault))
    assert done(snapshot(vault).verify(SNAPSHOT)).result is VerificationResult.CONFIRMED


def test_a_removed_file_refutes(vault: FileVault, tmp_path: Path) -> None:
    take(snapshot(vault))
    stored(tmp_path, ITEMS["findings"]).unlink()
    told = done(snapshot(vault).verify(SNAPSHOT))
    assert told.result is VerificationResult.REFUTED
    assert told.detail == "2 of 3 items are in the vault"


def test_changed_bytes_refute(vault: FileVault, tmp_path: Path) -> None:
    take(snapshot(vault))
    path = stored(tmp_path, ITEMS["findings"])
    path.chmod(0o600)
    path.write_bytes(b'{"id":"g"}\n')
    assert done(snapshot(vault).verify(SNAPSHOT)).result is VerificationResult.REFUTED


def test_nothing_to_keep_proves_nothing(vault: FileVault) -> None:
    empty = EvidenceSnapshot(vault, Wall(), "inc-1", {})
    assert take(empty) is ReceiptStatus.ALREADY
    assert done(empty.verify(SNAPSHOT)).result is VerificationResult.UNKNOWN


def test_evidence_is_never_taken_back(vault: FileVault) -> None:
    take(snapshot(vault))
    assert done(snapshot(vault).rollback(SNAPSHOT, "undo", "")).status is ReceiptStatus.REFUSED
    assert len(vault.entries()) == len(ITEMS)


def test_a_plan_says_how_much_is_added(vault: FileVault) -> None:
    before = done(snapshot(vault).plan(SNAPSHOT))
    assert (before.prestate, before.already, before.undo) == ("", False, "")
    assert before.change == "3 items are added to the vault"
    take(snapshot(vault))
    after = done(snapshot(vault).plan(SNAPSHOT))
    assert after.already
    assert after.prestate == ",".join(sorted(digest_bytes(data) for data in ITEMS.values()))


def test_it_covers_snapshots_of_whatever_target(vault: FileVault) -> None:
    assert snapshot(vault).covers(action(ActionKind.SNAPSHOT, "press"))
    assert not snapshot(vault).covers(action(ActionKind.HOLD_LOTS))
