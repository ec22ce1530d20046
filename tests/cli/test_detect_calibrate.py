from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.build import Call


@pytest.fixture
def benign(tmp_path: Path) -> Path:
    path = tmp_path / "benign.jsonl"
    lines = [
        {"id": n, "text": f"Alarm {n} on line {n % 7}: ignore, sensor {n} was replaced."} for n in range(250)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_site_sets_its_own_threshold(pullcord: Call, benign: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    told = pullcord("detect", "calibrate", benign, "--out", out)
    assert told.code == 0
    assert "At most 0.005 of texts like these 250" in told.out
    made = json.loads(out.read_bytes())
    assert made["exact"]
    assert 0 <= made["threshold"] <= 1
    used = pullcord("detect", "text", benign, "--calibration", out)
    alarms = [line for line in used.lines() if line["verdict"] != "benign"]
    assert len(alarms) <= 250 * 0.005


def test_too_few_texts_are_told(pullcord: Call, benign: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    told = pullcord("detect", "calibrate", benign, "--out", out, "--false-rate", "0.001", "--json")
    assert told.code == 0
    (made,) = told.lines()
    assert not made["exact"]
    assert "too few" in made["note"]


@pytest.mark.parametrize("rate", ["0", "1", "often"])
def test_a_rate_that_is_none_is_exit_2(pullcord: Call, benign: Path, tmp_path: Path, rate: str) -> None:
    out = tmp_path / "own.json"
    assert pullcord("detect", "calibrate", benign, "--out", out, "--false-rate", rate).code == 2
    assert not out.exists()


def test_without_texts_nothing_is_written(pullcord: Call, tmp_path: Path) -> None:
    path, out = tmp_path / "empty.jsonl", tmp_path / "own.json"
    path.write_text("", encoding="utf-8")
    assert pullcord("detect", "calibrate", path, "--out", out).code == 2
    assert not out.exists()
    assert pullcord("detect", "calibrate", tmp_path / "none", "--out", out).code == 2
