from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from pullcord.detection import behaviour
from pullcord.detection.behaviour import hidden, session
from pullcord.detection.behaviour.report import Rule
from tests.scenes import types

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "behaviour.md"


def rules() -> list[Rule]:
    """What every module of the package can say."""
    found = []
    for module in pkgutil.iter_modules(behaviour.__path__):
        loaded = importlib.import_module(f"{behaviour.__name__}.{module.name}")
        found += [value for value in vars(loaded).values() if isinstance(value, Rule)]
    return found


def test_every_rule_points_to_an_incident_type_there_is() -> None:
    told = rules()
    assert len(told) >= 15
    assert {rule.incident_type for rule in told} <= types().keys()
    assert len({rule.id for rule in told}) == len(told)


def test_the_page_lists_every_rule_and_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("## What each reads")[0]
    listed = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    ids = {*(rule.id for rule in rules()), hidden.RULE_ID, session.RULE_ID}
    assert listed == {name.removeprefix("pullcord.behaviour.") for name in ids}


def test_techniques_are_those_of_atlas_and_attack() -> None:
    known = (Path(__file__).parents[2] / "content" / "techniques.txt").read_text(encoding="utf-8").split()
    named = {technique for rule in rules() for technique in rule.techniques}
    assert named <= set(known)
