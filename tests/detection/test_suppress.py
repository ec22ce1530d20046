from __future__ import annotations

import pickle
import time
from fnmatch import fnmatchcase

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.suppress import Sieve, SuppressionError, Suppressions, _globs, must_be_named
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import DAY, from_rfc3339

NOW = from_rfc3339("2026-11-25T12:00:00Z")
ENTRY: dict[str, object] = {
    "id": "welders",
    "rule": "a1b2",
    "owner": "I. Halloran",
    "reason": "the maintenance bot writes here every night",
    "created": "2026-11-01",
    "expires": "2026-12-31",
}


def finding(**more: object) -> Finding:
    made = Finding(
        id="fnd-1",
        rule_id="a1b2",
        title="t",
        severity=Severity.MEDIUM,
        time=NOW,
        event_ids=("e1",),
        asset="bot",
        actor="svc-bot",
        site="Brackwede",
        entities=("host:h1", "user:u1"),
        techniques=("T0831",),
    )
    return msgspec.structs.replace(made, **more)


def load(
    *entries: dict[str, object], schema: str = "pullcord.suppressions/1", now: int = NOW
) -> Suppressions:
    return Suppressions.load({"schema": schema, "suppressions": list(entries)}, now)


def covers(entry: dict[str, object], about: Finding, now: int = NOW) -> bool:
    return load(ENTRY | entry).covering(about, now) is not None


@pytest.mark.parametrize(
    ("where", "covered"),
    [
        ({}, True),
        ({"asset": "bot"}, True),
        ({"asset": "other"}, False),
        ({"asset": ["other", "bot"]}, True),
        ({"asset": "BOT"}, False),
        ({"asset": "bot", "site": "Brackwede"}, True),
        ({"asset": "bot", "site": "Elsewhere"}, False),
        ({"entities": "user:u1"}, True),
        ({"entities": ["user:u2", "host:h1"]}, True),
        ({"entities": "user:*"}, False),
        ({"actor": "svc-bot", "techniques": ["T0831"]}, True),
        ({"techniques": ["T0836"]}, False),
    ],
)
def test_every_field_must_fit(where: dict[str, object], covered: bool) -> None:  # noqa: FBT001
    assert covers({"where": where}, finding()) is covered


def test_what_a_finding_does_not_say_fits_nothing() -> None:
    assert not covers({"where": {"asset": "bot"}}, finding(asset=None))
    assert not covers({"where": {"entities": "user:u1"}}, finding(entities=()))


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        ("a1b2", True),
        ("A1B2", False),
        ("a1", False),
        ("a1*", True),
        ("*", True),
        ("a?b?", True),
        ("?", False),
    ],
)
def test_rules_are_named_or_matched(rule: str, covered: bool) -> None:  # noqa: FBT001
    assert covers({"rule": rule, "where": {"asset": "bot"}}, finding()) is covered


def test_it_ends_with_its_last_day() -> None:
    end = from_rfc3339("2027-01-01T00:00:00Z")
    made = load(ENTRY)
    assert made.covering(finding(), end - 1) is not None
    assert made.expired(end - 1) == ()
    assert made.covering(finding(), end) is None
    assert [one.id for one in made.expired(end)] == ["welders"]


def test_the_clock_counts_and_not_the_event() -> None:
    assert not covers({}, finding(time=NOW), now=NOW + 100 * DAY)


@pytest.mark.parametrize(
    "more",
    [
        {"kind": FindingKind.BEHAVIOUR, "severity": Severity.HIGH},
        {"kind": FindingKind.BEHAVIOUR, "severity": Severity.CRITICAL, "entities": ("tag:TIC-204.SP",)},
        {"kind": FindingKind.RULE, "severity": Severity.HIGH, "entities": ("tag:TIC-204.SP",)},
        {"kind": FindingKind.ANOMALY, "severity": Severity.HIGH, "incident_type": "unsafe-setpoint"},
    ],
)
def test_what_is_grave_must_be_named(more: dict[str, object]) -> None:
    grave = finding(**more)
    assert must_be_named(grave)
    for rule in ("*", "a1*", "a1b?"):
        assert not covers({"rule": rule, "where": {"asset": "bot"}}, grave)
    assert covers({"rule": "a1b2", "where": {"asset": "bot"}}, grave)


