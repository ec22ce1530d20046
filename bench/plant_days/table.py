"""The tables of a replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bench.plant_days.attacks import ATTACKS, attack_of
from bench.plant_days.replay import Told, by_rule
from pullcord.model.finding import Finding

PAGES_PER_WEEK = 1.0
"""The most false pages that a site may get in a week."""
_WEEK = 7
_LEVELS = ("none", "low", "medium", "high", "critical")


def show(told: Told, days: int) -> bool:
    """Print what came out; whether it holds the goal."""
    _rules(told, days)
    levels = Counter(incident.severity.value for incident in told.incidents.values())
    a_day = len(told.findings) / days
    print(f"\n{told.events} events, {days} days, {len(told.findings)} findings ({a_day:.1f} a day)")
    print("incidents: " + ", ".join(f"{level} {levels[level]}" for level in _LEVELS[1:]))
    for incident, members in told.pages:
        rules = " / ".join(sorted({one.rule_id for one in members}))
        print(
            f"{'page' if _benign(members) else 'PAGE (attack)'}: {incident.severity} {incident.title} | {rules}"
        )
        print("    " + " ".join(incident.reasons)[:600])
    known = {finding.id: finding for finding in told.findings}
    acts = [
        (told.incidents[key], plan)
        for key, plan in told.acts.items()
        if _benign(known[one] for one in told.incidents[key].finding_ids)
    ]
    for incident, plan in acts:
        steps = ", ".join(f"{action.kind.value} {action.target}" for action in plan.actions)
        print(f"act: {incident.severity} {incident.title}: {steps}"[:300])
    false = sum(_benign(members) for _, members in told.pages)
    weeks = days / _WEEK
    print(f"false pages: {false}, {false / weeks:.2f} a week (goal: at most {PAGES_PER_WEEK:.0f})")
    print(f"automatic actions on benign days in mode act-R1: {len(acts)} (goal: 0)")
    print(f"detector failures: {told.failures}")
    return false <= PAGES_PER_WEEK * weeks and not acts and not told.failures


def show_attacks(told: Told, days: int) -> bool:
    """Print which planted attacks were found, by what, and which rang; whether all were found."""
    graded = {key: one.severity.value for one in told.incidents.values() for key in one.finding_ids}
    missed = 0
    print(f"\n{'planted attack':18} {'page':5} {'incident':9} found by")
    for number, attack in ATTACKS:
        if number >= days:
            continue
        name = attack.__name__
        mine = [one for one in told.findings if any(attack_of(key) == name for key in one.event_ids)]
        level = max((graded.get(one.id, "none") for one in mine), key=_LEVELS.index, default="none")
        page = "yes" if any(one.id in told.rung for one in mine) else "no"
        missed += level == "none"
        titles = sorted({f"{one.title[:45]} ({one.severity.value})" for one in mine})
        print(f"{name:18} {page:5} {level:9} {'; '.join(titles) or 'nothing'}")
    return not missed


def _rules(told: Told, days: int) -> None:
    """One line for each rule or detector that spoke."""
    latest = {finding.rule_id: finding for finding in told.findings}
    rule_of = {finding.id: finding.rule_id for finding in told.findings}
    joined = Counter(
        rule for one in told.incidents.values() for rule in {rule_of[key] for key in one.finding_ids}
    )
    rang = Counter(rule for _, members in told.pages for rule in {one.rule_id for one in members})
    print(f"{'findings/day':>12} {'incidents':>9} {'in pages':>8}  level    rule")
    for rule, count in by_rule(told.findings).most_common():
        one = latest[rule]
        figures = f"{count / days:12.2f} {joined[rule]:9} {rang[rule]:8}"
        print(f"{figures}  {one.severity:8} {one.title[:70]} ({rule})")


def _benign(members: Iterable[Finding]) -> bool:
    """Whether no planted attack is behind findings."""
    return not any(attack_of(key) for one in members for key in one.event_ids)
