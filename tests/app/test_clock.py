from __future__ import annotations

import time

from pullcord.app.clock import SystemClock


def test_the_clock_gives_nanoseconds_since_the_epoch() -> None:
    before = time.time_ns()
    assert before <= SystemClock().now() <= time.time_ns()
