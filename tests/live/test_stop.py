from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from tests.cli.build import process
from tests.live.installation import UNTOUCHED, Refused, until, world
from tests.live.test_contain import once, planned


def test_one_person_stops_in_the_middle_with_the_database_locked_and_two_go_on(tmp_path: Path) -> None:
    with world(tmp_path) as it:
        it.plc.delay = 1.5
        it.here.approve(planned(it))
        until(lambda: it.plc.writes)
        held = sqlite3.connect(it.here.state / "state.sqlite", timeout=20, isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
        told = process(
            "stop", "--reason", "smoke", "--state", it.here.state, "--token-file", tmp_path / "mara"
        )
        assert told.code == 0, told.err
        held.execute("ROLLBACK")
        held.close()
        time.sleep(2.5)
        assert it.effects() == UNTOUCHED | {"mode requests": 1}, (
            "what was under way ends, nothing else begins"
        )
        assert not it.here.ended("contain")
        assert it.here.get("health")["status"] == "stopped"
        it.here.kill()
        it.here.up()
        it.here.post("ines", "resume")
        with pytest.raises(Refused):
            it.here.post("ines", "resume")
        time.sleep(1.0)
        assert it.effects() == UNTOUCHED | {"mode requests": 1}, "one is not two"
        it.here.post("olaf", "resume")
        until(lambda: it.here.ended("contain"))
        assert it.effects() == once(it)
