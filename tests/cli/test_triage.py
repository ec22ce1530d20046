from __future__ import annotations

import json
from pathlib import Path

from tests.app.build import inventory, native, recording
from tests.cli.build import Call


def findings(pullcord: Call, folder: Path) -> Path:
    path = folder / "findings.ndjson"
    path.write_text(pullcord("detect", recording(folder)).out, encoding="utf-8")
    return path


def test_one_line_per_incident(pullcord: Call, tmp_path: Path) -> None:
    path = findings(pullcord, tmp_path)
    told = pullcord("triage", path, "--folded", tmp_path / "folded.ndjson")
    assert (told.code, told.err) == (0, "")
    (line,) = told.lines()
    assert line["production_at_risk"] == "unknown", "no inventory"
    known = {json.loads(row)["finding_id"] for row in path.read_text(encoding="utf-8").splitlines()}
    folded = (tmp_path / "folded.ndjson").read_text(encoding="utf-8").splitlines()
    aside = {uid for row in folded for uid in json.loads(row)["finding_uids"]}
    assert set(line["finding_uids"]) | aside == known
    assert not set(line["finding_uids"]) & aside


def test_with_an_inventory_production_is_weighed(pullcord: Call, tmp_path: Path) -> None:
    told = pullcord("triage", findings(pullcord, tmp_path), "--inventory", inventory(tmp_path))
    (line,) = told.lines()
    assert line["production_at_risk"] == "yes"
    assert line["assets"] == ["Maintenance copilot"]


def test_nothing_to_triage_is_exit_2(pullcord: Call, tmp_path: Path) -> None:
    events = tmp_path / "events.ndjson"
    events.write_text(native("a"), encoding="utf-8")
    assert pullcord("triage", events).code == 2
    assert pullcord("triage", tmp_path / "missing").code == 2
    path = findings(pullcord, tmp_path)
    assert pullcord("triage", path, "--inventory", tmp_path / "missing").code == 2
