from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from pullcord.app.people.endpoint import write_endpoint
from pullcord.app.people.local_stop import FOLDER, resume_anyhow, stop_anyhow
from pullcord.model.errors import PullcordError, UsageError
from pullcord.response.people_errors import NotStoppedError, SecondPersonError
from pullcord.response.stops import Stops
from pullcord.store.folder import open_folder
from tests.app.running import people, running


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULLCORD_TOKEN", "PULLCORD_CONFIG", "PULLCORD_STATE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    open_folder(tmp_path / "state").close()
    return tmp_path / "state"


def held(state: Path, site: str = "Plant") -> bool:
    return Stops(state / FOLDER).active(site) is not None


def test_the_running_pullcord_stops_and_resumes_with_names(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        told = stop_anyhow(run.state, "smoke", "Plant", run.tokens["ann"])
        assert (told["who"], told["detail"]) == ("ann", "")
        assert held(run.state)
        with pytest.raises(UsageError, match="Plamt"):
            stop_anyhow(run.state, "smoke", "Plamt", run.tokens["ann"])
        assert resume_anyhow(run.state, None, run.tokens["ann"], "Plant")["lifted"] is False
        with pytest.raises(PullcordError) as again:
            resume_anyhow(run.state, None, run.tokens["ann"], "Plant")
        assert again.value.code == SecondPersonError.code
        assert resume_anyhow(run.state, None, run.tokens["bob"], "Plant")["lifted"] is True
        assert not held(run.state)


def test_whoever_has_no_token_stops_by_a_file_and_the_running_pullcord_sees_it(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        (tmp_path / "wrong").write_text("nobody-has-this-token")
        for token in (None, tmp_path / "wrong"):
            told = stop_anyhow(run.state, "smoke", "", token)
            assert "(at this machine)" in told["who"]
            assert told["detail"]
        assert run.office.stops.active("Plant") is not None


def test_it_stops_without_server_and_without_database(state: Path) -> None:
    (state / "state.sqlite").write_bytes(b"damaged")
    assert "not running" in stop_anyhow(state, "smoke", "", None)["detail"]
    assert held(state)
    (state / "state.sqlite").unlink()
    assert stop_anyhow(state, "smoke", "", None)["site"] == ""


def test_it_stops_beside_a_server_that_hangs(state: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("some-token-of-ann")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        write_endpoint(state, f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        told = stop_anyhow(state, "smoke", "", tmp_path / "token")
        assert time.monotonic() - start < 10
    assert "does not answer" in told["detail"]
    assert held(state)


def test_a_site_that_nobody_knows_stops_every_site(state: Path) -> None:
    told = stop_anyhow(state, "smoke", "Plamt", None)
    assert told["site"] == ""
    assert "every site" in told["detail"]
    assert held(state, "Plant")


def test_a_site_that_the_settings_know_is_stopped_alone(state: Path) -> None:
    (state / "pullcord.toml").write_text('site = "Plant"')
    assert stop_anyhow(state, "smoke", "Plant", None)["site"] == "Plant"
    assert held(state)
    assert not held(state, "Other")


def test_a_stop_of_another_site_of_the_inventory_stops_every_site(state: Path) -> None:
    (state / "plant.yaml").write_text(
        "schema: pullcord.inventory/1\nsites:\n  - name: Plant\n  - name: Other\nai_systems: []\n"
    )
    (state / "pullcord.toml").write_text('site = "Plant"\ninventory = "plant.yaml"')
    assert stop_anyhow(state, "smoke", "Other", None)["site"] == ""
    assert held(state)


def test_two_people_of_the_settings_resume_without_a_server(state: Path, tmp_path: Path) -> None:
    _, files = people(tmp_path / "settings")
    config = tmp_path / "settings" / "pullcord.toml"
    stop_anyhow(state, "smoke", "", None)
    assert resume_anyhow(state, config, files["ann"], "")["lifted"] is False
    with pytest.raises(SecondPersonError):
        resume_anyhow(state, config, files["ann"], "")
    (tmp_path / "wrong").write_text("nobody-has-this-token")
    with pytest.raises(UsageError, match="no person"):
        resume_anyhow(state, config, tmp_path / "wrong", "")
    assert held(state)
    assert resume_anyhow(state, config, files["bob"], "")["lifted"] is True
    assert not held(state)
    with pytest.raises(NotStoppedError):
        resume_anyhow(state, config, files["bob"], "")
    with open_folder(state) as store, store.state.transaction() as tx:
        assert [(one.who, one.detail) for one in tx.audit_log()] == [
            ("ann", "a second person is needed"),
            ("bob", "lifted"),
        ]


def test_neither_a_reason_nor_a_folder_is_guessed(state: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="reason"):
        stop_anyhow(state, " ", "", None)
    with pytest.raises(UsageError):
        stop_anyhow(tmp_path / "nowhere", "smoke", "", None)
    assert not held(state)
