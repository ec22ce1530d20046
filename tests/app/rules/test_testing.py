from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.rules.choosing import load
from pullcord.app.rules.testing import outcomes
from pullcord.model.errors import UsageError
from tests.app.rules.build import EXPORT, VOLUME, folder


def test_the_tests_of_all_rules_run(tmp_path: Path) -> None:
    found = {one.title: one for one in outcomes(load(folder(tmp_path / "r", bad=True)), [])}
    assert [len(one.results) for one in found.values()] == [3, 2, 0]
    assert found["Export by a tool"].failed == ()
    (wrong,) = found["Wrong about itself"].failed
    assert (wrong.kind.value, wrong.index, wrong.why) == ("positive", 0, "the rule did not match")
    assert found["Many exports"].results == ()


def test_those_that_are_named_run(tmp_path: Path) -> None:
    ruleset = load(folder(tmp_path / "r"))
    assert [one.rule_id for one in outcomes(ruleset, ["export"])] == [EXPORT]
    assert [one.rule_id for one in outcomes(ruleset, [VOLUME, EXPORT])] == [VOLUME, EXPORT]
    with pytest.raises(UsageError):
        outcomes(ruleset, ["export", "nothing"])
