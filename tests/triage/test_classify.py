from __future__ import annotations

import pytest

from pullcord.model.event import SourceTrust
from pullcord.model.finding import FindingKind, Severity
from pullcord.triage.classify import UNCLASSIFIED, Classifier
from pullcord.triage.rows import Signature
from tests.scenes import finding, types


def said(
    kind: str, by: FindingKind, rule: str = "r", trust: SourceTrust = SourceTrust.ATTACKER_WRITABLE
) -> Signature:
    return Signature(
        rule_id=rule,
        title="t",
        severity=Severity.LOW,
        kind=by,
        type=kind,
        why="test",
        product="p",
        asset="a",
        registered=False,
        site=None,
        trust=trust,
    )


def test_the_detector_comes_before_techniques_and_those_before_words() -> None:
    type_of = Classifier(types()).type_of
    full = finding("a", incident_type="tool-abuse", techniques=("AML.T0051.001",), title="port scan")
    assert type_of(full)[0] == "tool-abuse"
    assert (
        type_of(finding("a", techniques=("AML.T0051.001",), title="port scan"))[0]
        == "prompt-injection-indirect"
    )
    assert type_of(finding("a", title="Port scan of the server"))[0] == "it-reconnaissance"
    assert type_of(finding("a", title="Something"))[0] == UNCLASSIFIED


def test_techniques_of_the_enterprise_point_to_their_tactic() -> None:
    type_of = Classifier(types()).type_of
    assert type_of(finding("a", techniques=("T1110.003",)))[0] == "it-credential-access"
    assert type_of(finding("a", techniques=("TA0010",)))[0] == "it-exfiltration"
    assert type_of(finding("a", incident_type="made-up", techniques=("T9999",)))[0] == UNCLASSIFIED


def test_behaviour_outvotes_text_and_a_flood_votes_once() -> None:
    what = Classifier(types()).classify(
        [(said("tool-abuse", FindingKind.BEHAVIOUR), 1), (said("data-leakage", FindingKind.TEXT), 10_000)]
    )
    assert what.type == "tool-abuse"
    assert "data-leakage" in " ".join(what.reasons)


def test_unknown_is_no_rival_of_known() -> None:
    sources = [(said(UNCLASSIFIED, FindingKind.EXTERNAL, f"r{n}"), 1) for n in range(9)]
    known = (said("it-execution", FindingKind.EXTERNAL, "x"), 1)
    assert Classifier(types()).classify([*sources, known]).type == "it-execution"
    assert Classifier(types()).classify(sources).type == UNCLASSIFIED


def test_more_evidence_makes_an_attack_more_likely_and_never_certain() -> None:
    classify = Classifier(types()).classify
    one = classify([(said("tool-abuse", FindingKind.BEHAVIOUR), 1)]).malicious
    more = classify([(said("tool-abuse", FindingKind.BEHAVIOUR, f"r{n}"), 1) for n in range(3)]).malicious
    sure = classify([(said("tool-abuse", FindingKind.BEHAVIOUR, f"r{n}"), 1) for n in range(500)]).malicious
    assert one == pytest.approx(types()["tool-abuse"].malicious, abs=0.001)
    assert one < more == sure < 1


def test_a_malfunction_is_no_attack_however_often_it_is_seen() -> None:
    sources = [
        (said("malfunction", FindingKind.RULE, f"r{n}", SourceTrust.AUTHENTICATED), 1) for n in range(9)
    ]
    assert Classifier(types()).classify(sources).malicious < 0.1
