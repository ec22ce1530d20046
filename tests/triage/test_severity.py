from __future__ import annotations

from pullcord.model.event import SourceTrust
from pullcord.model.finding import FindingKind, Severity
from pullcord.model.incident import ProductionRisk
from pullcord.model.inventory import Criticality
from pullcord.triage.impact import Impact
from pullcord.triage.rows import Signature
from pullcord.triage.severity import grade, weighty

NOWHERE = Impact(production_at_risk=ProductionRisk.NO)
EVERYWHERE = Impact(
    production_at_risk=ProductionRisk.YES,
    path=("a", "line"),
    safety=("curtain",),
    exposed=("recipe",),
    criticality=Criticality.CRITICAL,
)


def said(
    severity: Severity = Severity.MEDIUM, kind: FindingKind = FindingKind.RULE, rule: str = "r"
) -> Signature:
    return Signature(
        rule_id=rule,
        title="t",
        severity=severity,
        kind=kind,
        type="tool-abuse",
        why="test",
        product="p",
        asset="a",
        registered=True,
        site=None,
        trust=SourceTrust.ATTACKER_WRITABLE,
    )


def test_two_detectors_keep_the_strongest_finding() -> None:
    severity, reasons = grade("tool-abuse", [said(), said(rule="s")], NOWHERE, 1)
    assert severity is Severity.MEDIUM
    assert reasons[0] == "Strongest finding: medium."


def test_one_detector_that_the_suspect_could_feed_counts_less() -> None:
    assert grade("tool-abuse", [said()], NOWHERE, 1)[0] is Severity.LOW
    assert grade("tool-abuse", [said(kind=FindingKind.BEHAVIOUR)], NOWHERE, 1)[0] is Severity.MEDIUM


def test_production_safety_exposure_and_spread_raise_it_with_reasons() -> None:
    sources = [said(kind=FindingKind.BEHAVIOUR), said(rule="s")]
    severity, reasons = grade("tool-abuse", sources, EVERYWHERE, 5)
    assert severity is Severity.CRITICAL
    text = " ".join(reasons)
    for word in ("a → line", "curtain", "recipe", "critical importance", "5 assets"):
        assert word in text


def test_text_and_reports_alone_stay_at_medium() -> None:
    hearsay = [said(Severity.CRITICAL, FindingKind.TEXT), said(Severity.CRITICAL, FindingKind.REPORT, "s")]
    assert grade("unsafe-setpoint", hearsay, EVERYWHERE, 9)[0] is Severity.MEDIUM


def test_unknown_says_what_is_unknown() -> None:
    unknown = Impact(production_at_risk=ProductionRisk.UNKNOWN, unknown=("b", "c", "d", "e"))
    assert any("b, c, d and 1 more" in reason for reason in grade("tool-abuse", [said()], unknown, 1)[1])


def test_anomalies_alone_stay_at_medium() -> None:
    odd = [said(kind=FindingKind.ANOMALY), said(kind=FindingKind.ANOMALY, rule="s")]
    severity, reasons = grade("unsafe-setpoint", odd, EVERYWHERE, 9)
    assert severity is Severity.MEDIUM
    assert "Anomalies alone" in reasons[-1]
    assert grade("unsafe-setpoint", [*odd, said(rule="t")], EVERYWHERE, 9)[0] is Severity.CRITICAL


def test_a_low_alert_about_something_else_agrees_with_nothing() -> None:
    other = said(Severity.LOW, FindingKind.EXTERNAL, "s")._replace(type="it-reconnaissance", product="q")
    assert list(weighty("tool-abuse", [said(), other])) == [said()]
    assert list(weighty("malfunction", [other])) == [other]
    assert grade("tool-abuse", [said(), other], NOWHERE, 1)[0] is Severity.MEDIUM
    graver = other._replace(severity=Severity.MEDIUM)
    assert grade("tool-abuse", [said(), graver], NOWHERE, 1)[0] is Severity.HIGH


def test_weak_behaviour_does_not_expose() -> None:
    weak = said(Severity.LOW, FindingKind.BEHAVIOUR, "s")
    exposed = Impact(production_at_risk=ProductionRisk.NO, exposed=("recipe",))
    assert grade("tool-abuse", [said(), weak], exposed, 1)[0] is Severity.MEDIUM
    assert (
        grade("tool-abuse", [said(), said(kind=FindingKind.BEHAVIOUR, rule="s")], exposed, 1)[0]
        is Severity.HIGH
    )
