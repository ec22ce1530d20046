from __future__ import annotations

import pytest

from pullcord.app.people.reports import Report, signal
from pullcord.intake.errors import UnreadableRecordError
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Severity
from pullcord.model.person import Principal, Scope

ANN = Principal(name="ann", scopes=frozenset({Scope.READ, Scope.RESPOND}))
BOX = Principal(name="box", scopes=frozenset({Scope.INGEST}))
DOOR = Principal(name="door", scopes=frozenset({Scope.INGEST}), authenticated=True)
KNOWN, UNKNOWN = SourceTrust.AUTHENTICATED, SourceTrust.ATTACKER_WRITABLE


@pytest.mark.parametrize(
    ("who", "sender", "trust", "shown"),
    [
        (ANN, "", KNOWN, "ann"),
        (ANN, " ann ", KNOWN, "ann"),
        (ANN, "the man at press 4", UNKNOWN, "the man at press 4"),
        (BOX, "", UNKNOWN, "box"),
        (BOX, "ann", UNKNOWN, "ann"),
        (DOOR, "ann", KNOWN, "ann"),
    ],
)
def test_nobody_is_known_by_what_they_call_themselves(
    who: Principal, sender: str, trust: SourceTrust, shown: str
) -> None:
    event, finding = signal(Report(text="odd", sender=sender, asset="press-copilot"), who, 5)
    assert (event.trust, finding.trust) == (trust, trust)
    assert (event.source, event.attributes["report.sender"]) == (who.name, shown)
    assert finding.severity is (Severity.MEDIUM if trust is KNOWN else Severity.LOW)
    assert (event.time, event.received, event.asset) == (5, 5, "press-copilot")


def test_a_report_without_words_is_refused() -> None:
    with pytest.raises(UnreadableRecordError):
        signal(Report(text="  "), ANN, 5)
