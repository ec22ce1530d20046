"""The parts; the whole demo is played in tests/demo/tale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pullcord.app import demo
from pullcord.app.demo import play
from pullcord.demo.tale.progress import Bookmark
from pullcord.demo.tale.teller import Voice
from pullcord.model.errors import UsageError
from pullcord.model.times import from_rfc3339
from pullcord.store.folder import open_folder
from tests.app.build import respond
from tests.cli.build import process


class Quiet:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, voice: Voice, text: str) -> None:
        self.lines.append(f"{voice.value}: {text}")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        play(tmp_path, Quiet())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_its_packages_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_NEEDED", ("asyncua", "no_such_package.at_all"))
    with pytest.raises(UsageError, match=r"needs no_such_package") as caught:
        play(tmp_path / "out", Quiet())
    assert "pullcord[demo]" in caught.value.cure
    assert not (tmp_path / "out").exists()


def test_a_finished_demo_is_begun_anew_and_an_unfinished_one_goes_on(tmp_path: Path) -> None:
    quiet = Quiet()
    out = demo._folder(tmp_path / "out", quiet)
    Bookmark(out).told("routine")
    (out / "old").touch()
    assert demo._folder(out, quiet) == out
    assert Bookmark(out).is_told("routine")
    assert quiet.lines == []
    Bookmark(out).finish()
    demo._folder(out, quiet)
    assert ["that folder is removed" in line and str(out) in line for line in quiet.lines] == [True]
    assert not Bookmark(out).is_told("routine")
    assert not (out / "old").exists()


def test_a_flipped_bit_is_noticed_in_the_copy_and_the_evidence_stays(tmp_path: Path) -> None:
    respond(tmp_path, simulate=True)
    with open_folder(tmp_path / "state", read_only=True) as store:
        said = demo._flipped(tmp_path, store)
        assert store.vault.verify() == []
    assert "were changed" in said
    assert said.endswith("0 problems")


def test_the_recording_can_be_read_again(tmp_path: Path) -> None:
    respond(tmp_path / "run", simulate=True)
    with open_folder(tmp_path / "run" / "state", read_only=True) as store:
        (tmp_path / "recording.ndjson").write_bytes(demo._recording(store))
    lines = [json.loads(line) for line in (tmp_path / "recording.ndjson").read_bytes().splitlines()]
    times = [from_rfc3339(line["time"]) for line in lines]
    assert times == sorted(times)
    assert all("source" not in line and "raw_digest" not in line for line in lines)
    told = process("investigate", tmp_path / "recording.ndjson")
    assert (told.code, told.err) == (0, "")
    assert {line["trace_id"] for line in told.lines()} == {
        line["trace_id"] for line in lines if line.get("trace_id")
    }
