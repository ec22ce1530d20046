from __future__ import annotations

import io
import sys

import pytest

from pullcord.app.progress import Silent
from pullcord.cli.progress import progress


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_in_a_pipe_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with progress() as shown:
        assert isinstance(shown, Silent)
        shown.stage("Reading", 3)
        shown.step(3)
    assert pipe.getvalue() == ""


def test_on_a_terminal_stages_are_drawn_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as shown:
        shown.step(1)
        shown.stage("Reading [red]x", None)
        shown.step(2)
        shown.stage("Responding", 3)
        shown.step(3)
    drawn = terminal.getvalue()
    assert "Reading [red]x" in drawn, "markup is not obeyed"
    assert "2/2" in drawn, "a stage ends where it has come to"
    assert "3/3" in drawn
