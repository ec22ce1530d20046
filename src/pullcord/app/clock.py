"""The system's clock."""

from __future__ import annotations

import time


class SystemClock:
    """Wall time of this machine (implements :class:`pullcord.ports.Clock`)."""

    def now(self) -> int:
        """Nanoseconds UTC since the epoch."""
        return time.time_ns()
