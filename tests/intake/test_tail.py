from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from pullcord.intake.listening import Origin
from pullcord.intake.tail import Tail, TailPlace
from pullcord.model.event import Event
from pullcord.model.finding import Finding
from pullcord.model.times import SECOND
from tests.intake.listeners import Kept, running, until
from tests.intake.memory import Memory, Ticking


class Scene:
    """A listener on ``folder/*.log*`` that can be started again with what it kept."""

    def __init__(self, folder: Path, pattern: str = "*.log*", *, from_start: bool = True) -> None:
        self.kept, self.memory, self.clock = Kept(), Memory(), Ticking()
        self.place = TailPlace((str(folder / pattern),), from_start=from_start, seconds=0.01)
        self.tail = self.listener()

    def listener(self) -> Tail:
        return Tail(Origin(name="gateway-log"), self.place, self.clock, self.memory)

    async def settle(self, events: int, listener: Tail | None = None) -> None:
        """Run until so many events are there, and a little longer."""
        self.tail = listener or self.listener()
        async with running(self.tail, self.kept):
            await until(lambda: len(self.kept.events) >= events)
            await asyncio.sleep(0.05)
        assert len(self.kept.events) == events


def line(number: int) -> str:
    return f"<14>1 2026-09-21T10:00:{number % 60:02d}Z press agent 7 - - part {number} " + "x" * 40 + "\n"


def write(path: Path, *numbers: int, mode: str = "a") -> None:
    with path.open(mode, encoding="utf-8") as file:
        file.writelines(line(number) for number in numbers)


def parts(kept: Kept) -> list[int]:
    return [int(str(text).split()[1]) for text in kept.texts()]


def test_lines_of_both_kinds_and_a_partial_one_that_waits(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1)
    native = {"id": "n-1", "time": "2026-09-21T10:00:00Z", "logsource": {"product": "ai"}, "attributes": {}}
    with log.open("a") as file:
        file.write(json.dumps(native) + "\nplain text\n{broken\n\nhalf a li")

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        async with running(scene.tail, scene.kept):
            await until(lambda: len(scene.kept.events) == 3)
            with log.open("a") as file:
                file.write("ne\n")
            await until(lambda: len(scene.kept.events) == 4)
        return scene

    found = asyncio.run(scene())
    assert found.kept.texts()[1:] == [None, "plain text", "half a line"]
    assert found.kept.events[1].id == "n-1"
    assert found.tail.health()["rejected"] == 1
    assert {event.source for event in found.kept.events} == {"gateway-log"}


def test_equal_lines_stay_two_and_a_restart_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1, 1)

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        await scene.settle(2)
        write(log, 1, 2)
        await scene.settle(4)
        return scene

    found = asyncio.run(scene())
    assert parts(found.kept) == [1, 1, 1, 2]
    assert found.kept.duplicates == 0


def test_a_file_renamed_in_rotation_is_read_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1)

    async def scene() -> Scene:
        scene = Scene(tmp_path, "a.log")
        async with running(scene.tail, scene.kept):
            await until(lambda: len(scene.kept.events) == 1)
            with log.open("a", encoding="utf-8") as writer:
                log.rename(tmp_path / "a.log.1")
                write(log, 3)
                writer.write(line(2) + "no end")  # the writer has not noticed yet
            await until(lambda: len(scene.kept.events) == 3)
            scene.clock.moved += 31 * SECOND
            await until(lambda: scene.tail.health()["finished"] == 1)
        return scene

    found = asyncio.run(scene())
    assert sorted(parts_of(found)) == ["no end", "part 1", "part 2", "part 3"]


def parts_of(scene: Scene) -> list[str]:
    return [str(text).split(" x")[0] for text in scene.kept.texts()]


def test_a_file_renamed_while_nobody_looked_is_found_again(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1)

    async def scene() -> Scene:
        scene = Scene(tmp_path, "a.log")
        await scene.settle(1)
        write(log, 2)
        log.rename(tmp_path / "a.log.1")
        write(log, 3)
        await scene.settle(3)
        (tmp_path / "a.log.1").unlink()
        log.unlink()
        await scene.settle(3)
        return scene

    found = asyncio.run(scene())
    assert sorted(parts(found.kept)) == [1, 2, 3]
    assert found.tail.health()["lost"] == 2


@pytest.mark.parametrize("while_running", [True, False])
def test_copied_and_truncated(tmp_path: Path, while_running: bool) -> None:  # noqa: FBT001
    log, copy = tmp_path / "a.log", tmp_path / "a.log.1"
    write(log, 1, 2)

    def rotate() -> None:
        write(log, 3)
        shutil.copyfile(log, copy)
        os.truncate(log, 0)
        write(log, 4)

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        if while_running:
            async with running(scene.tail, scene.kept):
                await until(lambda: len(scene.kept.events) == 2)
                rotate()
                await until(lambda: len(scene.kept.events) == 4)
        else:
            await scene.settle(2)
            rotate()
            await scene.settle(4)
        return scene

    found = asyncio.run(scene())
    assert sorted(parts(found.kept)) == [1, 2, 3, 4]
    assert found.tail.health()["copies"] == 1


