from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pullcord.content import walk
from pullcord.detection.correlation.rule import CorrelationRule
from pullcord.detection.describe import OUR_AUTHOR
from pullcord.detection.lint import lint_rules
from pullcord.detection.rule_tests import fresh_detectors, item_events, run_tests
from pullcord.detection.rules import Rule, RuleSet, load_rules
from pullcord.model.finding import Severity

FILES = dict(walk("rules", ".yml"))
TECHNIQUES = frozenset((Path(__file__).parent / "techniques.txt").read_text(encoding="utf-8").split("\n")[1:])
UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LEAST_RULES = 3
SOURCES = Path(__file__).parents[2] / "src" / "pullcord" / "detection"

# What finds each type besides rules: ids of anomaly declarations, and of behaviour detectors.
DETECTORS: dict[str, tuple[str, ...]] = {
    "prompt-injection-direct": ("llm-refusals",),
    "prompt-injection-indirect": ("agent-tool-sequence", "pullcord.behaviour.untrusted-value-in-call"),
    "memory-poisoning": ("pullcord.behaviour.memory-write-after-untrusted",),
    "tool-abuse": ("agent-new-tool", "agent-tool-calls", "pullcord.behaviour.tool-loop"),
    "mcp-compromise": (
        "pullcord.behaviour.tool-definition-changed",
        "pullcord.behaviour.tool-name-shadowed",
    ),
    "data-poisoning": (),
    "model-backdoor": (),
    "malicious-artifact": (),
    "vision-evasion": ("vision-score-drift", "vision-confidence-collapse", "vision-class-mix"),
    "sensor-spoofing": ("ot-residual", "ot-rate-of-change"),
    "model-extraction": ("model-query-rate",),
    "data-leakage": ("agent-new-destination", "pullcord.behaviour.canary-leak"),
    "rag-poisoning": (),
    "supply-chain": ("llm-new-model",),
    "credential-theft": (
        "access-failures",
        "access-rare-place",
        "pullcord.behaviour.credential-from-new-place",
    ),
    "shadow-ai": ("pullcord.behaviour.shadow-ai-service", "pullcord.behaviour.shadow-ai-server"),
    "denial-of-service": ("llm-spend", "llm-latency", "pullcord.behaviour.session-spend"),
    "unsafe-setpoint": ("ot-write-rate", "pullcord.behaviour.ot-write-outside-envelope"),
    "malfunction": (),
    "output-trust": (),
}


@cache
def shipped() -> RuleSet:
    return load_rules(FILES.items())


@cache
def documents() -> list[dict[str, Any]]:
    return [each for data in FILES.values() for each in yaml.safe_load_all(data)]


def all_rules() -> list[Rule | CorrelationRule]:
    return [*shipped().rules, *shipped().correlations]


def test_every_document_loads_under_its_own_id() -> None:
    assert [status.error for status in shipped().statuses if status.error] == []
    ids = [rule.rule_id for rule in all_rules()]
    assert len(ids) == len(set(ids)) == len(documents()) > len(FILES)
    assert all(UUID4.fullmatch(rule_id) for rule_id in ids)


def test_lint_has_nothing_to_say() -> None:
    assert lint_rules(FILES.items()) == []


@pytest.mark.parametrize("document", documents(), ids=lambda each: each["title"])
def test_every_rule_is_documented(document: dict[str, Any]) -> None:
    assert document["author"] == OUR_AUTHOR
    assert document["status"] in {"experimental", "test", "stable"}
    assert document["date"].isoformat() >= "2026"
    assert len(document["description"]) > 40
    assert document["description"].rstrip().endswith(".")
    assert len(document["title"]) <= 80


def test_every_technique_exists() -> None:
    assert len(TECHNIQUES) > 200
    unknown = {
        (rule.title, technique)
        for rule in all_rules()
        for technique in rule.techniques
        if technique not in TECHNIQUES
    }
    assert unknown == set()
    tags = {tag for each in documents() for tag in each.get("tags") or ()}
    assert all(tag.startswith(("atlas.aml.t", "attack.t")) for tag in tags)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda each: each.title)
def test_the_tests_of_every_rule_pass(rule: Rule | CorrelationRule) -> None:
    results = run_tests(shipped(), rule.rule_id, FRESH)
    assert len(results) >= 4
    assert [result for result in results if not result.passed] == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda each: each.title)
def test_benign_events_of_every_rule_page_nobody(rule: Rule | CorrelationRule) -> None:
    # Sequences that are short of a correlation may well be worth a look by another rule.
    quiet = Severity.MEDIUM if isinstance(rule, CorrelationRule) else Severity.LOW
    loud = [
        (index, finding.title)
        for index, item in enumerate(rule.extension.tests.benign)
        for finding in FRESH(shipped()).detect(item_events(shipped(), rule.rule_id, item))
        if finding.severity.rank > quiet.rank
    ]
    assert loud == []


def test_rules_that_serve_correlations_are_informational_and_used() -> None:
    used = {reference.rule_id for rule in shipped().correlations for reference in rule.references}
    for rule in all_rules():
        assert rule.emits is (rule.rule_id not in used)
        assert (rule.severity is Severity.INFORMATIONAL) is not rule.emits, rule.title


def test_every_incident_type_has_rules() -> None:
    types = {path.removesuffix(".yaml") for path, _ in walk("incident_types", ".yaml") if "/" not in path}
    assert set(DETECTORS) == types
    assert len(types) == 20
    found = {name: {rule.title for rule in all_rules() if rule.emits and of(rule) == name} for name in types}
    assert {name: titles for name, titles in found.items() if len(titles) < LEAST_RULES} == {}


def test_the_other_detectors_of_a_type_exist() -> None:
    anomalies = {yaml.safe_load(data)["id"] for _, data in walk("anomalies", ".yaml")}
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in SOURCES.joinpath("behaviour").rglob("*.py")
    )
    behaviours = set(re.findall(r"pullcord\.behaviour\.[a-z-]+", source))
    assert {name for names in DETECTORS.values() for name in names} <= anomalies | behaviours


def test_metadata_is_enough_for_most_types() -> None:
    text = {of(rule) for rule in all_rules() if rule.emits and rule.extension.signal == "text"}
    other = {of(rule) for rule in all_rules() if rule.emits and rule.extension.signal != "text"}
    assert text <= other


def of(rule: Rule | CorrelationRule) -> str | None:
    return rule.extension.incident_type


FRESH = fresh_detectors()
