from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pullcord.store import compaction
from pullcord.store.lake import FileLake, open_lake
from pullcord.store.manifest import Manifest, read_manifest, write_manifest
from pullcord.store.scan import FILES, segment_files
from tests.contracts.nouns import event

KILLED = 9
MOST_STEPS = 60


def fill(lake: FileLake) -> None:
    """Three segments, of which one was compacted before and is replaced."""
    lake.append("s-1", [event("a", 1, "t"), event("old", 1, "t")])
    lake.compact()
    lake.append("s-1", [event("a", 1, "t"), event("b", 2, "t")])
    lake.append("s-2", [event("c", 3, "u"), event("a", 9, "u")])
    lake.append("s-3", [event("d", 4)])


def seen(lake: FileLake) -> list[object]:
    return [
        lake.count(),
        lake.trace_ids(),
        lake.by_trace(["t", "u"]),
        [one.id for one in lake.window(0, 10)],
        sorted(lake.by_id(["a", "b", "c", "d", "old"])),
    ]


def test_killed_at_any_step_each_event_is_there_once(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    with open_lake(origin) as lake:
        fill(lake)
        expected = seen(lake)
    assert expected[3] == ["a", "b", "c", "d"]
    for step in range(1, MOST_STEPS):
        folder = shutil.copytree(origin, tmp_path / f"step-{step}")
        run = subprocess.run(
            [sys.executable, "-m", "tests.store.dying", "compact", folder, str(step)], check=False
        )
        with open_lake(folder, read_only=True) as lake:
            assert seen(lake) == expected, f"after step {step}"
        with open_lake(folder) as lake:
            lake.compact()
            assert seen(lake) == expected, f"repaired after step {step}"
        assert segment_files(folder) == []
        assert {path.name for path in (folder / FILES).iterdir()} == {
            file.name for file in read_manifest(folder).files
        }
        if run.returncode == 0:
            break
        assert run.returncode == KILLED
    else:
        raise AssertionError(f"a compaction has more than {MOST_STEPS} steps")
    assert step > 10, "the steps were not counted"


def test_small_files_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "SMALL_FILES", 3)
    with open_lake(tmp_path) as lake:
        for number in range(3):
            lake.append(f"s-{number}", [event(f"e{number}", number), event("shared", number)])
            lake.append("again", [event(f"again-{number}", 5)])
            lake.compact()
        files = read_manifest(tmp_path).files
        assert len(files) == 1
        assert sorted(files[0].segments) == ["again", "s-0", "s-1", "s-2"]
        assert files[0].dropped == ()
        assert [one.id for one in lake.window(0, 9)] == ["e0", "shared", "e1", "e2", "again-2"]
        lake.append("again", [])
        assert lake.count() == 4


def test_large_lakes_are_folded_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "GROUP_BYTES", 1)
    with open_lake(tmp_path) as lake:
        for number in range(3):
            lake.append(f"s-{number}", [event(f"e{number}")])
        lake.compact()
        assert [file.segments for file in read_manifest(tmp_path).files] == [("s-0",), ("s-1",), ("s-2",)]
        assert lake.count() == 3


def test_a_segment_replaced_during_a_compaction_survives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_lake(tmp_path) as lake:
        lake.append("s", [event("old")])

        def write_after_replacing(folder: Path, manifest: Manifest) -> None:
            lake.append("s", [event("new")])
            write_manifest(folder, manifest)

        monkeypatch.setattr(compaction, "write_manifest", write_after_replacing)
        lake.compact()
        monkeypatch.undo()
        assert [one.id for one in lake.window(0, 1)] == ["new"]
        lake.compact()
        assert [one.id for one in lake.window(0, 1)] == ["new"]
        assert segment_files(tmp_path) == []


def test_readers_see_all_of_it_all_the_time(tmp_path: Path) -> None:
    wrong: list[object] = []
    stop = threading.Event()
    with open_lake(tmp_path) as lake, open_lake(tmp_path, read_only=True) as reader:
        lake.append("s-0", [event(f"0-{part}", trace="0") for part in range(10)])

        def read() -> None:
            while not stop.is_set():
                found = reader.by_trace(["0"])
                if len(found.get("0", [])) != 10 or reader.count() % 10:
                    wrong.append(found)

        thread = threading.Thread(target=read)
        thread.start()
        try:
            for number in range(1, 25):
                lake.append(f"s-{number}", [event(f"{number}-{part}") for part in range(10)])
                if number % 4 == 0:
                    lake.append("s-0", [event(f"0-{part}", trace="0") for part in range(10)])
                lake.compact()
        finally:
            stop.set()
            thread.join()
        assert lake.count() == 250
    assert wrong == []
