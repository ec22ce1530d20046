from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pullcord import content
from pullcord.app.doctor import Check, examine
from pullcord.model.noun import canonical
from pullcord.store.tables import AUDIT
from tests.response.build import opened


def by_name(state: Path | None = None) -> dict[str, Check]:
    return {check.name: check for check in examine(state)}


def test_this_installation_is_sound() -> None:
    checks = by_name()
    assert set(checks) == {"python", "sqlite", "rules", "incident types", "weights"}
    assert not [check for check in checks.values() if not check.good]
    assert all(check.detail for check in checks.values())


def test_a_sound_state_is_counted(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.vault.put(b"x", media_type="text/plain", description="d", incident_id="inc-1", time=1)
    checks = by_name(tmp_path / "state")
    assert checks["state"].good
    assert checks["state"].detail == "1 incidents, 0 events"
    assert checks["evidence"].good


def test_lost_evidence_is_bad(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        kept = store.vault.put(b"x", media_type="text/plain", description="d", incident_id="inc-1", time=1)
    (path,) = tmp_path.rglob(kept.digest)
    path.unlink()
    checks = by_name(tmp_path / "state")
    assert checks["state"].good
    assert not checks["evidence"].good
    assert "missing" in checks["evidence"].detail


def test_a_changed_audit_log_is_bad(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.state.transaction() as tx:
        for number in range(3):
            tx.audit("ann", f"approve {number}", "", number)
    assert by_name(tmp_path / "state")["audit log"].detail == "3 entries, chain whole"
    with opened(tmp_path) as store, store.state.transaction() as tx:
        second = list(tx.audit_log())[1]
        changed = msgspec.structs.replace(second, who="bob")
        tx.connection.execute(AUDIT.update().where(AUDIT.c.sequence == 2).values(body=canonical(changed)))
    check = by_name(tmp_path / "state")["audit log"]
    assert not check.good
    assert check.detail == "changed at entry 2"


def test_no_state_is_bad_and_says_why(tmp_path: Path) -> None:
    check = by_name(tmp_path / "nowhere")["state"]
    assert not check.good
    assert "PC-" in check.detail


def test_broken_content_is_bad_and_the_other_checks_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "read", lambda *_path: b"{}")
    checks = by_name()
    assert not checks["weights"].good
    assert checks["rules"].good
