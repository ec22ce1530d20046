from __future__ import annotations

import msgspec

from pullcord.analysis.plant import Plant
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import HOUR
from pullcord.triage.noise import routine
from pullcord.triage.rows import Gatherer
from tests.scenes import NO_PLANT, START, finding, flood


def quiet(findings: list[Finding]) -> dict[str, bool]:
    rows = Gatherer(Plant(NO_PLANT), lambda _: ("it-unclassified", "test"), frozenset()).gather(findings)
    return dict(zip([row.id for row in rows], routine(rows), strict=True))


def test_an_even_hum_is_noise() -> None:
    assert all(quiet(flood(200, 48)).values())


def test_a_short_record_says_nothing_about_what_is_usual() -> None:
    assert not any(quiet(flood(200, 5)).values())


def test_a_burst_of_the_same_rule_is_no_noise() -> None:
    burst = [
        msgspec.structs.replace(one, id=f"burst-{n}", time=START + 20 * HOUR + n)
        for n, one in enumerate(flood(500, 1))
    ]
    found = quiet(flood(200, 48) + burst)
    assert not any(is_quiet for name, is_quiet in found.items() if name.startswith("burst-"))
    assert sum(found.values()) > 190


def test_what_begins_in_the_middle_is_news() -> None:
    news = [
        msgspec.structs.replace(one, id=f"news-{n}", rule_id="new", time=one.time + 40 * HOUR)
        for n, one in enumerate(flood(50, 8))
    ]
    found = quiet(flood(200, 48) + news)
    assert not any(found[one.id] for one in news)


def test_grave_findings_behaviour_reports_and_sessions_are_never_noise() -> None:
    for changes in (
        {"severity": Severity.HIGH},
        {"kind": FindingKind.BEHAVIOUR},
        {"kind": FindingKind.REPORT},
        {"trace_id": "t"},
    ):
        assert not any(quiet([msgspec.structs.replace(one, **changes) for one in flood(200, 48)]).values())


def test_nothing_is_nothing() -> None:
    assert quiet([]) == {}
    assert quiet([finding("a")]) == {"a": False}
