"""What a caller sees at once; the story itself is told in tests/demo/tale."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import pytest

from pullcord.cli.demo import _MARKS, _Guest, _Told
from pullcord.demo.config import token_file
from pullcord.demo.tale.teller import Voice
from tests.cli.build import Call


def test_it_says_what_is_simulated_and_what_is_real(pullcord: Call) -> None:
    told = pullcord("demo", "--help")
    assert told.code == 0
    assert "SIMULATED" in told.out


def test_somebody_elses_folder_is_a_usage_error(pullcord: Call, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    told = pullcord("demo", "--once", "--out", tmp_path, "--json")
    assert told.code == 2
    assert told.out == ""
    assert "--out" in told.err


def test_every_voice_has_a_mark_that_needs_no_colour() -> None:
    marks = [mark for mark, _ in _MARKS.values()]
    assert set(_MARKS) == {voice.value for voice in Voice} - {"chapter"}
    assert len(set(marks)) == len(marks)
    assert len({len(mark) for mark in marks}) == 1


def test_what_an_attacker_wrote_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    teller = _Told(0.0)
    teller.say(Voice.CHAPTER, "one \x1b[2J")
    teller.say(Voice.PLANT, "mail: \x1b]0;owned\x07 [bold]x[/bold] :smiley:")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[bold]x[/bold] :smiley:" in " ".join(out.split())


def test_a_guest_is_told_once_where_to_look_and_anew_where_pullcord_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    out = tmp_path / "my demo"
    guest = _Guest(out)
    assert guest("http://127.0.0.1:1", [])
    first = capsys.readouterr().out
    commands = [shlex.split(line) for line in first.splitlines() if line.startswith("  pullcord ")]
    assert [words[1] for words in commands] == ["incident", "mode", "stop"]
    assert all(words[words.index("--state") + 1] == str(out) for words in commands)
    token = str(out / "plant" / token_file("Ines Halloran"))
    assert all(words[words.index("--token-file") + 1] == token for words in commands[1:])
    assert first.index("Look around") < first.index("http://127.0.0.1:1")
    assert guest("http://127.0.0.1:1", [])
    assert capsys.readouterr().out == ""
    assert guest("http://127.0.0.1:2", [])
    again = capsys.readouterr().out
    assert "http://127.0.0.1:2" in again
    assert "Look around" not in again


def test_readers_get_time_for_long_lines_and_pipes_none() -> None:
    begin = time.monotonic()
    _Told(0.0).say(Voice.NOTE, "word " * 100)
    assert time.monotonic() - begin < 0.1
    begin = time.monotonic()
    _Told(0.1).say(Voice.NOTE, "word " * 100)
    assert time.monotonic() - begin >= 0.2
