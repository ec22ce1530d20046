from __future__ import annotations

import random

import msgspec

from pullcord.detection.anomaly.tell import finding
from pullcord.detection.anomaly.watch import Watch
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from tests.detection.anomaly.build import declare, event

DRAW = random.Random(13)


def told_of(values: int, least: int = 5, *, entities: int = 1, **changes: object) -> Finding:
    """Feed usual values of each entity, then one wild value of the last."""
    watch = Watch(declare(**changes), 0, least)
    found, one = None, event(0, x=0.0)
    for entity in range(entities):
        track = watch.fresh(("", f"who-{entity}"))
        last = values if entity < entities - 1 else 60
        for i in range((last if entities > 1 else values) + 1):
            wild = entity == entities - 1 and i == (last if entities > 1 else values)
            one = event(i, x=1e6 if wild else DRAW.gauss(100, 1))
            seen = watch.reader.read(one)
            assert seen is not None
            told = watch.take(track, seen, one.time)
            if wild:
                assert told is not None
                found = finding(watch, track, told, rich(one))
    assert found is not None
    return found


def rich(one: Event) -> Event:
    attributes = {**one.attributes, "gen_ai.agent.name": "planner"}
    return msgspec.structs.replace(
        one,
        attributes=attributes,
        asset="press",
        actor="ann",
        site="north",
        trace_id="t",
        span_id="s",
        trust=SourceTrust.AUTHENTICATED,
    )


def test_a_finding_carries_what_triage_joins_by() -> None:
    found = told_of(1_000, severity="high", incident_type="tool-abuse", techniques=["AML.T0053"])
    assert found.id == finding_id("made-up", found.event_ids)
    assert (found.kind, found.severity) == (FindingKind.ANOMALY, Severity.HIGH)
    assert (found.site, found.asset, found.actor) == ("north", "press", "ann")
    assert (found.trace_id, found.span_ids, found.event_ids) == ("t", ("s",), ("e-1000",))
    assert (found.incident_type, found.techniques) == ("tool-abuse", ("AML.T0053",))
    assert "agent:planner" in found.entities
    assert found.trust is SourceTrust.AUTHENTICATED


def test_reasons_are_value_reference_threshold_meaning_and_what_else() -> None:
    value, reference, threshold, meaning, others = told_of(1_000).reasons
    assert value == "x is 1,000,000, for who-0."
    assert reference.startswith("Reference: usually 9")
    assert "The threshold is 10" in reference
    assert "scores came as high; at a stated false rate of 1 %." in threshold
    assert meaning == "Nothing."
    assert others == "What else explains it: a test."


def test_a_borrowed_threshold_says_so() -> None:
    assert "scores of others like it, as its own are too few" in told_of(90, entities=6).reasons[2]
    assert "the bound of the method itself" in told_of(70).reasons[2]


def test_hostile_names_are_shown_harmlessly() -> None:
    watch = Watch(declare(), 0, 5)
    track = watch.fresh(("", "a\x1b[31m\n" + "b" * 40))
    for _ in range(200):
        track.model.step(DRAW.gauss(100, 1), 0, watch.p)
    seen = watch.reader.read(event(1, x=1e9))
    assert seen is not None
    told = watch.take(track, seen, 1)
    assert told is not None
    said = " ".join(finding(watch, track, told, event(1)).reasons)
    assert "\x1b" not in said
    assert "\n" not in said
