from __future__ import annotations

from pathlib import Path

from tests.app.build import documents, inventory, recording, refused_write
from tests.cli.build import Call


def test_a_recording_becomes_files(pullcord: Call, tmp_path: Path) -> None:
    path, plant = recording(tmp_path), inventory(tmp_path)
    told = pullcord("respond", path, "--inventory", plant, "--out", tmp_path / "out")
    assert (told.code, told.err) == (0, "")
    (document,) = documents(tmp_path / "out").values()
    assert document["simulated"] is False
    assert document["id"] in told.out
    again = pullcord("respond", path, "--inventory", plant, "--out", tmp_path / "out", "--json")
    assert again.lines() == [{"out": str(tmp_path / "out"), "incidents": 1}]


def test_usage_errors_are_exit_2(pullcord: Call, tmp_path: Path) -> None:
    path, plant, out = recording(tmp_path), inventory(tmp_path), tmp_path / "out"
    other = tmp_path / "other.ndjson"
    other.write_text(refused_write("a"), encoding="utf-8")
    empty = tmp_path / "empty.ndjson"
    empty.touch()
    assert pullcord("respond", path, "--out", out).code == 2
    assert pullcord("respond", path, "--inventory", tmp_path / "missing", "--out", out).code == 2
    assert pullcord("respond", tmp_path / "missing", "--inventory", plant, "--out", out).code == 2
    assert pullcord("respond", empty, "--inventory", plant, "--out", tmp_path / "empty").code == 2
    assert not out.exists()
    assert pullcord("respond", path, "--inventory", plant, "--out", out).code == 0
    told = pullcord("respond", other, "--inventory", plant, "--out", out)
    assert told.code == 2
    assert "other inputs" in told.err
    assert pullcord("respond", path, "--inventory", plant, "--out", out, "--simulate").code == 2
