from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.output import to_line, to_native, to_ocsf
from pullcord.intake import findings, ocsf
from pullcord.intake.context import Context
from pullcord.model.event import Event, LogSource, SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import EARLIEST, LATEST, MILLISECOND

TRUSTED = Context(trust=SourceTrust.AUTHENTICATED)
NAMES = st.text(min_size=1, max_size=20)
MAYBE = st.none() | NAMES
TUPLES = st.lists(NAMES, max_size=4, unique=True).map(tuple)
FINDINGS = st.builds(
    Finding,
    id=NAMES,
    rule_id=NAMES,
    title=NAMES,
    severity=st.sampled_from(Severity),
    time=st.integers(EARLIEST + MILLISECOND, LATEST),
    event_ids=TUPLES,
    kind=st.sampled_from(FindingKind),
    site=MAYBE,
    asset=MAYBE,
    actor=MAYBE,
    trace_id=MAYBE,
    span_ids=TUPLES,
    techniques=TUPLES,
    incident_type=MAYBE,
    entities=TUPLES,
    reasons=TUPLES,
    product=st.just("pullcord") | NAMES,
    trust=st.sampled_from(SourceTrust),
)
FULL = Finding(
    id="fnd-1",
    rule_id="r1",
    title="Odd write",
    severity=Severity.HIGH,
    time=1_700_000_000_123_456_789,
    event_ids=("e1", "e2"),
    asset="press-3",
    actor="planner",
    trace_id="t",
    span_ids=("s1", "s2"),
    techniques=("AML.T0051",),
    incident_type="unsafe-setpoint",
)


def test_a_line_has_what_scripts_rely_on() -> None:
    line = to_line(FULL)
    assert {name: line[name] for name in list(line)[:9]} == {
        "finding_id": "fnd-1",
        "rule_id": "r1",
        "title": "Odd write",
        "severity": "high",
        "time": "2023-11-14T22:13:20.123456789Z",
        "event_id": "e2",
        "asset": "press-3",
        "techniques": ["AML.T0051"],
        "event_ids": ["e1", "e2"],
    }


@given(FINDINGS)
def test_lines_read_back_are_the_same_finding(finding: Finding) -> None:
    assert findings.decode(orjson.dumps(to_line(finding)), TRUSTED) == finding


@given(FINDINGS)
def test_ocsf_read_back_is_the_same_finding(finding: Finding) -> None:
    assert ocsf.decode(orjson.dumps(to_ocsf(finding)), TRUSTED) == finding


def test_ocsf_has_all_that_class_2004_requires() -> None:
    record = to_ocsf(FULL)
    ids = {"category_uid": 2, "class_uid": 2004, "activity_id": 1, "type_uid": 200401, "severity_id": 4}
    assert {name: record[name] for name in ids} == ids
    assert record["time"] == 1_700_000_000_123
    assert record["device"] == {"type_id": 0, "type": "Unknown", "name": "press-3", "hostname": "press-3"}
    assert orjson.loads(orjson.dumps(record))["metadata"]["product"]["vendor_name"] == "Pullcord"
    assert orjson.loads(orjson.dumps(record))["finding_info"]["attacks"] == [
        {"technique": {"uid": "AML.T0051"}}
    ]


def test_names_that_are_no_host_names_are_not_written_as_such() -> None:
    finding = Finding(
        id="f", rule_id="r", title="t", severity=Severity.LOW, time=0, event_ids=(), asset="line 3: press"
    )
    assert to_ocsf(finding)["device"] == {"type_id": 0, "type": "Unknown", "name": "line 3: press"}
    assert "evidences" not in to_ocsf(finding)


def test_native_leaves_out_what_is_not_known() -> None:
    event = Event(id="e", time=0, logsource=LogSource(product="ai"), attributes={"a": 1}, received=5)
    assert to_native(event) == {
        "id": "e",
        "time": "1970-01-01T00:00:00Z",
        "logsource": {"product": "ai"},
        "attributes": {"a": 1},
    }
