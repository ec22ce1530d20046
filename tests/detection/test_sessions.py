from __future__ import annotations

from pullcord.analysis.sessions import build_session
from pullcord.detection.behaviour import RULE_ID
from pullcord.detection.sessions import SessionDetectors
from pullcord.model.finding import FindingKind
from tests.app.pipelines import attack


def test_what_was_done_comes_first_then_how_it_was_worded() -> None:
    found = SessionDetectors().examine(build_session(attack("a" * 32)))
    assert found[0].rule_id == RULE_ID
    assert {finding.kind for finding in found} <= {FindingKind.BEHAVIOUR, FindingKind.TEXT}


def test_destinations_of_our_own_are_no_outside() -> None:
    session = build_session(attack("b" * 32))
    host = "stranger-" + "b" * 32 + ".example"
    assert any(f"destination:{host}" in one.entities for one in SessionDetectors().examine(session))
    assert not any(f"destination:{host}" in one.entities for one in SessionDetectors([host]).examine(session))
