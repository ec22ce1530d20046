from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.build import Call


def test_the_report_is_written_again(
    pullcord: Call, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = simulated.glob("incidents/*/report.html")
    name = path.parent.name
    told = pullcord("report", name, "--state", simulated, "--out", tmp_path / "a.html", "--json")
    assert told.lines() == [{"incident_id": name, "report": str(tmp_path / "a.html")}]
    assert (tmp_path / "a.html").read_bytes() == path.read_bytes()
    monkeypatch.chdir(tmp_path)
    assert pullcord("report", name, "--state", simulated).out == f"Wrote {name}.html\n"
    assert (tmp_path / f"{name}.html").read_bytes() == path.read_bytes()


def test_an_unknown_incident_writes_nothing(pullcord: Call, simulated: Path, tmp_path: Path) -> None:
    told = pullcord("report", "../../x", "--state", simulated, "--out", tmp_path / "a.html")
    assert told.code == 1
    assert list(tmp_path.iterdir()) == []
