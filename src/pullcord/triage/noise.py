"""Which findings are the plant's everyday noise: the same rule at the same place, day in, day out, at its usual rate.

The argument: an attack is a change. What a detector has said in many hours spread over the whole record, at about
the same rate, is no change, whatever it is called. What is louder in one hour than this detector usually is, is.
"""

from __future__ import annotations

from collections.abc import Sequence

from pullcord.model.finding import FindingKind, Severity
from pullcord.model.times import HOUR
from pullcord.triage.rows import Row, Signature

SPAN = 6
"""A record shorter than this many hours says nothing about what is usual."""

MIN_HOURS = 4
"""In at least so many different hours, and in the first and the last third of the record: usual."""

BURST = 10
"""An hour with more than this many times the usual (median) number is a burst, not noise …"""

BURST_FLOOR = 20
"""… unless it is a small number anyway."""


def routine(rows: Sequence[Row]) -> list[bool]:
    """For each row (by time): is it everyday noise?

    High and critical findings, agent sessions, behaviour, and what people reported are never noise.
    """
    quiet = [False] * len(rows)
    if not rows or (rows[-1].time - rows[0].time) < SPAN * HOUR:
        return quiet
    hours: dict[tuple[str, str | None], dict[int, int]] = {}
    for row in rows:
        if _may_be_noise(row):
            counts = hours.setdefault(_source(row.signature), {})
            hour = row.time // HOUR
            counts[hour] = counts.get(hour, 0) + 1
    first, last = rows[0].time // HOUR, rows[-1].time // HOUR
    limits = {source: _limit(counts, first, last) for source, counts in hours.items()}
    for index, row in enumerate(rows):
        if _may_be_noise(row):
            source = _source(row.signature)
            quiet[index] = hours[source][row.time // HOUR] <= limits[source]
    return quiet


def _may_be_noise(row: Row) -> bool:
    if row.trace_id is not None or row.signature.severity.rank >= Severity.HIGH.rank:
        return False
    return row.signature.kind in {FindingKind.EXTERNAL, FindingKind.RULE}


def _source(signature: Signature) -> tuple[str, str | None]:
    return signature.rule_id, signature.asset


def _limit(counts: dict[int, int], first: int, last: int) -> int:
    """The largest hourly number that is still usual; -1 if nothing is usual here."""
    third = max((last - first) // 3, 1)
    spread = min(counts) < first + third and max(counts) > last - third
    if len(counts) < MIN_HOURS or not spread:
        return -1
    usual = sorted(counts.values())[len(counts) // 2]
    return max(BURST * usual, BURST_FLOOR)
