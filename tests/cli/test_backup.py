from __future__ import annotations

from pathlib import Path

from pullcord.model.noun import digest_bytes
from tests.app.states import make_state
from tests.cli.build import Call


def test_it_says_what_it_wrote(pullcord: Call, tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    out = tmp_path / "a.tar.zst"
    told = pullcord("backup", "--state", state, "--out", out)
    assert told.code == 0, told.err
    first, second, third = told.out.splitlines()
    size = out.stat().st_size
    assert (
        first
        == f"Wrote {out}: {size} bytes, 8 files (3 of lake, 1 of state, 4 of vault), read back and sound."
    )
    assert second.startswith("2 incidents, 2 evidence entries, schema ")
    assert third == f"sha256 {digest_bytes(out.read_bytes())}"


def test_force_replaces_and_json_is_one_line(pullcord: Call, tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    out = tmp_path / "a"
    out.write_bytes(b"old")
    told = pullcord("backup", "--state", state, "--out", out)
    assert told.code == 2
    assert "--force" in told.err
    (line,) = pullcord("backup", "--state", state, "--out", out, "--force", "--json").lines()
    assert line["files"] == {"lake": 3, "state": 1, "vault": 4}
    assert line["sha256"] == digest_bytes(out.read_bytes())


def test_damage_is_exit_1(pullcord: Call, tmp_path: Path) -> None:
    state = make_state(tmp_path / "s")
    kept = next(path for path in (state / "vault" / "bytes").rglob("*") if path.is_file())
    kept.chmod(0o600)
    kept.write_bytes(b"changed")
    told = pullcord("backup", "--state", state, "--out", tmp_path / "a")
    assert told.code == 1
    assert told.out.splitlines()[-1] == f"BAD  The bytes at {kept.name} were changed."


def test_no_state_is_exit_2(pullcord: Call, tmp_path: Path) -> None:
    assert pullcord("backup", "--state", tmp_path, "--out", tmp_path / "a").code == 2
    assert pullcord("backup", "--state", tmp_path).code == 2
