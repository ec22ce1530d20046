from __future__ import annotations

from pullcord.detection.engine import Detector
from pullcord.detection.rules import load_rules
from pullcord.detection.view import BACKTRACKING_LIMIT
from pullcord.model.event import LogSource, SourceTrust
from pullcord.model.finding import FindingKind, Severity, finding_id
from tests.detection.build import event, load, rule_yaml, selection


def test_a_finding_says_what_when_and_why() -> None:
    rules = load(selection({"a|contains": "bad"}), level="low", tags=["atlas.aml.t0051"], author="Somebody")
    hit = event(
        {"a": "a BAD thing", "gen_ai.agent.name": "helper"},
        site="s",
        asset="cell 3",
        actor="anna",
        trace_id="t",
        span_id="sp",
        trust=SourceTrust.AUTHENTICATED,
    )
    (finding,) = Detector(rules).detect([hit, event({"a": "fine"}, id="e2")])
    assert finding.id == finding_id("a.yml", ("e1",))
    assert (finding.rule_id, finding.title, finding.event_ids) == ("a.yml", "A rule", ("e1",))
    assert (finding.severity, finding.kind, finding.time) == (Severity.LOW, FindingKind.RULE, 5)
    assert (finding.site, finding.asset, finding.actor) == ("s", "cell 3", "anna")
    assert (finding.trace_id, finding.span_ids) == ("t", ("sp",))
    assert finding.techniques == ("AML.T0051",)
    assert finding.entities == ("actor:anna", "agent:helper")
    assert finding.reasons == ("a matched: a BAD thing", "Rule by Somebody.")
    assert finding.trust is SourceTrust.AUTHENTICATED


def test_wording_is_a_text_signal() -> None:
    custom = {"pullcord": {"signal": "text", "incident_type": "prompt-injection-indirect"}}
    (finding,) = Detector(load(selection({"a": "x"}), custom=custom)).detect([event({"a": "x"})])
    assert finding.kind is FindingKind.TEXT
    assert finding.incident_type == "prompt-injection-indirect"


def test_one_finding_per_rule_and_event_in_order() -> None:
    data = rule_yaml(selection({"a": "x"}))
    rules = load_rules([("one.yml", data), ("two.yml", data)])
    found = Detector(rules).detect([event({"a": "x"}, id="e1"), event({"a": "x"}, id="e2")])
    assert [(finding.event_ids[0], finding.rule_id) for finding in found] == [
        ("e1", "one.yml"),
        ("e1", "two.yml"),
        ("e2", "one.yml"),
        ("e2", "two.yml"),
    ]


def test_other_log_sources_are_not_looked_at() -> None:
    other = event({"a": "x"}, LogSource(product="ai", category="llm"))
    assert Detector(load(selection({"a": "x"}))).detect([other]) == []


def test_cut_values_are_counted() -> None:
    detector = Detector(load(selection({"a|re": "x(?=y)"})))
    assert detector.detect([event({"a": "z" * BACKTRACKING_LIMIT + "xy"})]) == []
    assert detector.cut_values == 1
