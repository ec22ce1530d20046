from __future__ import annotations

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.ocsf import decode
from pullcord.model.event import SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity

GOOD: dict[str, object] = {
    "class_uid": 2004,
    "time": 1_700_000_000_123,
    "severity_id": 4,
    "metadata": {"product": {"name": "Sensor"}},
    "finding_info": {
        "uid": "f1",
        "title": "Odd login",
        "types": ["Credential Access"],
        "analytic": {"uid": "r1", "name": "login rule", "type_id": 1},
        "attacks": [
            {"technique": {"uid": "T1110"}, "sub_technique": {"uid": "T1110.001"}},
            {"technique": {"uid": "T1078"}},
        ],
    },
    "device": {"hostname": "hmi-1", "ip": "192.0.2.7"},
    "actor": {"user": {"name": "Ann"}},
    "evidences": [{"uid": "e1"}, {"uid": "e2"}],
}


def read(**changes: object) -> Finding:
    return decode(orjson.dumps(GOOD | changes), Context())


def test_a_foreign_finding() -> None:
    assert read() == Finding(
        id="f1",
        rule_id="r1",
        title="Odd login",
        severity=Severity.HIGH,
        time=1_700_000_000_123_000_000,
        event_ids=("e1", "e2"),
        kind=FindingKind.EXTERNAL,
        asset="hmi-1",
        actor="Ann",
        techniques=("T1110.001", "T1078"),
        entities=("host:hmi-1", "address:192.0.2.7", "user:ann"),
        reasons=("Type: Credential Access.",),
        product="Sensor",
    )


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"severity_id": 0}, Severity.LOW),
        ({"severity_id": None}, Severity.LOW),
        ({"severity_id": "4"}, Severity.LOW),
        ({"severity_id": 1}, Severity.INFORMATIONAL),
        ({"severity_id": 6}, Severity.CRITICAL),
        ({"severity_id": 99, "severity": "High"}, Severity.HIGH),
        ({"severity_id": 99, "severity": "purple"}, Severity.LOW),
    ],
)
def test_severities(changes: dict[str, object], severity: Severity) -> None:
    assert read(**changes).severity is severity


def test_the_least_a_finding_can_be() -> None:
    found = decode(b'{"class_uid":2004,"time":"2026-01-01T00:00:00Z","finding_info":{"uid":"x"}}', Context())
    assert (found.id, found.rule_id, found.title, found.product) == ("x", "x", "x", "unknown")
    assert found.event_ids == ()


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"class_uid": 2005}, "class 2005"),
        ({"time": None}, "time"),
        ({"time": 1e300}, "time"),
        ({"finding_info": None}, "finding_info"),
        ({"finding_info": {}}, "finding_info.uid"),
    ],
)
def test_wrong_fields_are_named(changes: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError) as error:
        read(**changes)
    assert cause in error.value.cause


def test_nobody_can_raise_the_trust_in_themselves() -> None:
    claim = {"pullcord": {"time": "2023-11-14T22:13:20.123456789Z", "trust": "authenticated", "kind": "rule"}}
    found = read(unmapped=claim)
    assert found.trust is SourceTrust.ATTACKER_WRITABLE
    assert (found.kind, found.time) == (FindingKind.RULE, 1_700_000_000_123_456_789)


def test_a_claimed_time_that_disagrees_is_not_believed() -> None:
    claim = {"pullcord": {"time": "2020-01-01T00:00:00Z"}}
    assert read(unmapped=claim).time == 1_700_000_000_123_000_000


@pytest.mark.parametrize(
    "claim", [{}, {"time": "x"}, {"time": 5}, {"time": "2020-01-01T00:00:00Z", "kind": "god"}]
)
def test_claims_that_do_not_fit_make_a_foreign_finding(claim: object) -> None:
    assert read(unmapped={"pullcord": claim}).kind is FindingKind.EXTERNAL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "device",
    "actor",
    "evidences",
    "observables",
    "resources",
    "metadata",
    "severity_id",
    "time",
    "unmapped",
]


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON),
    st.dictionaries(st.sampled_from(["attacks", "types", "desc"]), JSON),
)
def test_any_fields(changes: dict[str, object], info: dict[str, object]) -> None:
    with suppress(UnreadableRecordError):
        assert read(**changes, finding_info={"uid": "f"} | info).id == "f"


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(UnreadableRecordError):
        decode(data, Context())
