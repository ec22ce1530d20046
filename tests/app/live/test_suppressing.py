from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from pullcord.app.live.suppressing import LiveSieve
from pullcord.model.errors import UsageError
from pullcord.model.finding import Severity
from pullcord.model.times import DAY, from_rfc3339
from tests.app.rules.test_suppressions import FILE
from tests.connectors.forward.samples import sample

MINE = sample(1, rule_id="1f6a", asset="maintenance-bot", entities=("user:svc-night",), severity=Severity.LOW)
OTHER = sample(2)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = from_rfc3339("2026-11-25T12:00:00Z")

    def now(self) -> int:
        return self.time

    def elapsed(self) -> int:
        return self.time


def made(tmp_path: Path) -> tuple[LiveSieve, Hands]:
    (tmp_path / "s.yaml").write_text(FILE)
    clock = Hands()
    return LiveSieve(tmp_path / "s.yaml", clock), clock


def test_findings_are_marked_until_the_suppression_expires(tmp_path: Path) -> None:
    sieve, clock = made(tmp_path)
    assert sieve.mark([MINE, OTHER]) == [msgspec.structs.replace(MINE, suppressed="night-bot"), OTHER]
    assert sieve.health() == {"suppressed": 1, "in_force": 1, "expired": 0, "by.night-bot": 1}
    clock.time += 60 * DAY
    assert sieve.mark([MINE]) == [MINE]
    assert sieve.health() == {"suppressed": 1, "in_force": 0, "expired": 1, "by.night-bot": 1}


def test_without_a_file_nothing_is_held_back() -> None:
    sieve = LiveSieve(None, Hands())
    assert sieve.mark([MINE]) == [MINE]
    assert sieve.health() == {"suppressed": 0, "in_force": 0, "expired": 0}


def test_a_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        LiveSieve(tmp_path / "missing.yaml", Hands())


def test_threads_count_together(tmp_path: Path) -> None:
    sieve, _ = made(tmp_path)
    threads = [threading.Thread(target=lambda: [sieve.mark([MINE]) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sieve.health()["suppressed"] == 2_000