def test_a_copy_that_is_being_made_is_waited_for(tmp_path: Path) -> None:
    log, copy = tmp_path / "a.log", tmp_path / "a.log.1"
    write(log, 1, 2)
    whole = log.read_bytes()

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        async with running(scene.tail, scene.kept):
            await until(lambda: len(scene.kept.events) == 2)
            copy.write_bytes(whole[:100])
            await asyncio.sleep(0.1)
            copy.write_bytes(whole)
            await until(lambda: scene.tail.health()["copies"] == 1)
        return scene

    assert asyncio.run(scene()).kept.duplicates == 0


def test_two_files_that_begin_alike_are_two(tmp_path: Path) -> None:
    write(tmp_path / "a.log", 1, 2)
    write(tmp_path / "b.log", 1, 3)

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        async with running(scene.tail, scene.kept):
            await asyncio.sleep(0.1)
            scene.clock.moved += 31 * SECOND
            await until(lambda: len(scene.kept.events) == 4)
        return scene

    assert sorted(parts(asyncio.run(scene()).kept)) == [1, 1, 2, 3]


def test_only_what_comes_from_now_on(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    write(log, 1)
    with log.open("a") as file:
        file.write("half")

    async def scene() -> Scene:
        scene = Scene(tmp_path, from_start=False)
        async with running(scene.tail, scene.kept):
            await until(lambda: scene.tail.health()["files"] == 1)
            with log.open("a") as file:
                file.write(" of it\n")
            write(log, 2)
            write(tmp_path / "b.log", 3)
            await until(lambda: len(scene.kept.events) == 2)
        return scene

    assert sorted(parts(asyncio.run(scene()).kept)) == [2, 3]


def test_a_line_that_is_too_long_and_what_is_no_log(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"y" * (3 << 20) + b"\n")
    write(log, 5)
    (tmp_path / "b.log").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "c.log")
    (tmp_path / "d.log.gz").write_bytes(b"packed")

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        await scene.settle(1)
        return scene

    health = asyncio.run(scene()).tail.health()
    assert (health["too_long"], health["unreadable"], health["files"]) == (1, 2, 1)


def test_an_intake_that_is_full_is_waited_for(tmp_path: Path) -> None:
    write(tmp_path / "a.log", *range(1_200))

    async def scene() -> Scene:
        scene = Scene(tmp_path)
        scene.kept.full = 2
        await scene.settle(1_200)
        return scene

    found = asyncio.run(scene())
    assert parts(found.kept) == list(range(1_200))
    assert found.tail.health()["busy"] == 2


CHILD = """
import asyncio, sys, time
from pathlib import Path
from pullcord.app.clock import SystemClock
from pullcord.intake.listening import Origin
from pullcord.intake.tail import Tail, TailPlace

folder = Path(sys.argv[1])

class Disk:
    def load(self, name):
        return (folder / name).read_text() if (folder / name).exists() else None
    def save(self, name, value):
        (folder / "new").write_text(value)
        (folder / "new").replace(folder / name)

async def take(events, findings):
    with (folder / "out").open("a") as out:
        out.write("".join(f"{event.id} {event.attributes['message'].split()[1]}\\n" for event in events))

place = TailPlace((str(folder / "logs" / "*"),), seconds=0.001)
asyncio.run(Tail(Origin(name="t"), place, SystemClock(), Disk()).run(take))
"""


def test_nothing_is_lost_or_doubled_over_kills(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log, number = tmp_path / "logs" / "a.log", 0
    for round_ in range(4):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)])
        end = time.monotonic() + 1.0 + 0.17 * round_
        while time.monotonic() < end:
            write(log, *range(number, number + 40))
            number += 40
            if number % 1_000 == 0:
                log.rename(log.with_suffix(f".{number}"))
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)])
    seen: dict[str, int] = {}
    deadline = time.monotonic() + 60
    while len(seen) < number and time.monotonic() < deadline:
        time.sleep(0.2)
        lines = (tmp_path / "out").read_text().splitlines()
        seen = {one.split()[0]: int(one.split()[1]) for one in lines if len(one.split()) == 2}
    child.kill()
    child.wait()
    assert sorted(seen.values()) == list(range(number))


def test_findings_pass(tmp_path: Path) -> None:
    found: dict[str, object] = {
        "finding_id": "f-1",
        "rule_id": "r",
        "title": "t",
        "severity": "high",
        "time": "2026-09-21T10:00:00Z",
        "event_id": "e",
        "asset": None,
        "techniques": [],
    }
    (tmp_path / "a.log").write_text(json.dumps(found) + "\n")
    taken: list[Finding] = []

    async def take(events: Sequence[Event], findings: Sequence[Finding]) -> None:
        await asyncio.sleep(0)
        taken.extend(findings)

    async def scene() -> None:
        task = asyncio.create_task(Scene(tmp_path).tail.run(take))
        await until(lambda: bool(taken))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scene())
    assert taken[0].rule_id == "r"
