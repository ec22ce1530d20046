from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.plan import ActionKind
from pullcord.triage.types import IncidentTypeError, load_types
from tests.scenes import types

GOOD = b"""
schema: pullcord.incident_type/1
id: odd
version: 1
title: Odd
description: Something odd.
techniques: [AML.T0001]
malicious: 0.5
contain: [snapshot]
recover: [patch]
verify: It is gone.
"""

TWENTY = [
    "prompt-injection-direct",
    "prompt-injection-indirect",
    "memory-poisoning",
    "tool-abuse",
    "mcp-compromise",
    "data-poisoning",
    "model-backdoor",
    "malicious-artifact",
    "vision-evasion",
    "sensor-spoofing",
    "model-extraction",
    "data-leakage",
    "rag-poisoning",
    "supply-chain",
    "credential-theft",
    "shadow-ai",
    "denial-of-service",
    "unsafe-setpoint",
    "malfunction",
    "output-trust",
]


def test_the_twenty_types_ship_and_the_rest_are_tactics() -> None:
    assert set(TWENTY) == {kind for kind in types() if not kind.startswith("it-")}
    assert {"it-initial-access", "it-exfiltration", "it-impair-process-control"} <= set(types())


def test_every_type_takes_evidence_and_gives_back_only_through_recovery() -> None:
    for kind in types().values():
        assert ActionKind.SNAPSHOT in kind.contain, kind.id
        assert ActionKind.RETURN_TO_SERVICE not in kind.contain, kind.id
        assert kind.verify, kind.id
        assert kind.questions, kind.id


def test_a_type_is_read_as_written() -> None:
    kind = load_types([("odd.yaml", GOOD)])["odd"]
    assert (kind.title, kind.techniques, kind.contain) == ("Odd", ("AML.T0001",), (ActionKind.SNAPSHOT,))


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (b"malicious: 0.5", b"malicious: 1.5", "malicious"),
        (b"[snapshot]", b"[snapshot, snapshot]", "twice"),
        (b"[snapshot]", b"[return_to_service]", "return_to_service"),
        (b"[snapshot]", b"[explode]", "explode"),
        (b"incident_type/1", b"incident_type/2", "schema"),
        (b"title: Odd", b"titel: Odd", "titel"),
    ],
)
def test_a_wrong_file_is_refused_by_name(before: bytes, after: bytes, cause: str) -> None:
    with pytest.raises(IncidentTypeError, match=cause) as caught:
        load_types([("odd.yaml", GOOD.replace(before, after))])
    assert "odd.yaml" in str(caught.value)


def test_an_id_or_technique_belongs_to_one_type() -> None:
    with pytest.raises(IncidentTypeError, match="exists already"):
        load_types([("a", GOOD), ("b", GOOD)])
    with pytest.raises(IncidentTypeError, match="claimed by odd"):
        load_types([("a", GOOD), ("b", GOOD.replace(b"id: odd", b"id: even"))])


def test_too_large_is_refused() -> None:
    with pytest.raises(IncidentTypeError, match="limit"):
        load_types([("a", GOOD + b"#" * 70_000)])


@given(st.one_of(st.binary(max_size=200), st.sampled_from([b"[" * 50_000, b"a: &a [*a]", b"{" * 30_000])))
def test_any_bytes_give_a_type_or_the_one_error(data: bytes) -> None:
    with pytest.raises(IncidentTypeError):
        load_types([("x", data)])
