from __future__ import annotations

from typing import Any

import msgspec

from pullcord.detection.correlation.correlator import Correlator
from pullcord.detection.rules import load_rules
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity
from tests.detection.correlation.scenarios import BASES, event, matches
from tests.detection.correlation.scenarios import rule_set as plain_set

YAML = """
title: Many refused calls
id: 0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001
level: high
author: Somebody
tags: [attack.t1110]
custom: {pullcord: {incident_type: credential-theft}}
correlation: %s
---
title: Refused call
name: a
tags: [atlas.aml.t0053]
custom: {pullcord: {signal: %s}}
logsource: {product: ai}
detection: {s: {m: a}, condition: s}
---
title: Odd call
name: b
logsource: {product: ai}
detection: {s: {m: b}, condition: s}
"""
COUNT = "{type: event_count, rules: [a, b], group-by: [user], timespan: 5m, condition: {gte: 3}}"


def found(correlation: str, *events: Event, signal: str = "rule") -> list[Finding]:
    rules = load_rules([("x.yml", (YAML % (correlation, signal)).encode())])
    assert not [status for status in rules.statuses if status.error]
    return Correlator(rules.correlations).feed(matches(rules, events))


def envelope(number: int, seconds: float, *rules: str, **more: Any) -> Event:  # noqa: ANN401
    made = event(
        number, seconds, m=list(rules), user="ann", v=number, **{"user.name": "Ann", "host.name": "h1"}
    )
    return msgspec.structs.replace(made, **{"site": "plant", "asset": "agent-7", "actor": "ann", **more})


def test_a_finding_says_what_it_rests_on() -> None:
    (finding,) = found(
        COUNT,
        envelope(1, 1, "a", trace_id="t1", trust=SourceTrust.AUTHENTICATED),
        envelope(2, 2, "a", trace_id="t1", actor="bob"),
        envelope(3, 61.5, "b", trace_id="t1", trust=SourceTrust.AUTHENTICATED),
    )
    assert finding.rule_id == "0c1ae2a3-8b8e-4d0b-9f0d-4a3c1c3a0001"
    assert (finding.title, finding.severity) == ("Many refused calls", Severity.HIGH)
    assert finding.event_ids == ("e1", "e2", "e3")
    assert finding.time == 61_500_000_000
    assert (finding.site, finding.asset, finding.actor, finding.trace_id) == ("plant", "agent-7", None, "t1")
    assert finding.techniques == ("T1110", "AML.T0053")
    assert finding.incident_type == "credential-theft"
    assert set(finding.entities) == {"actor:ann", "actor:bob", "user:Ann", "host:h1"}
    assert finding.trust is SourceTrust.ATTACKER_WRITABLE
    assert finding.kind is FindingKind.RULE
    assert finding.reasons == (
        "3 matches of 'Refused call' (2×), 'Odd call' (1×) for user=ann within 5 min; the rule asks for at least 3.",
        "The first was at 1970-01-01T00:00:01Z, the last at 1970-01-01T00:01:01.500Z.",
        "Rule by Somebody.",
    )


def test_wording_alone_stays_a_signal_however_often_it_comes() -> None:
    texts = [envelope(number, number, "a") for number in range(3)]
    (finding,) = found(COUNT, *texts, signal="text")
    assert finding.kind is FindingKind.TEXT
    (finding,) = found(COUNT, *texts[:2], envelope(5, 5, "b"), signal="text")
    assert finding.kind is FindingKind.RULE


def test_only_the_newest_events_are_listed_and_it_says_so() -> None:
    correlation = COUNT.replace("gte: 3", "gte: 150")
    (finding,) = found(correlation, *(envelope(number, number / 10, "a") for number in range(150)))
    assert finding.event_ids == tuple(f"e{number}" for number in range(50, 150))
    assert "Only the newest 100 of 150 events are listed." in finding.reasons


def reason(section: dict[str, Any], *events: Event) -> str:
    rules = plain_set({"one": {"rules": list(BASES[:2]), "timespan": "1m", **section}})
    return Correlator(rules.correlations).feed(matches(rules, events))[-1].reasons[0]


def test_reasons_name_reference_value_and_threshold() -> None:
    events = [envelope(2, 1, "a"), envelope(7, 2, "b"), envelope(5, 3, "a")]
    tail = "in 3 matches of 'Base a' (2×), 'Base b' (1×) within 1 min; the rule asks for"
    for kind, condition, wanted in (
        ("value_count", {"gt": 2}, f"3 different values of v (5, 7, 2) {tail} more than 2."),
        ("value_sum", {"gte": 14}, f"The sum of v was 14 {tail} at least 14."),
        (
            "value_avg",
            {"gt": 4.5, "lt": 4.7},
            f"The average of v was 4.66667 {tail} more than 4.5 and less than 4.7.",
        ),
        ("value_median", {"eq": 5}, f"The median of v was 5 {tail} exactly 5."),
        ("value_percentile", {"gte": 6.8, "percentile": 100}, "Percentile 100 of v was 7 in"),
    ):
        assert reason({"type": kind, "condition": {**condition, "field": "v"}}, *events).startswith(wanted)
    seen = "Matches of 'Base a' (1×), 'Base b' (1×) within 1 min; the rule asks for"
    for kind, extended, wanted in (
        ("temporal", None, f"{seen} at least 2 of its rules."),
        ("temporal_ordered", None, f"{seen} at least 2 of its rules, one after the other."),
        ("temporal", "a and b", f'{seen} "a and b".'),
    ):
        assert reason({"type": kind, "condition": extended}, *events[:2]) == wanted


def test_many_titles_are_cut() -> None:
    names = [f"r{number}" for number in range(7)]
    documents = [
        "title: T\ncorrelation: {type: temporal, timespan: 1m, rules: [" + ", ".join(names) + "]}\n",
        *(
            f"title: Rule {name}\nname: {name}\nlogsource: {{product: ai}}\n"
            "detection: {s: {m: a}, condition: s}\n"
            for name in names
        ),
    ]
    rules = load_rules([("x.yml", "---\n".join(documents).encode())])
    (finding,) = Correlator(rules.correlations).feed(matches(rules, [event(1, 1, m=["a"])]))
    assert "'Rule r4' (1×) and 2 more within 1 min" in finding.reasons[0]
