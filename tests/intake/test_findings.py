from __future__ import annotations

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.findings import decode
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, Severity

GOOD: dict[str, object] = {
    "finding_id": "f1",
    "rule_id": "r1",
    "title": "Odd",
    "severity": "high",
    "time": "1970-01-01T00:00:01Z",
    "event_id": "e1",
    "asset": None,
    "techniques": ["T1"],
}


def read(**changes: object) -> Finding:
    return decode(orjson.dumps(GOOD | changes), Context())


def test_a_line() -> None:
    assert read(later_field=1) == Finding(
        id="f1",
        rule_id="r1",
        title="Odd",
        severity=Severity.HIGH,
        time=1_000_000_000,
        event_ids=("e1",),
        techniques=("T1",),
    )


def test_correlations_have_several_events() -> None:
    assert read(event_ids=["e0", "e1"]).event_ids == ("e0", "e1")


def test_a_line_cannot_raise_the_trust_in_itself() -> None:
    assert read(trust="authenticated").trust is SourceTrust.ATTACKER_WRITABLE
    trusted = Context(trust=SourceTrust.AUTHENTICATED)
    line = orjson.dumps(GOOD | {"trust": "authenticated"})
    assert decode(line, trusted).trust is SourceTrust.AUTHENTICATED
    assert decode(orjson.dumps(GOOD), trusted).trust is SourceTrust.ATTACKER_WRITABLE


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "purple"},
        {"time": "soon"},
        {"finding_id": ""},
        {"techniques": "T1"},
        {"title": 5},
        {"rule_id": None},
    ],
)
def test_wrong_fields_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UnreadableRecordError):
        read(**changes)


@given(
    st.binary()
    | st.dictionaries(st.sampled_from(list(GOOD)), st.text() | st.integers(0, 9)).map(orjson.dumps)
)
def test_any_bytes(data: bytes) -> None:
    with suppress(UnreadableRecordError):
        assert decode(data, Context()).id
