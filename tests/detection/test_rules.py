from __future__ import annotations

import subprocess
import sys

from pullcord.detection import rules as module
from pullcord.detection.extension import Signal
from pullcord.detection.rules import RuleState, load_rules
from pullcord.model.finding import Severity
from tests.detection.build import load, rule_yaml, selection

ID = "0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001"
SEARCH = selection({"a": "x"})


def test_a_rule_carries_what_findings_need() -> None:
    (rule,) = load(
        SEARCH,
        id=ID,
        level="high",
        author="Somebody",
        tags=["attack.t1059", "atlas.aml.t0051"],
        custom={"pullcord": {"incident_type": "tool-abuse", "signal": "text"}},
    ).rules
    assert rule.rule_id == ID
    assert rule.severity is Severity.HIGH
    assert rule.techniques == ("T1059", "AML.T0051")
    assert rule.author == "Somebody"
    assert rule.logsource.category == "tool"
    assert rule.extension.incident_type == "tool-abuse"
    assert rule.extension.signal is Signal.TEXT


def test_without_id_the_path_is_the_id_and_the_level_medium() -> None:
    rules = load_rules([("dir/a.yml", rule_yaml(SEARCH) + b"---\n" + rule_yaml(SEARCH))])
    assert [status.rule_id for status in rules.statuses] == ["dir/a.yml", "dir/a.yml#2"]
    assert rules.rules[0].severity is Severity.MEDIUM


def test_a_broken_document_leaves_its_neighbours() -> None:
    data = rule_yaml(SEARCH) + b"---\ntitle: [\n---\ncorrelation: {}\n---\n" + rule_yaml(SEARCH, id=ID)
    rules = load_rules([("a.yml", data)])
    states = [status.status for status in rules.statuses]
    assert states == [RuleState.LOADED, RuleState.FAILED, RuleState.FAILED, RuleState.LOADED]
    assert "missing required field `type`" in (rules.statuses[2].error or "")


def test_the_second_rule_with_an_id_fails() -> None:
    data = rule_yaml(SEARCH, id=ID)
    rules = load_rules([("a.yml", data), ("b.yml", data)])
    assert len(rules.rules) == 1
    assert rules.statuses[1].path == "b.yml"
    assert "same id" in (rules.statuses[1].error or "")


def test_a_failed_rule_keeps_its_id() -> None:
    (status,) = load(selection({"a|nosuch": "x"}), id=ID).statuses
    assert status.rule_id == ID
    assert status.status is RuleState.FAILED


def test_an_unreadable_and_an_empty_file_have_a_status() -> None:
    rules = load_rules([("a.yml", b"\xff"), ("b.yml", b"# nothing\n")])
    assert [status.rule_id for status in rules.statuses] == ["a.yml", "b.yml"]
    assert all(status.error for status in rules.statuses)


def test_the_number_of_rules_is_bounded() -> None:
    limit, module.RULE_LIMIT = module.RULE_LIMIT, 1
    try:
        rules = load_rules([("a.yml", rule_yaml(SEARCH)), ("b.yml", rule_yaml(SEARCH))])
    finally:
        module.RULE_LIMIT = limit
    assert len(rules.rules) == 1
    assert "more than 1 rules" in (rules.statuses[1].error or "")


def test_a_misspelt_extension_fails_the_rule() -> None:
    rules = load(SEARCH, custom={"pullcord": {"signal": "txt"}})
    assert "custom.pullcord" in (rules.statuses[0].error or "")


def test_the_parser_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, pullcord.detection.engine; print('sigma' in sys.modules, 're2' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]
