from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.rules.choosing import choose, every_rule, load
from pullcord.model.errors import UsageError
from tests.app.rules.build import EXPORT, VOLUME, folder


@pytest.mark.parametrize("wanted", [EXPORT, "export", "Export by a tool", "1111", EXPORT[:20]])
def test_a_rule_is_found_by_what_people_call_it(wanted: str, tmp_path: Path) -> None:
    assert choose(load(folder(tmp_path / "r")), wanted).rule_id == EXPORT


def test_correlations_are_rules_too(tmp_path: Path) -> None:
    ruleset = load(folder(tmp_path / "r"))
    assert choose(ruleset, VOLUME).title == "Many exports"
    assert [rule.rule_id for rule in every_rule(ruleset)] == [EXPORT, VOLUME]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("", "there is no rule"),
        ("111", "there is no rule"),
        ("nothing", "there is no rule"),
        (f"{EXPORT[:-1]}9", "did not load"),
    ],
)
def test_what_is_not_there_is_said(wanted: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why):
        choose(load(folder(tmp_path / "r", bad=True)), wanted)


def test_one_name_for_several_is_no_choice(tmp_path: Path) -> None:
    made = folder(tmp_path / "r")
    text = (made / "a.yml").read_text().replace(EXPORT, EXPORT[:-1] + "2").replace("name: export\n", "")
    (made / "c.yml").write_text(text.partition("---")[0])
    ruleset = load(made)
    for wanted in ("Export by a tool", "1111"):
        with pytest.raises(UsageError, match="several"):
            choose(ruleset, wanted)


def test_the_shipped_rules_are_the_default() -> None:
    assert len(every_rule(load(None))) > 20
