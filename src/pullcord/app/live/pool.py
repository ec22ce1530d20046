"""The findings that live triage joins: those of the last day, of open incidents, and those just come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter

from pullcord.app.live.arrived import Arrived
from pullcord.model.finding import Finding, Severity
from pullcord.model.incident import Incident
from pullcord.model.times import DAY

MOST_FINDINGS = 20_000
_MOST_CLOSED = 500_000
_by_time = attrgetter("time", "id")


class Pool:
    """Findings in memory, within bounds; used by one thread.

    Attributes:
        most: findings kept; let go last are those of open incidents, then grave ones, then young ones.
        let_go: how many were let go because of it. They stay in the state.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.let_go = 0
        self._findings: dict[str, Finding] = {}
        # When it came here, and when the first of its events was received; nanoseconds UTC, 0 = not known.
        self._came: dict[str, int] = {}
        self._received: dict[str, int] = {}
        # In the order in which they were closed.
        self._closed: dict[str, None] = {}

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._findings)

    def load(
        self, findings: Iterable[Finding], incidents: Iterable[Incident], closed: Collection[str], now: int
    ) -> None:
        """Read what is durable (by time): all but those of closed incidents, the newest ``most``.

        A finding that is in no incident may have become durable just before a kill, so its age does not count.
        """
        self._close(closed)
        wanted = _of(incidents)
        for finding in findings:
            if finding.id in self._closed:
                continue
            self._findings[finding.id] = finding
            self._came[finding.id] = min(finding.time, now)
            if len(self._findings) > 2 * self.most:
                self._shrink(wanted)
        self._shrink(wanted)

    def add(self, arrived: Sequence[Arrived], now: int) -> None:
        """Take in what just came; what is there, or is of a closed incident, stays as it is."""
        for finding, received in arrived:
            if finding.id not in self._findings and finding.id not in self._closed:
                self._findings[finding.id] = finding
                self._came[finding.id] = now
                self._received[finding.id] = received

    def findings(self) -> list[Finding]:
        """All of them, by time, then id."""
        return sorted(self._findings.values(), key=_by_time)

    def times(self) -> Mapping[str, int]:
        """The time of each finding."""
        return {key: finding.time for key, finding in self._findings.items()}

    def received(self, ids: Iterable[str]) -> int | None:
        """The first receipt of these; None if it is not known."""
        return min((self._received[key] for key in ids if self._received.get(key)), default=None)

    def close(self, ids: Collection[str]) -> None:
        """Their incident is closed: they join nothing any more."""
        self._close(ids)
        for key in ids:
            self._drop(key)

    def prune(self, incidents: Iterable[Incident], now: int) -> None:
        """Let go what is older than a day and of no open incident, and what is too much."""
        wanted = _of(incidents)
        old = [key for key, came in self._came.items() if came < now - DAY and key not in wanted]
        for key in old:
            self._drop(key)
        self._shrink(wanted)

    def _close(self, ids: Iterable[str]) -> None:
        self._closed.update(dict.fromkeys(ids))
        for key in list(islice(self._closed, max(len(self._closed) - _MOST_CLOSED, 0))):
            del self._closed[key]

    def _shrink(self, wanted: Collection[str]) -> None:
        excess = len(self._findings) - self.most
        if excess <= 0:
            return
        order = sorted(self._findings, key=lambda key: (key in wanted, self._grave(key), self._came[key]))
        for key in order[:excess]:
            self._drop(key)
        self.let_go += excess

    def _grave(self, key: str) -> bool:
        return self._findings[key].severity.rank >= Severity.HIGH.rank

    def _drop(self, key: str) -> None:
        self._findings.pop(key, None)
        self._came.pop(key, None)
        self._received.pop(key, None)


def _of(incidents: Iterable[Incident]) -> set[str]:
    return {key for incident in incidents for key in incident.finding_ids}
