"""Bounds and counters of the live intake."""

from __future__ import annotations

import msgspec

from pullcord.model.noun import Noun

MIB = 1 << 20


class IngestLimits(Noun, frozen=True, kw_only=True):
    """How much waits where.

    Attributes:
        events, size: most that waits to become durable, in events and in characters of their attributes.
        group_events: a commit takes no further batch once it holds so many events.
        linger_seconds: how long a commit waits for company while several senders are at work.
        held: bytes that may wait for the lake before no more are taken: a lake that fails must not fill the disk.
    """

    events: int = 50_000
    size: int = 128 * MIB
    group_events: int = 5_000
    linger_seconds: float = 0.02
    held: int = 1_024 * MIB


class IngestCounters(msgspec.Struct, kw_only=True):
    """What happened since the start.

    Attributes:
        new, duplicates: events that were kept, and events whose ids were known.
        findings: findings that were new.
        commits, failed: groups that became durable, batches that were refused.
        busy: batches that were turned away because too much waits.
        clashes: events of authenticated sources whose ids others had used before; kept under an id of their own.
    """

    new: int = 0
    duplicates: int = 0
    findings: int = 0
    commits: int = 0
    failed: int = 0
    busy: int = 0
    clashes: int = 0
