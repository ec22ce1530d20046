from __future__ import annotations

from pathlib import Path

from pullcord.store.folder import open_folder
from tests.app.states import make_archive, make_state
from tests.cli.build import Call


def test_it_says_what_to_do_next(pullcord: Call, tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    state = make_state(tmp_path / "s", "old")
    (state / "token").write_text("x", encoding="utf-8")
    told = pullcord("restore", archive, "--state", state)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0].startswith(f"Restored {state} from the backup of 2027-01-15T07:59:59Z (sha256 ")
    assert lines[1] == "2 incidents, 4 events, 2 evidence entries."
    assert lines[2].startswith(f"The state that was there is now {state}.before-restore-")
    assert lines[3] == "Taken along from it: token"
    assert lines[4] == "Epoch 2 begins. Nothing goes on by itself:"
    assert lines[5].startswith("  3 actions in doubt: ")
    assert lines[6] == "  1 approvals void: decide again"
    assert lines[7].startswith("  every AI system in observe (was otherwise: copilot, gatekeeper)")


def test_json_is_one_line(pullcord: Call, tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    (line,) = pullcord("restore", archive, "--state", tmp_path / "new", "--json").lines()
    assert line["before"] is None
    assert line["epoch"]["in_doubt"] == ["key-planned", "key-sent", "key-in_doubt"]


def test_refusals(pullcord: Call, tmp_path: Path) -> None:
    archive = make_archive(tmp_path)
    assert pullcord("restore", tmp_path / "none", "--state", tmp_path / "new").code == 2
    assert pullcord("restore", archive).code == 2
    with open_folder(make_state(tmp_path / "s", "old")) as store:
        told = pullcord("restore", archive, "--state", store.path)
        assert (told.code, told.err[:17]) == (1, "pullcord: PC-7001")
    archive.write_bytes(archive.read_bytes()[:-100])
    told = pullcord("restore", archive, "--state", tmp_path / "new")
    assert (told.code, told.err[:17]) == (1, "pullcord: PC-0301")
    assert not (tmp_path / "new").exists()
