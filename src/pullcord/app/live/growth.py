"""What a new look at all findings means for the incidents there are: which grow, which begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pullcord.model.incident import Incident
from pullcord.model.noun import Noun

MOST_REASONS = 20
MOST_FINDINGS = 20_000
"""Findings of an incident, and its assets and sessions: each growth writes it anew."""
_TELLING = ("finding_ids", "severity", "assets", "trace_ids")


class Change(Noun, frozen=True, kw_only=True):
    """An incident as it is now; ``new``: it was not there before."""

    incident: Incident
    new: bool


def changes(
    joined: Sequence[Incident], known: Mapping[str, Incident], times: Mapping[str, int]
) -> Iterator[Change]:
    """Map joined findings onto open incidents by the findings they share.

    Args:
        joined: what ``correlate`` made of all findings, those of closed incidents left out.
        known: open incidents by id.
        times: of findings by id, nanoseconds UTC; where one is missing its incident's first time counts.

    Yields:
        Each incident that begins or gains findings, once; one that is full only when it gets worse or wider. An
        incident keeps its id and its findings; it never loses severity. What shares findings with several goes to
        the one that it shares most with.
    """
    owner = {finding: key for key, incident in known.items() for finding in incident.finding_ids}
    parts: dict[str, list[Incident]] = {}
    for one in joined:
        shared: dict[str, int] = {}
        for finding in one.finding_ids:
            if finding in owner:
                shared[owner[finding]] = shared.get(owner[finding], 0) + 1
        if not shared:
            yield Change(incident=one, new=True)
        elif any(finding not in owner for finding in one.finding_ids):
            best = min(shared, key=lambda key: (-shared[key], known[key].first_time, key))
            mine = [finding for finding in one.finding_ids if owner.get(finding, best) == best]
            others = tuple(sorted(shared.keys() - {best}))
            parts.setdefault(best, []).append(_related(one, mine, others))
    for key, found in parts.items():
        grown = _grown(known[key], found, times)
        if any(getattr(grown, name) != getattr(known[key], name) for name in _TELLING):
            yield Change(incident=grown, new=False)


def _related(one: Incident, mine: Sequence[str], others: Sequence[str]) -> Incident:
    if not others:
        return one
    reasons = (*one.reasons, f"It seems to belong together with {', '.join(others[:5])}.")
    return msgspec.structs.replace(one, finding_ids=tuple(mine), reasons=reasons)


def _grown(before: Incident, parts: Sequence[Incident], times: Mapping[str, int]) -> Incident:
    """The incident with what these parts add."""
    whole = len(parts) == 1 and set(before.finding_ids) <= set(parts[0].finding_ids)
    # A look that saw all of it knows better what it is; one that saw a part only adds to it.
    what = parts[0] if whole else before
    findings = _union(before.finding_ids, *(part.finding_ids for part in parts))[:MOST_FINDINGS]
    worst = max((before, *parts), key=lambda one: one.severity.rank).severity
    reasons = what.reasons if what.severity is worst else (*what.reasons, *before.reasons)
    told = _union(reasons, *(part.reasons for part in parts))
    return msgspec.structs.replace(
        what,
        id=before.id,
        aliases=before.aliases,
        severity=worst,
        finding_ids=tuple(sorted(findings, key=lambda key: (times.get(key, before.first_time), key))),
        first_time=min(one.first_time for one in (before, *parts)),
        last_time=max(one.last_time for one in (before, *parts)),
        reasons=told[:MOST_REASONS],
        assets=_sorted(before.assets, *(part.assets for part in parts)),
        unregistered=_sorted(before.unregistered, *(part.unregistered for part in parts)),
        trace_ids=_sorted(before.trace_ids, *(part.trace_ids for part in parts)),
        exposed=_union(before.exposed, *(part.exposed for part in parts)),
    )


def _union(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for one in lists for item in one))


def _sorted(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(_union(*lists)[:MOST_FINDINGS]))
