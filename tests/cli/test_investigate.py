from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.build import made_up_weights, recording
from tests.cli.build import Call


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.json"
    path.write_bytes(made_up_weights())
    return path


def test_one_line_per_trace_with_the_shipped_weights(pullcord: Call, tmp_path: Path) -> None:
    told = pullcord("investigate", recording(tmp_path))
    assert (told.code, told.err) == (0, "")
    lines = told.lines()
    assert len(lines) == len({line["trace_id"] for line in lines}) == 14
    assert all({"verdict", "score", "origin", "actions"} <= set(line) for line in lines)


@pytest.mark.parametrize("place", ["before", "after"])
def test_options_may_stand_before_or_after_the_files(
    pullcord: Call, tmp_path: Path, weights: Path, place: str
) -> None:
    option, path = ["--weights", weights], recording(tmp_path)
    told = pullcord("investigate", *([*option, path] if place == "before" else [path, *option]))
    assert told.code == 0
    assert {line["score"] for line in told.lines()} == {0.5}, "these weights know nothing"


def test_help_names_the_files_and_calibration(pullcord: Call) -> None:
    told = pullcord("investigate", "--help")
    assert told.code == 0
    assert "calibrate" in told.out


def test_a_site_sets_its_own_threshold(pullcord: Call, tmp_path: Path, weights: Path) -> None:
    path, out = recording(tmp_path), tmp_path / "calibration.json"
    told = pullcord("investigate", "calibrate", path, "--out", out, "--weights", weights)
    assert told.code == 0
    made = json.loads(out.read_bytes())
    assert made["threshold"] == 0.5
    assert made["sessions"] == 14
    assert not made["exact"], "14 sessions are too few for a rate of 0.005"
    again = pullcord("investigate", "calibrate", path, "--out", out, "--weights", weights, "--json")
    assert json.loads(again.out)["sessions"] == 14
    without = pullcord("investigate", path, "--weights", weights)
    assert {line["verdict"] for line in without.lines()} == {"attack_succeeded"}
    told = pullcord("investigate", path, "--weights", weights, "--calibration", out)
    assert "attack_succeeded" not in {line["verdict"] for line in told.lines()}


@pytest.mark.parametrize("rate", ["0", "1", "-1", "often"])
def test_a_rate_that_is_none_is_exit_2(pullcord: Call, tmp_path: Path, rate: str) -> None:
    path, out = recording(tmp_path), tmp_path / "calibration.json"
    told = pullcord("investigate", "calibrate", path, "--out", out, "--false-rate", rate)
    assert told.code == 2
    assert not out.exists()


def test_missing_files_are_exit_2(pullcord: Call, tmp_path: Path) -> None:
    assert pullcord("investigate").code == 2
    assert pullcord("investigate", tmp_path / "missing").code == 2
    assert pullcord("investigate", "--weights", tmp_path / "missing", recording(tmp_path)).code == 2
    empty = tmp_path / "empty"
    empty.touch()
    assert pullcord("investigate", empty).code == 2


def test_a_file_called_calibrate_is_read_with_its_folder(
    pullcord: Call, tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording(tmp_path).rename(tmp_path / "calibrate")
    monkeypatch.chdir(tmp_path)
    assert len(pullcord("investigate", "./calibrate", "--weights", weights).lines()) == 14
