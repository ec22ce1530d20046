from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.build import Call
from tests.cli.desk import house

WORDS = "The copilot told me to open the guard."


class Typed:
    """Standard input that holds some bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_it_prints_the_id_of_the_finding(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        told = ann("tell", WORDS, "--asset", "press-copilot", "--subject", "odd")
        assert (told.code, told.err) == (0, "")
        assert told.out.startswith("fnd-")
        again = ann("tell", WORDS, "--asset", "press-copilot", "--subject", "odd", "--json")
        assert json.loads(again.out)["finding_id"] == told.out.strip()
        assert json.loads(again.out)["event_id"].startswith("report:")


def test_it_reads_standard_input(pullcord: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with house(pullcord, tmp_path) as (_, ann, bob, _):
        typed = ann("tell", WORDS).out
        monkeypatch.setattr(sys, "stdin", Typed(f"{WORDS}\n".encode()))
        assert ann("tell", "-").out == typed
        monkeypatch.setattr(sys, "stdin", Typed(WORDS.encode()))
        assert bob("tell", "-").out != typed
        monkeypatch.setattr(sys, "stdin", Typed(b"\xff\xfe broken"))
        assert ann("tell", "-").code == 0


@pytest.mark.parametrize(("text", "why"), [("", "empty"), (" ", "empty"), ("x" * 20_001, "20000")])
def test_what_is_no_report_is_a_wrong_call(pullcord: Call, tmp_path: Path, text: str, why: str) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        told = ann("tell", text)
        assert (told.code, told.out) == (2, "")
        assert why in told.err


def test_without_a_running_pullcord_it_says_so(pullcord: Call, tmp_path: Path) -> None:
    with house(pullcord, tmp_path) as (_, ann, _, _):
        pass
    told = ann("tell", WORDS)
    assert told.code == 2
    assert told.err.startswith("pullcord: PC-0201: ")