@pytest.mark.parametrize(
    "more",
    [
        {"kind": FindingKind.BEHAVIOUR, "severity": Severity.MEDIUM, "entities": ("tag:x",)},
        {"kind": FindingKind.RULE, "severity": Severity.CRITICAL},
    ],
)
def test_what_is_not_may_be_matched(more: dict[str, object]) -> None:
    assert covers({"rule": "*", "where": {"asset": "bot"}}, finding(**more))


@pytest.mark.parametrize(
    ("change", "path", "what"),
    [
        ({"expires": "2027-11-03"}, "$.suppressions[0].expires", "more than 366 days"),
        ({"expires": "2026-10-31"}, "$.suppressions[0].expires", "before created"),
        ({"expires": "2026-02-30"}, "$.suppressions[0].expires", "no such day"),
        ({"created": "2026-11-28", "expires": "2026-12-01"}, "$.suppressions[0].created", "future"),
        ({"rule": "a*"}, "$.suppressions[0].rule", "without a where"),
        ({"rule": "a?", "where": {}}, "$.suppressions[0].rule", "without a where"),
    ],
)
def test_what_does_not_go_together(change: dict[str, object], path: str, what: str) -> None:
    with pytest.raises(SuppressionError, match=what) as told:
        load(ENTRY | change)
    (flaw,) = told.value.flaws
    assert flaw.path == path
    assert flaw.cure


def test_a_year_is_enough_and_allowed() -> None:
    assert covers({"created": "2026-11-01", "expires": "2027-11-02"}, finding())


def test_all_flaws_are_told_at_once() -> None:
    with pytest.raises(SuppressionError) as told:
        load(ENTRY, ENTRY | {"expires": "2026-13-01"}, schema="pullcord.suppressions/2")
    assert [flaw.path for flaw in told.value.flaws] == [
        "$.schema",
        "$.suppressions[1].id",
        "$.suppressions[1].expires",
    ]
    again = pickle.loads(pickle.dumps(told.value))  # noqa: S301  (made here)
    assert again.flaws == told.value.flaws


@pytest.mark.parametrize(
    "change",
    [
        {"owner": ""},
        {"reason": "because"},
        {"expires": "soon"},
        {"where": {"asset": []}},
        {"where": {"severity": "low"}},
        {"id": "two words"},
        {"until": "2027-01-01"},
        {"rule": ""},
    ],
)
def test_fields_are_strict(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        load(ENTRY | change)


@pytest.mark.parametrize("field", ["id", "rule", "owner", "reason", "created", "expires"])
def test_nothing_may_be_left_out(field: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=field):
        load({key: value for key, value in ENTRY.items() if key != field})


def test_the_file_is_bounded() -> None:
    with pytest.raises(msgspec.ValidationError):
        load(*[ENTRY | {"id": f"n{number}"} for number in range(1_001)])


def test_a_sieve_parts_and_counts() -> None:
    sieve = Sieve(load(ENTRY | {"where": {"asset": "bot"}}, ENTRY | {"id": "never", "rule": "zzz"}))
    mine, other = finding(), finding(asset="press")
    assert sieve.part([mine, other, mine], NOW) == ([other], [(mine, "welders"), (mine, "welders")])
    assert sieve.part([mine], NOW + 100 * DAY) == ([mine], [])
    assert sieve.counts == {"welders": 2, "never": 0}


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_patterns_mean_what_the_standard_library_says(pattern: str, text: str) -> None:
    assert _globs(pattern, text) is fnmatchcase(text, pattern)


def test_many_stars_take_no_time() -> None:
    begun = time.process_time()
    assert not _globs("*a" * 150 + "b", "a" * 2_000)
    assert time.process_time() - begun < 2
