from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.clock import SystemClock
from pullcord.app.inputs import Inputs
from pullcord.app.rules.choosing import load
from pullcord.app.rules.explaining import Told, one_rule, told
from pullcord.model.errors import UsageError
from tests.app.rules.build import EXPORT, folder, recording


def answers(tmp_path: Path, event: str | None = None) -> list[Told]:
    rule = one_rule(load(folder(tmp_path / "r")), EXPORT)
    return list(told(rule, Inputs([recording(tmp_path / "e")], SystemClock()), event))


def test_every_event_has_an_answer(tmp_path: Path) -> None:
    found = answers(tmp_path)
    assert [one.event_id for one in found if one.matched] == ["e0", "e4"]
    backup, small, foreign, other = found[1], found[2], found[3], found[5]
    assert [one.label for one in backup.missing] == ["not"]
    assert [(one.field, one.value) for one in small.missing] == [("bytes", "10")]
    assert (foreign.served, foreign.matched, foreign.tree.holds) == (False, False, True)
    assert (foreign.wanted, foreign.given) == ("ai/tool/*", "ai/llm/-")
    assert [(one.field, one.value) for one in other.missing] == [("gen_ai.tool.name", None), ("bytes", None)]


def test_one_event_is_enough(tmp_path: Path) -> None:
    assert [one.event_id for one in answers(tmp_path, "e2")] == ["e2"]


def test_an_event_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no event 'e9'"):
        answers(tmp_path, "e9")


def test_a_correlation_names_its_rules(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a correlation") as error:
        one_rule(load(folder(tmp_path / "r")), "Many exports")
    assert EXPORT in error.value.cure
