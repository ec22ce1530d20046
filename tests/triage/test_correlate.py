from __future__ import annotations

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.incident import incident_id
from pullcord.model.times import HOUR
from pullcord.triage.correlate import Triaged, correlate
from tests.scenes import NO_PLANT, START, finding, flood, injected, plant, types


def run(findings: list[Finding], name: str = "discrete") -> Triaged:
    return correlate(iter(findings), plant(name), types())


def test_an_injection_becomes_one_incident_in_the_plants_words() -> None:
    (found,) = run(injected("planner-desk-helper")).incidents
    assert found.id == incident_id("t1-behaviour")
    assert found.title == "Indirect prompt injection: desk-helper"
    assert found.type == found.playbook == "prompt-injection-indirect"
    assert (found.assets, found.unregistered, found.trace_ids) == (("desk-helper",), (), ("t1",))
    assert found.malicious > 0.85
    assert found.severity is Severity.HIGH
    assert found.exposed == ("personal-data", "supplier")


def test_without_an_inventory_everything_is_unregistered() -> None:
    (found,) = correlate(injected("x"), NO_PLANT, types()).incidents
    assert found.unregistered == found.assets == ("x",)


def test_everyday_noise_is_folded_and_the_burst_in_it_is_an_incident() -> None:
    attack = [
        msgspec.structs.replace(
            one, id=f"scan-{n}", rule_id="scan", title="Port scan", time=START + 20 * HOUR + n
        )
        for n, one in enumerate(flood(300, 1))
    ]
    brute = [
        msgspec.structs.replace(
            one, id=f"brute-{n}", rule_id="b", title="Brute force", time=START + 20 * HOUR + n
        )
        for n, one in enumerate(flood(300, 1))
    ]
    result = run(flood(500, 72) + attack + brute)
    (found,) = result.incidents
    assert len(found.finding_ids) == 600
    assert sum(record.count for record in result.folded) == 500
    assert result.folded[0].reason.startswith("everyday noise")


def test_a_lone_weak_statement_is_folded_and_a_lone_behaviour_is_not() -> None:
    weak = finding("a", severity=Severity.LOW, kind=FindingKind.EXTERNAL, asset="h")
    strong = finding("b", severity=Severity.LOW, kind=FindingKind.BEHAVIOUR, asset="h")
    assert run([weak]).incidents == ()
    assert run([weak]).folded[0].finding_ids == ("a",)
    assert len(run([strong]).incidents) == 1


def test_text_alone_is_at_most_medium() -> None:
    one = finding(
        "a", severity=Severity.CRITICAL, kind=FindingKind.TEXT, asset="weld-inspector", trace_id="t"
    )
    (found,) = run([one]).incidents
    assert found.severity is Severity.MEDIUM


def test_nothing_gives_nothing() -> None:
    assert run([]) == Triaged(incidents=(), folded=())


drawn = st.builds(
    finding,
    st.sampled_from([f"f{n}" for n in range(12)]),
    st.integers(0, 100),
    asset=st.sampled_from([None, "desk-helper", "weld-vision", "robot-10a", "strange \u202e name"]),
    trace_id=st.sampled_from([None, None, "t1", "t2"]),
    severity=st.sampled_from(Severity),
    kind=st.sampled_from(FindingKind),
    incident_type=st.sampled_from([None, "tool-abuse", "malfunction", "no-such-type"]),
    entities=st.lists(st.sampled_from(["address:192.0.2.1", "host:h", "odd", ":", "user:u"]), max_size=2).map(
        tuple
    ),
)


@given(st.lists(drawn, max_size=14), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(findings: list[Finding], chance: random.Random) -> None:
    shuffled = findings + chance.choices(findings, k=3) if findings else []
    chance.shuffle(shuffled)
    assert run(findings) == run(shuffled)


@given(st.lists(drawn, max_size=14))
def test_each_finding_is_in_exactly_one_place(findings: list[Finding]) -> None:
    result = run(findings)
    placed = [name for found in result.incidents for name in found.finding_ids]
    placed += [name for record in result.folded for name in record.finding_ids]
    assert sorted(placed) == sorted({one.id for one in findings})
    assert len({found.id for found in result.incidents}) == len(result.incidents)
    assert all(found.severity is not Severity.INFORMATIONAL for found in result.incidents)
