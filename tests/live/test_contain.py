from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.live.installation import COPILOT, INSPECTION, PLANNER, UNTOUCHED, World, attacked, until, world

# Three kills to a run; more runs where more chaos is asked for.
RUNS = max(1, int(os.environ.get("PULLCORD_CHAOS", "8")) // 10)
WHOLE = {("switch_to_fallback", INSPECTION), ("disable_agent", COPILOT), ("disable_agent", PLANNER)}


def planned(it: World) -> dict[str, Any]:
    """The plan for both copilots and what they wrote to."""
    it.here.recommend()
    attacked(it.here)
    return it.here.plan(WHOLE)


def once(it: World) -> dict[str, int]:
    """Each effect of the plan exactly once."""
    entries = json.loads(it.denials.read_bytes())["denials"]
    assert len({entry["action_id"] for entry in entries}) == len(entries) >= 3
    return UNTOUCHED | {
        "flag": 1,
        "denials": len(entries),
        "mode requests": 1,
        "agent stops": 1,
        "stand-in starts": 1,
    }


@pytest.mark.parametrize("seed", range(RUNS))
def test_killed_at_any_moment_each_effect_comes_about_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with world(tmp_path) as it:
        it.plc.delay = 0.5
        plan = planned(it)
        it.here.approve(plan, "ines")
        assert it.effects() == UNTOUCHED, "one of two is nobody"
        it.here.approve(plan, "olaf")
        for _ in range(3):
            time.sleep(chance.uniform(0.0, 0.9))
            it.here.kill()
            it.here.up()
        until(lambda: it.here.ended("contain"))
        assert it.effects() == once(it)
        assert it.plc.get("ns=2;s=Mode.Actual") == "MANUAL"
        assert json.loads(it.flags.read_bytes())["flags"]["copilot"]["defaultVariant"] == "off"
        assert (it.supervised.state("agent"), it.supervised.state("standin")) == ("STOPPED", "RUNNING")
        document = it.here.incident()
        done = {(one["kind"], one["target"]): one for one in document["actions"] if one["verification"]}
        for what in WHOLE:
            assert done[what]["verification"]["result"] == "confirmed", done[what]
        open_ = [one for one in document["intents"] if one["state"] in {"planned", "sent", "in_doubt"}]
        assert open_ == []
