from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.response.stops import Stops
from pullcord.store.folder import open_folder
from tests.cli.build import Call
from tests.cli.desk import house


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULLCORD_TOKEN", raising=False)


def test_one_person_stops_everything_or_one_site(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (run, ann, _, _):
        told = ann("stop", "--reason", "smoke at WI-07", "--site", "Plant")
        assert (told.code, told.err) == (0, "")
        assert told.out == "Stopped at Plant. To go on, two people call `pullcord resume`.\n"
        assert run.office.stops.active("Other") is None
        assert "Stopped everywhere." in ann("stop", "--reason", "fire").out
        held = run.office.stops.active("Other")
        assert held is not None
        assert (held.who, held.reason) == ("ann", "fire")
        assert "STOPPED everywhere by ann" in ann("approve").out


def test_it_stops_without_a_token_and_without_a_server(pullcord: Call, tmp_path: Path) -> None:
    open_folder(tmp_path / "state").close()
    told = pullcord("stop", "--reason", "smoke", "--state", tmp_path / "state")
    assert told.code == 0
    assert "Written to the state folder directly: Pullcord is not running" in told.out
    assert Stops(tmp_path / "state" / "stop").active("anywhere") is not None
    (line,) = pullcord("stop", "--reason", "smoke", "--state", tmp_path / "state", "--json").lines()
    assert (line["reason"], line["audited"]) == ("smoke", False)


def test_it_asks_for_a_reason(pullcord: Call, tmp_path: Path) -> None:
    open_folder(tmp_path / "state").close()
    assert pullcord("stop", "--state", tmp_path / "state").code == 2
    assert pullcord("stop", "--reason", " ", "--state", tmp_path / "state").code == 2
