"""Suppressions in live operation: asked from several threads, counted, and gone when they expire."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pullcord.app.rules.suppressions import read_suppressions
from pullcord.detection.suppress import Sieve, Suppressions
from pullcord.model.finding import Finding
from pullcord.ports import Clock


class LiveSieve:
    """The suppressions of an installation, read once at its start.

    Args:
        path: the file; without one nothing is suppressed.
        clock: says when one expires.

    Raises:
        UsageError: the file cannot be used; nothing may start half understood.
    """

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._clock = clock
        self._known = Suppressions() if path is None else read_suppressions(path, clock.now())
        self._sieve = Sieve(self._known)
        self._lock = threading.Lock()

    def mark(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings in their order, suppressed ones marked and counted."""
        if not self._known.entries or not findings:
            return list(findings)
        now = self._clock.now()
        with self._lock:
            _, held = self._sieve.part(findings, now)
        names = {finding.id: name for finding, name in held}
        return [
            msgspec.structs.replace(finding, suppressed=names[finding.id]) if finding.id in names else finding
            for finding in findings
        ]

    def health(self) -> dict[str, int]:
        """How many findings were held back in all and by each suppression, and how many suppressions have expired."""
        with self._lock:
            counts = dict(self._sieve.counts)
        expired = len(self._known.expired(self._clock.now()))
        named = {f"by.{name}": number for name, number in counts.items() if number}
        return {
            "suppressed": sum(counts.values()),
            "in_force": len(counts) - expired,
            "expired": expired,
            **named,
        }
