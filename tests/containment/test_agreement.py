from __future__ import annotations

import msgspec

from pullcord.containment.agreement import agreeing, automatic
from pullcord.model.event import SourceTrust
from pullcord.model.finding import FindingKind, Severity
from pullcord.model.inventory import Mode
from pullcord.model.plan import ActionClass
from tests.scenes import finding, types

KIND = types()["tool-abuse"]
ONE = finding("a", incident_type="tool-abuse")
OTHER = finding("b", techniques=("AML.T0053",), trust=SourceTrust.AUTHENTICATED)


def test_two_detectors_on_different_events_agree() -> None:
    assert agreeing([ONE, OTHER], KIND) == (2, True)
    assert automatic(Mode.ACT_R1, ActionClass.R1, [ONE, OTHER], KIND)[0]


def test_the_same_detector_or_the_same_event_is_no_second_opinion() -> None:
    same_rule = msgspec.structs.replace(OTHER, rule_id=ONE.rule_id)
    same_event = msgspec.structs.replace(OTHER, event_ids=ONE.event_ids)
    assert agreeing([ONE, same_rule], KIND)[0] == 1
    assert agreeing([ONE, same_event], KIND) == (1, True)


def test_hearsay_and_other_types_do_not_count() -> None:
    for kind in (FindingKind.TEXT, FindingKind.REPORT):
        assert agreeing([ONE, msgspec.structs.replace(OTHER, kind=kind)], KIND) == (1, False)
    assert agreeing([ONE, finding("c", incident_type="malfunction")], KIND)[0] == 1
    assert agreeing([ONE, OTHER], None) == (0, False)


def test_low_findings_do_not_count() -> None:
    weak = msgspec.structs.replace(OTHER, severity=Severity.LOW)
    assert agreeing([ONE, weak], KIND) == (1, False)


def test_all_from_where_the_suspect_writes_is_not_enough() -> None:
    forged = msgspec.structs.replace(OTHER, trust=SourceTrust.ATTACKER_WRITABLE)
    runs, why = automatic(Mode.ACT_R1, ActionClass.R0, [ONE, forged], KIND)
    assert not runs
    assert "could have written" in why


def test_no_mode_runs_r2_by_itself() -> None:
    for mode in Mode:
        for plan_class in (ActionClass.R2, ActionClass.R3):
            assert not automatic(mode, plan_class, [ONE, OTHER], KIND)[0]
