from __future__ import annotations

from pathlib import Path

from pullcord.response.stops import Stops
from tests.cli.build import Call
from tests.cli.desk import house


def test_two_people_resume(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, bob, _):
        told = ann("resume")
        assert (told.code, told.err.split(":")[1].strip()) == (1, "PC-5043")
        ann("stop", "--reason", "smoke")
        told = ann("resume")
        assert told.code == 0
        assert "ann wants to resume, a second person is needed" in told.out
        assert ann("resume").err.startswith("pullcord: PC-5044: ")
        assert run.office.stops.active("") is not None
        assert bob("resume").out == "Resumed everywhere.\n"
        assert run.office.stops.active("") is None
        bob("stop", "--reason", "smoke", "--site", "Other")
        assert ann("resume", "--site", "Other", "--json").lines()[0]["lifted"] is False
        assert bob("resume", "--site", "Other").out == "Resumed Other.\n"


def test_two_people_resume_without_a_server(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, bob, _):
        ann("stop", "--reason", "smoke")
    config = ["--config", tmp_path / "settings" / "pullcord.toml"]
    assert "a second person is needed" in ann("resume", *config).out
    assert bob("resume", *config).out == "Resumed everywhere.\n"
    assert Stops(run.state / "stop").active("") is None
    # Without the settings nobody knows whose token it is.
    assert ann("resume").code == 2
