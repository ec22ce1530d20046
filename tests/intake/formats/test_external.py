from __future__ import annotations

from pullcord.intake.envelope import Draft
from pullcord.intake.formats.common import close
from pullcord.intake.formats.external import Verdict, external
from pullcord.model.event import SourceTrust, Value
from pullcord.model.finding import FindingKind, Severity, finding_id
from tests.intake.formats.helpers import origin


def test_a_finding_rests_on_its_event() -> None:
    attributes: dict[str, Value] = {
        "host.name": "PLC-GW",
        "source.address": "10.0.0.1",
        "destination.address": "10.0.0.2",
        "user.name": "Op1",
        "other": "x",
    }
    event = close(
        Draft(id="e", time=7, attributes=attributes, asset="a", actor="u"), origin(), "p", None, None
    )
    told = Verdict(
        "tool", "tool:1", "t" * 900, Severity.HIGH, ("Why.",), ["T1059", "t1021_004", 7, "x", "AML.T0051"]
    )
    found = external(event, told)
    assert found.id == finding_id("tool:1", ("e",))
    assert (found.kind, found.time, found.asset, found.actor) == (FindingKind.EXTERNAL, 7, "a", "u")
    assert found.techniques == ("T1059", "T1021.004", "AML.T0051")
    assert found.entities == ("host:plc-gw", "address:10.0.0.1", "address:10.0.0.2", "user:op1")
    assert found.trust is SourceTrust.ATTACKER_WRITABLE
    assert len(found.title) == 500


def test_techniques_are_bounded() -> None:
    event = close(Draft(id="e", time=7, attributes={}), origin(), "p", None, None)
    many = [f"T{number}" for number in range(1_000, 9_000)]
    assert len(external(event, Verdict("p", "r", "t", Severity.LOW, (), many)).techniques) == 32
