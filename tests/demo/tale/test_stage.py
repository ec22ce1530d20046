from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from pullcord.demo.config import COPILOT
from pullcord.demo.errors import PlantError
from pullcord.demo.place import read_link
from pullcord.demo.tale.api import ApiRefusedError
from pullcord.demo.tale.stage import ML, SECURITY, Stage
from pullcord.demo.tale.teller import Voice
from tests.demo.tale.processes import of


class Heard:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, voice: Voice, text: str) -> None:
        self.lines.append(f"{voice.value}: {text}")


HEARD = Heard()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with a real Pullcord, before a plant that does not run."""
    made = Stage(tmp_path_factory.mktemp("stage"), HEARD)
    made.start_pullcord()
    yield made
    made.close()
    assert of(made.folder) == []


def test_the_plant_is_told_where_pullcord_is(stage: Stage) -> None:
    link = read_link(stage.plant.folder)
    assert link is not None
    assert link.url == stage.pullcord.url


def test_waiting_ends(stage: Stage) -> None:
    assert stage.until("x", lambda: "there") == "there"
    with pytest.raises(PlantError, match="waited in vain for rain"):
        stage.until("rain", lambda: None, 0.3)


def test_a_pullcord_that_somebody_kills_is_started_again(stage: Stage) -> None:
    killed = stage.pullcord.pid
    os.kill(killed, signal.SIGKILL)
    assert stage.until("an answer", lambda: stage.api.waiting(SECURITY) == [] and "yes") == "yes"
    assert stage.pullcord.pid != killed
    assert any("somebody killed it" in line for line in HEARD.lines)


def test_what_was_said_before_stands_and_a_refusal_is_told(stage: Stage) -> None:
    path = f"/api/v1/systems/{COPILOT}/mode"
    for _ in range(2):
        stage.decided(SECURITY, path, mode="recommend")
    stage.decided(ML, path, mode="recommend")
    assert stage.refused(ML, path, mode="recommend").startswith("PC-5025")
    with pytest.raises(ApiRefusedError):
        stage.decided(ML, path, mode="act-R1")
    with pytest.raises(PlantError, match="was not refused"):
        stage.refused(SECURITY, "/api/v1/stop", reason="x")
