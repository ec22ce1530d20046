from __future__ import annotations

from pathlib import Path

from tests.app.build import documents
from tests.cli.build import Call


def test_the_demo_tells_its_story_and_writes_its_files(pullcord: Call, tmp_path: Path) -> None:
    out = tmp_path / "demo"
    told = pullcord("demo", "--once", "--out", out)
    assert (told.code, told.err) == (0, "")
    (document,) = documents(out).values()
    assert document["id"] in told.out
    assert "SIMULATED" in told.out
    for word in ("contained", "investigated", "recovery planned", "closed"):
        assert word in told.out
    assert (out / "index.json").is_file()
    again = pullcord("demo", "--out", out, "--json")
    assert again.lines() == [{"out": str(out), "incidents": 1}]
