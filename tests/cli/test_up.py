"""``pullcord up`` as a process."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from pullcord.app.live.ot_process import _answers
from pullcord.app.settings import read_settings
from tests.cli.build import COMMAND, process
from tests.live.installation import world, write


def started(folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [
        *COMMAND,
        "up",
        "--state",
        str(folder / "state"),
        "--config",
        str(folder / "pullcord.toml"),
        *more,
    ]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def line_of(up: subprocess.Popen[str]) -> str:
    assert up.stdout is not None
    return up.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    write(tmp_path)
    up = started(tmp_path)
    try:
        first, token, mode = (line_of(up) for _ in range(3))
        assert first.startswith("Pullcord listens at http://127.0.0.1:")
        assert token.startswith("First token")
        assert "observe" in mode
        endpoint = next((tmp_path / "state").glob("endpoint*"))
        assert first.split()[3].rstrip(",") in endpoint.read_text()
        assert stat.S_IMODE(endpoint.stat().st_mode) == 0o600
        up.send_signal(number)
        out, error = up.communicate(timeout=20)
    finally:
        up.kill()
    assert (up.returncode, out, error) == (0, "", "")
    assert not endpoint.exists()


def test_scripts_get_one_line_and_the_port_can_be_given(tmp_path: Path) -> None:
    write(tmp_path)
    up = started(tmp_path, "--json", "--port", "0")
    try:
        said = json.loads(line_of(up))
        assert set(said) == {"url", "state", "token"}
        assert said["state"] == str(tmp_path / "state")
        second = process("up", "--state", tmp_path / "state", "--config", tmp_path / "pullcord.toml")
        assert second.code == 1
        assert f"in use by process {up.pid}" in second.err
        # The one that was turned away has not taken the endpoint of the one that runs.
        assert list((tmp_path / "state").glob("endpoint*"))
    finally:
        up.terminate()
        up.communicate(timeout=20)


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ('host = "0.0.0.0"', "can be reached from other machines"),
        ('host = "north.example"', "is no address"),
        ('host = ""', "is no address"),
    ],
)
def test_it_listens_to_this_machine_unless_told_otherwise(tmp_path: Path, server: str, why: str) -> None:
    (tmp_path / "pullcord.toml").write_text(f"[server]\n{server}\n")
    told = process("up", "--state", tmp_path / "state", "--config", tmp_path / "pullcord.toml")
    assert told.code == 2
    assert why in told.err
    assert told.out == ""
    assert not (tmp_path / "state").exists(), "nothing is made before the settings are right"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    write(tmp_path)
    up = started(tmp_path, "--json")
    try:
        port = json.loads(line_of(up))["url"].rpartition(":")[2]
        (tmp_path / "other").mkdir()
        told = process("up", "--state", tmp_path / "other" / "state", "--port", port)
        assert told.code in {1, 2}
        assert port in told.err
        assert "Traceback" not in told.err
        assert not list((tmp_path / "other" / "state").glob("endpoint*"))
    finally:
        up.terminate()
        up.communicate(timeout=20)


def test_an_ot_writer_that_cannot_start_is_said_and_nothing_goes_on_without_it(tmp_path: Path) -> None:
    write(tmp_path, (), '[ot]\nsocket = "run/s"\nconfig = "missing.toml"\n')
    told = process("up", "--state", tmp_path / "state", "--config", tmp_path / "pullcord.toml", "--json")
    assert told.code == 1
    assert told.out == ""
    assert "PC-0103" in told.err
    assert "Traceback" not in told.err


def test_a_second_up_leaves_the_ot_writer_of_the_first_alone(tmp_path: Path) -> None:
    with world(tmp_path) as it:
        settings = read_settings(tmp_path / "pullcord.toml")
        assert settings.ot is not None
        writer = _answers(settings.place(settings.ot.socket))
        second = process("up", "--state", it.here.state, "--config", tmp_path / "pullcord.toml")
        assert "in use by process" in second.err
        assert _answers(settings.place(settings.ot.socket)) == writer > 0
        it.here.down()
        assert _answers(settings.place(settings.ot.socket)) == 0


def test_without_settings_it_starts_with_the_defaults(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULLCORD_")}
    with subprocess.Popen(
        [*COMMAND, "up", "--state", str(tmp_path / "state"), "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as up:
        assert json.loads(line_of(up))["token"]
        up.terminate()
        assert up.wait(20) == 0
