from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pullcord.content import walk
from pullcord.detection.describe import OUR_AUTHOR
from pullcord.detection.dispatch import serves
from pullcord.detection.rules import RuleSet, load_rules
from pullcord.detection.view import View
from pullcord.model.event import LogSource

CASES = Path(__file__).parent / "rules"
FILES = dict(walk("rules", ".yml"))

# The techniques of MITRE ATLAS 5.6 that our rules use; an id outside this list is a slip of the pen.
ATLAS = {
    "T0010.003",
    "T0010.005",
    "T0011.000",
    "T0012",
    "T0015",
    "T0018.000",
    "T0018.002",
    "T0020",
    "T0029",
    "T0031",
    "T0034.001",
    "T0040",
    "T0041",
    "T0043",
    "T0048",
    "T0051.000",
    "T0051.001",
    "T0053",
    "T0054",
    "T0055",
    "T0056",
    "T0057",
    "T0059",
    "T0068",
    "T0080.000",
    "T0081",
    "T0096",
    "T0109",
    "T0110",
}
CATEGORIES = {"llm", "tool", "mcp", "agent", "vision", "model_registry", "training", "ot", "access", None}
TYPES = {path.removesuffix(".yaml") for path, _ in walk("incident_types", ".yaml")}
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules(FILES.items())


def text_of(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILES[path])
    return found


def test_every_rule_loads_under_its_own_id(rules: RuleSet) -> None:
    assert [status.error for status in rules.statuses if status.error] == []
    ids = [rule.rule_id for rule in rules.rules]
    assert len(ids) == len(set(ids)) == len(FILES) > 0
    assert all(UUID4.fullmatch(rule_id) for rule_id in ids)


@pytest.mark.parametrize("path", FILES)
def test_every_rule_is_documented(path: str) -> None:
    rule = text_of(path)
    assert rule["author"] == OUR_AUTHOR
    assert rule["logsource"]["product"] == "ai"
    assert rule["logsource"].get("category") in CATEGORIES
    assert rule["status"] in {"experimental", "test", "stable"}
    assert rule["level"] in {"low", "medium", "high", "critical"}
    assert len(rule["description"]) > 40
    assert rule["falsepositives"]
    assert rule["date"].isoformat() >= "2026"
    assert rule["custom"]["pullcord"]["incident_type"] in TYPES


@pytest.mark.parametrize("path", FILES)
def test_every_tag_is_a_technique_that_exists(path: str) -> None:
    tags = text_of(path)["tags"]
    assert tags
    assert {tag.removeprefix("atlas.aml.").upper() for tag in tags} <= ATLAS


@pytest.mark.parametrize("path", FILES)
def test_rules_about_wording_are_text_signals_and_never_severe(path: str, rules: RuleSet) -> None:
    rule = text_of(path)
    if "gen_ai.tool.call.result" in FILES[path].decode():
        assert rule["custom"]["pullcord"]["signal"] == "text"
    if rule["custom"]["pullcord"].get("signal") == "text":
        assert rule["level"] in {"low", "medium"}


@pytest.mark.parametrize("path", FILES)
def test_every_rule_finds_its_positives_and_leaves_its_benign_events(path: str, rules: RuleSet) -> None:
    (rule,) = (rule for rule in rules.rules if rule.rule_id == text_of(path)["id"])
    cases = json.loads((CASES / path).with_suffix(".json").read_text(encoding="utf-8"))
    assert cases["positive"]
    assert cases["benign"]
    assert [case for case in cases["positive"] if not rule.node.match(View(case))] == []
    assert [case for case in cases["benign"] if rule.node.match(View(case))] == []


def test_no_events_without_a_rule() -> None:
    paths = {path.relative_to(CASES).with_suffix(".yml").as_posix() for path in CASES.rglob("*.json")}
    assert paths == set(FILES)


@pytest.mark.parametrize("path", FILES)
def test_benign_events_of_other_rules_stay_benign(path: str, rules: RuleSet) -> None:
    category = text_of(path)["logsource"].get("category")
    source = LogSource(product="ai", category=category)
    cases = json.loads((CASES / path).with_suffix(".json").read_text(encoding="utf-8"))
    loud = [
        (rule.title, case)
        for rule in rules.rules
        if serves(rule.logsource, source)
        for case in cases["benign"]
        if rule.node.match(View(case))
    ]
    assert loud == []
