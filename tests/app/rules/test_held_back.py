from __future__ import annotations

import json
from pathlib import Path

import pytest

from pullcord.app.rules.held_back import HeldBack
from pullcord.intake.context import Context
from pullcord.intake.findings import decode
from pullcord.model.errors import UsageError
from pullcord.model.finding import Severity
from pullcord.model.times import from_rfc3339
from tests.app.rules.test_suppressions import FILE
from tests.connectors.forward.samples import sample

NOW = from_rfc3339("2026-11-25T12:00:00Z")
MINE = sample(1, rule_id="1f6a", asset="maintenance-bot", entities=("user:svc-night",), severity=Severity.LOW)
OTHER = sample(2)


def made(tmp_path: Path, text: str = FILE) -> tuple[HeldBack, Path]:
    (tmp_path / "s.yaml").write_text(text)
    return HeldBack(tmp_path / "s.yaml", tmp_path / "held.ndjson", NOW), tmp_path / "held.ndjson"


def test_suppressed_findings_are_left_out_and_kept(tmp_path: Path) -> None:
    held, out = made(tmp_path)
    assert held.show([MINE, OTHER]) == [OTHER]
    assert held.show([MINE]) == []
    assert not out.exists()
    held.finish()
    held.close()
    lines = out.read_bytes().splitlines()
    assert [json.loads(line)["suppressed_by"] for line in lines] == ["night-bot"] * 2
    assert decode(lines[0], Context()).id == MINE.id
    assert sorted(path.name for path in tmp_path.iterdir()) == ["held.ndjson", "s.yaml"]
    assert list(held.summary()) == [
        "suppression night-bot held back 2 findings, until 2026-12-31 (owner: I. Halloran)"
    ]


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    held, _ = made(tmp_path)
    held.show([MINE])
    held.close()
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_without_a_file_they_are_counted_only(tmp_path: Path) -> None:
    made(tmp_path)[0].close()
    held = HeldBack(tmp_path / "s.yaml", None, NOW)
    assert held.show([MINE, OTHER]) == [OTHER]
    held.finish()
    held.close()
    assert "held back 1 findings" in "".join(held.summary())


def test_an_expired_one_does_nothing_and_is_told(tmp_path: Path) -> None:
    held, _ = made(tmp_path, FILE.replace("2026-12-31", "2026-11-24"))
    assert held.show([MINE]) == [MINE]
    held.close()
    assert list(held.summary()) == [
        "suppression night-bot expired on 2026-11-24 and does nothing (owner: I. Halloran)"
    ]


def test_a_wrong_file_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"s\.yaml:1:9"):
        made(tmp_path, FILE.replace("suppressions/1", "x"))
