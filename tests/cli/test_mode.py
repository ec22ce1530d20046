from __future__ import annotations

from pathlib import Path

from tests.cli.build import Call
from tests.cli.desk import house


def test_three_people_raise_a_mode_and_one_lowers_it(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, bob, mia):
        told = bob("mode", "Copilot", "recommend")
        assert told.code == 0
        assert told.out.startswith("Copilot stays in observe until others agree to recommend: 1 × ml-owner, ")
        assert "asked for: recommend by bob" in ann("mode").out
        assert "mode recommend for Copilot, asked for by bob" in mia("approve").out
        own = bob("mode", "Copilot", "recommend")
        assert (own.code, own.err.split(":")[1].strip()) == (1, "PC-5026")
        assert ann("mode", "Copilot", "recommend").code == 0
        assert mia("mode", "Copilot", "recommend").out == "Copilot is in recommend.\n"
        assert mia("mode", "Copilot", "observe", "--json").lines()[0]["mode"] == "observe"


def test_the_list_shows_every_system_or_one(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        lines = ann("mode").out.splitlines()
        assert [line.split()[:2] for line in lines] == [["Copilot", "observe"], ["Watcher", "observe"]]
        assert ann("mode", "Watcher").out.startswith("Watcher  observe")
        assert [one["name"] for one in ann("mode", "--json").lines()] == ["Copilot", "Watcher"]
        told = ann("mode", "Nobody")
        assert (told.code, "no AI system" in told.err) == (2, True)
        ann("stop", "--reason", "smoke", "--site", "Plant")
        assert "STOPPED Plant by ann" in ann("mode", "Copilot").out
        # Without a site in the settings any stop holds everything, and the list says so.
        assert "STOPPED" in ann("mode", "Watcher").out


def test_automatic_modes_are_not_there_yet(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        told = ann("mode", "Copilot", "act-R0")
        assert (told.code, "drill" in told.err) == (1, True)
        assert ann("mode", "Copilot", "full-auto").code == 2
