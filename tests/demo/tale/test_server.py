from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from pullcord.demo.errors import PlantError
from pullcord.demo.tale.server import PullcordProcess
from tests.demo.tale.processes import of
from tests.live.installation import write


def made(folder: Path) -> PullcordProcess:
    write(folder)
    return PullcordProcess(folder, folder / "pullcord.toml")


def test_it_starts_again_after_a_kill(tmp_path: Path) -> None:
    pullcord = made(tmp_path / "it")
    assert not pullcord.is_alive()
    assert pullcord.pid == 0
    try:
        assert pullcord.start() > 0.0
        assert pullcord.url.startswith("http://127.0.0.1:")
        os.kill(pullcord.pid, signal.SIGKILL)
        while pullcord.is_alive():
            time.sleep(0.01)
        pullcord.start()
        assert pullcord.starts == 2
        pullcord.kill()
        pullcord.kill()
        assert not pullcord.is_alive()
    finally:
        pullcord.stop()
    assert of(tmp_path / "it") == []


def test_killed_while_it_starts_it_is_tried_again(tmp_path: Path) -> None:
    pullcord = made(tmp_path / "it")
    killed: list[int] = []

    def kill() -> None:
        end = time.monotonic() + 10
        while not killed and time.monotonic() < end:
            for pid in of(tmp_path / "it", " up "):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        pullcord.start()
        thread.join()
        assert killed
        assert pullcord.pid not in killed
        assert pullcord.is_alive()
    finally:
        pullcord.stop()


def test_what_cannot_start_says_where_to_look(tmp_path: Path) -> None:
    pullcord = made(tmp_path / "it")
    (tmp_path / "it" / "pullcord.toml").write_text("rubbish")
    with pytest.raises(PlantError, match="did not start") as caught:
        pullcord.start()
    assert "pullcord.log" in caught.value.cure
    assert b"no TOML" in (tmp_path / "it" / "pullcord.log").read_bytes()
    pullcord.stop()
