from __future__ import annotations

import re
import time

from pullcord.app.clock import SystemClock, boot_id


def test_the_clock_gives_nanoseconds_since_the_epoch() -> None:
    before = time.time_ns()
    assert before <= SystemClock().now() <= time.time_ns()


def test_the_other_clock_only_runs_forward_and_as_fast() -> None:
    clock = SystemClock()
    first, start = clock.elapsed(), time.monotonic_ns()
    time.sleep(0.02)
    second, end = clock.elapsed(), time.monotonic_ns()
    assert 0 < second - first <= end - start + 1_000_000


def test_a_boot_has_one_id() -> None:
    assert re.fullmatch(r"[0-9a-f-]{36}|", boot_id())
    assert boot_id() == boot_id()
