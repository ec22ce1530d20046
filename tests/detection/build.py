"""Short ways to make rules and events in tests."""

from __future__ import annotations

import msgspec
import yaml

from pullcord.detection.rules import RuleSet, load_rules
from pullcord.detection.view import View
from pullcord.model.event import Attributes, Event, LogSource

SOURCE = LogSource(product="ai", category="tool")


def rule_yaml(detection: dict[str, object], /, **more: object) -> bytes:
    """One rule as YAML; ``more`` replaces or adds top-level keys."""
    rule = {
        "title": "A rule",
        "logsource": {"product": "ai", "category": "tool"},
        "detection": detection,
        **more,
    }
    return yaml.safe_dump(rule, allow_unicode=True, sort_keys=False).encode()


def load(detection: dict[str, object], /, **more: object) -> RuleSet:
    """Load one rule."""
    return load_rules([("a.yml", rule_yaml(detection, **more))])


def selection(search: object, condition: object = "selection") -> dict[str, object]:
    """A detection with one search."""
    return {"selection": search, "condition": condition}


def error(rules: RuleSet) -> str:
    """Why the only document failed."""
    (status,) = rules.statuses
    assert status.error is not None, "the rule was expected to fail"
    return status.error


def hits(search: object, attributes: Attributes, condition: str = "selection") -> bool:
    """Whether a rule with this search matches."""
    rules = load(selection(search, condition))
    assert rules.rules, rules.statuses
    return rules.rules[0].node.match(View(attributes))


def event(attributes: Attributes, logsource: LogSource = SOURCE, **more: object) -> Event:
    """An event of a tool call."""
    made = Event(id="e1", time=5, logsource=logsource, attributes=attributes)
    return msgspec.structs.replace(made, **more)
