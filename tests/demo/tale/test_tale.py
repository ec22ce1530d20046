"""The whole demo, as a process, with everything real; and killed where it hurts."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.build import COMMAND
from tests.demo.tale.processes import of

SECONDS = 90.0


def run(out: Path, *more: str) -> subprocess.Popen[str]:
    """``pullcord demo`` on a folder."""
    command = [*COMMAND, "demo", "--once", "--out", str(out), *more]
    # Whatever `up` or the plant say goes to files of the demo: nothing holds these pipes but the demo itself.
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(demo: subprocess.Popen[str]) -> str:
    """What a demo said that came to its end."""
    try:
        out, error = demo.communicate(timeout=SECONDS)
    finally:
        demo.kill()
    assert (demo.returncode, error) == (0, "")
    return out


def until(what: Callable[[], object], demo: subprocess.Popen[str], seconds: float = 60.0) -> None:
    """Wait until something comes to be while the demo runs."""
    end = time.monotonic() + seconds
    while demo.poll() is None and time.monotonic() < end:
        if what():
            return
        time.sleep(0.02)
    demo.kill()
    pytest.fail(f"it never came to be; the demo ended with {demo.returncode}: {demo.communicate()}")


def told(out: Path) -> list[str]:
    """The chapters that have been told."""
    try:
        found: list[str] = json.loads((out / "story.json").read_bytes())["told"]
    except (OSError, ValueError):
        return []
    return found


def is_told(out: Path, chapter: str) -> bool:
    return chapter in told(out)


def documents(out: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(out.glob("incidents/*/incident.json"))]


def checked(out: Path) -> None:
    """Everything has been written, is closed, and nothing was done twice; no process is left."""
    index = json.loads((out / "index.json").read_bytes())
    found = documents(out)
    assert len(found) == 2
    assert {one["id"] for one in index["incidents"]} == {one["id"] for one in found}
    assert all(one["closed"] and not one["simulated"] for one in found)
    assert all([phase["name"] for phase in one["phases"]] == PHASES for one in found)
    assert all((out / "incidents" / one["id"] / "report.html").stat().st_size > 1_000 for one in found)
    acted = next(one for one in found if "Maintenance copilot" in one["assets"])
    done = {
        (action["kind"], action["target"]): action["verification"]
        for action in acted["actions"]
        if action["receipt"] and action["receipt"]["status"] in {"done", "already"}
    }
    for wanted in (
        ("switch_to_fallback", "Weld inspection"),
        ("disable_agent", "Maintenance copilot"),
        ("restrict_tools", "Maintenance copilot"),
    ):
        assert (done[wanted]["result"], done[wanted]["level"]) == ("confirmed", "effect"), wanted
    line = json.loads((out / "plant" / "line.json").read_bytes())
    assert (line["requests"], line["mode"], line["limit"]) == (1, "AUTO", 1.2)
    assert acted["origin"]
    assert not of(out)


PHASES = ["detect", "triage", "contain", "investigate", "recover", "learn"]


def test_the_demo_tells_the_whole_story_and_writes_its_files(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    begin = time.monotonic()
    text = ended(run(out))
    assert time.monotonic() - begin < SECONDS
    words = " ".join(text.split())
    for number in (1, 2, 3, 4):
        assert f"{number} of 4" in words
    assert "SIMULATED plant" in words
    assert "1 mode request in all" in words
    assert "kill -9 at that moment" in words
    assert "gives Weld inspection back to the AI" in words
    checked(out)
    recorded = (out / "recording.ndjson").read_bytes().splitlines()
    assert len(recorded) > 20
    assert all(json.loads(line)["id"] for line in recorded)
    assert (out / "plant.yaml").read_bytes() == (out / "plant" / "plant.yaml").read_bytes()


def test_pullcord_killed_at_random_moments_the_demo_comes_to_its_end(tmp_path: Path) -> None:
    out, chance, kills = tmp_path / "demo", random.Random(7), 0
    demo = run(out, "--json")
    for chapter in ("routine", "modes", "refusals"):
        until(partial(is_told, out, chapter), demo)
        time.sleep(chance.uniform(0.0, 1.5))
        for pid in of(out, "pullcord up"):
            os.kill(pid, signal.SIGKILL)
            kills += 1
    assert json.loads(ended(demo)) == {"out": str(out), "incidents": 2}
    assert kills >= 2
    checked(out)


@pytest.mark.parametrize(("chapter", "more"), [("attack", 2.5), ("effects", 0.6)])
def test_the_demo_itself_killed_the_same_command_goes_on(tmp_path: Path, chapter: str, more: float) -> None:
    out = tmp_path / "demo"
    first = run(out, "--json")
    until(partial(is_told, out, chapter), first)
    time.sleep(more)
    first.kill()
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    before = told(out)
    words = " ".join(ended(run(out)).split())
    assert "Going on after “" in words
    assert "--out OTHER" in words
    assert told(out)[: len(before)] == before
    assert len(told(out)) == len(set(told(out)))
    checked(out)
