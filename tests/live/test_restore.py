from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.cli.build import process
from tests.live.installation import Refused, World, until, world
from tests.live.test_contain import once, planned


def test_an_old_copy_repeats_nothing(tmp_path: Path) -> None:
    with world(tmp_path / "it") as it:
        it.plc.delay = 3.0
        plan = planned(it)
        before, middle = tmp_path / "before", tmp_path / "middle"
        back_up(it, before)
        it.here.approve(plan)
        until(lambda: it.plc.writes)
        back_up(it, middle)
        until(lambda: it.here.ended("contain"))
        effects = it.effects()
        assert effects == once(it)

        restored(it, before)
        for who in ("ines", "olaf"):
            approve_if_possible(it, plan, who)
        time.sleep(1.5)
        assert it.effects() == effects, "in observe even what is approved anew has no effect"

        document = restored(it, middle)
        assert len(document["approvals"]) == 2
        assert all(one["void"] for one in document["approvals"])
        (switch,) = [one for one in document["intents"] if one["kind"] == "switch_to_fallback"]
        assert switch["state"] == "in_doubt"
        until(lambda: it.here.ended("contain"))
        asked = [task["kind"] for task in it.here.incident()["tasks"]]
        assert "in_doubt" in asked
        assert it.effects() == effects


def restored(it: World, copy: Path) -> dict[str, Any]:
    """Put a copy in place through the command, start, and look at the incident."""
    assert it.here.down() == 0
    told = process("restore", copy, "--state", it.here.state)
    assert told.code == 0, told.err
    it.here.up()
    assert {one["mode"] for one in it.here.get("systems")} == {"observe"}
    return it.here.incident()


def approve_if_possible(it: World, plan: dict[str, Any], who: str) -> None:
    try:
        it.here.approve(plan, who)
    except Refused as refusal:
        assert refusal.code.startswith("PC-50")  # noqa: PT017  (a refusal is as good as an approval without effect)


def back_up(it: World, out: Path) -> None:
    """Through the command, beside the running ``up``."""
    told = process("backup", "--state", it.here.state, "--out", out)
    assert told.code == 0, told.err
